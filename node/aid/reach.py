"""How far a proposal goes.

On the wire: `adjacent`, the default, has no ``areaServed``; `wide` is a GeoCircle of so many
metres around the proposal's place; `quartier` is a GeoCircle of radius 0, which nothing beyond
home can come within.
"""

from __future__ import annotations

from typing import assert_never

from node.aid.proposals import Reach
from node.aid.territory import Place, Territory


def in_reach(
    reach: Reach,
    *,
    place: Place | tuple[float, float] | None,
    reach_m: int | None,
    origin_territory: Territory | None,
    home: bool,
    candidate: Territory | None,
) -> bool:
    """Whether a quartier may show the proposal.

    ``home``: the candidate is the quartier that it comes from, which always shows it.
    ``origin_territory`` is that of this quartier, None while unknown; ``place`` the proposal's.
    What is not known is out of reach.
    """
    if home:
        return True
    if candidate is None:
        return False
    match reach:
        case Reach.QUARTIER:
            return False
        case Reach.ADJACENT:
            return origin_territory is not None and candidate.adjacent(origin_territory)
        case Reach.WIDE:
            if place is None or not reach_m:
                return False
            lat, lon = (place.lat, place.lon) if isinstance(place, Place) else place
            return candidate.within(lat, lon, reach_m)
        case _:
            assert_never(reach)
