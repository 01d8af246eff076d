"""Where the quartiers lie: ours and those that are joined with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from node.activitypub.rejected import Rejected
from node.aid.neighbours import Link
from node.aid.territory import Territory
from node.outbox.here import Here
from node.store import neighbours
from node.store.transaction import Transaction

Outline = list[list[list[list[float]]]]
"""Polygons, each of rings, each of [longitude, latitude]: coordinates of a MultiPolygon."""


@dataclass(frozen=True, slots=True)
class Quartier:
    uri: str
    """Of its Group."""
    name: str
    """As people say it."""
    domain: str
    home: bool
    """Whether it is ours."""
    written: str
    """Its territory as it stands on the wire; "" where it is not known."""


def quartiers(tx: Transaction, here: Here) -> list[Quartier]:
    """Ours first, then those that are joined with it, the oldest first. One query."""
    written = here.territory.encode()
    ours = Quartier(here.quartier.uri, here.settings.node.name, here.domain, True, written)
    theirs = [
        Quartier(row.actor_uri, row.name or row.domain, row.domain, False, row.territory or "")
        for row in neighbours.every(tx)
        if row.state == Link.JOINED.value
    ]
    return [ours, *theirs]


@lru_cache(maxsize=8)
def _written(territory: Territory) -> str:
    return territory.encode()


def names_of(found: Sequence[Quartier]) -> dict[str, str]:
    """Domain → name, as people say it."""
    return {one.domain: one.name for one in found}


@lru_cache(maxsize=64)
def territory_of(written: str) -> Territory | None:
    """None for what cannot be read."""
    decoded = Territory.decode(written)
    return None if isinstance(decoded, Rejected) else decoded


@lru_cache(maxsize=64)
def outline(written: str) -> Outline:
    """Of a territory as it stands on the wire; empty for what cannot be read. Of a large one it
    takes milliseconds: not for the loop that everybody waits for."""
    territory = territory_of(written)
    return [] if territory is None else territory.outline()
