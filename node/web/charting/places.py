"""Announcements by the place where they are: as coarse as they were published."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from node.actions.outlines import Quartier, names_of, territory_of
from node.aid.territory import Place, metres_between
from node.store.proposal_details import Entry
from node.store.proposal_filters import Near
from node.web.cards import Card, card_of
from node.web.looking import USUAL_M, Looked
from node.web.site.languages import later
from node.web.site.visit import Visit

MIDDLE_M: Final = 250
"""What lies nearer is in the middle."""
DIRECTIONS: Final = (
    later("au nord"),
    later("au nord-est"),
    later("à l’est"),
    later("au sud-est"),
    later("au sud"),
    later("au sud-ouest"),
    later("à l’ouest"),
    later("au nord-ouest"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place, and what is there."""

    number: int
    """On the map; 0 for what has no place."""
    cell: str
    lat: float
    lon: float
    radius_m: int
    name: str
    cards: Sequence[Card]
    around: str
    """Where one finds what is around it, too; "" for what has no place."""


def spots(
    visit: Visit, found: Sequence[Entry], quartiers: Sequence[Quartier], near: Near | None
) -> list[Spot]:
    """The nearest to our middle first; what has no place comes last."""
    node, names = visit.here.settings.node, names_of(quartiers)
    middle = (node.latitude, node.longitude)
    by_cell: dict[str, list[Entry]] = {}
    for entry in found:
        by_cell.setdefault(entry.proposal.cell, []).append(entry)
    placed = [(cell, rest[0].proposal) for cell, rest in by_cell.items() if cell]
    placed.sort(key=lambda one: metres_between(middle, (one[1].lat, one[1].lon)))
    made = [
        Spot(
            number=number,
            cell=cell,
            lat=one.lat,
            lon=one.lon,
            radius_m=one.radius_m,
            name=_name(visit, one.place, middle, quartiers),
            cards=_cards(visit, by_cell[cell], near, names),
            around=Looked(near=cell, within=USUAL_M).address(),
        )
        for number, (cell, one) in enumerate(placed, 1)
    ]
    if "" in by_cell:
        made.append(
            Spot(
                number=0,
                cell="",
                lat=0.0,
                lon=0.0,
                radius_m=0,
                name=visit.say("Sans lieu précis"),
                cards=_cards(visit, by_cell[""], near, names),
                around="",
            )
        )
    return made


def _cards(
    visit: Visit, found: Sequence[Entry], near: Near | None, names: Mapping[str, str]
) -> list[Card]:
    return [card_of(visit, one, near=near, names=names) for one in found]


def _name(
    visit: Visit,
    place: Place,
    middle: tuple[float, float],
    quartiers: Sequence[Quartier],
) -> str:
    """« Croix-Rousse, à 800 m au nord du centre »."""
    at = (place.lat, place.lon)
    away = metres_between(middle, at)
    holder = _holder(place, quartiers)
    name = holder.name if holder is not None else visit.say("Plus loin")
    home = holder is not None and holder.home
    if home and away < MIDDLE_M:
        return visit.say("%(quartier)s, au centre", quartier=name)
    values = {
        "quartier": name,
        "distance": visit.language.distance(away),
        "direction": visit.say(DIRECTIONS[_direction(middle, at)]),
    }
    if home:
        return visit.say("%(quartier)s, à %(distance)s %(direction)s du centre", **values)
    return visit.say("%(quartier)s, à %(distance)s %(direction)s de notre centre", **values)


def _holder(place: Place, quartiers: Sequence[Quartier]) -> Quartier | None:
    """The quartier in which the middle of a place lies, or else some of it."""
    known = [
        (one, territory)
        for one in quartiers
        if one.written and (territory := territory_of(one.written)) is not None
    ]
    for one, territory in known:
        if territory.holds(place.lat, place.lon):
            return one
    return next((one for one, territory in known if territory.meets(place.cell)), None)


def _direction(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Of eight, clockwise from the north."""
    east = ((b[1] - a[1] + 180) % 360 - 180) * math.cos(math.radians(a[0]))
    return round(math.degrees(math.atan2(east, b[0] - a[0])) / 45) % 8
