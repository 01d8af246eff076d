"""What a reader looks for, as the address of a page says it: purpose, topic, urgency, distance,
words. The quartier's page and the map ask alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from urllib.parse import urlencode

from node.aid.proposals import Purpose
from node.aid.searching import asked
from node.aid.territory import place_of, public_place
from node.aid.topics import GROUPS, TOPICS, slugs_of
from node.store.proposal_filters import Near, Wanted
from node.web.site.languages import later
from node.web.site.visit import Visit

METRES: Final = (500, 1_000, 2_000, 5_000)
USUAL_M: Final = 1_000
TEXT_MAX: Final = 200
PURPOSES: Final = (
    ("", later("Demandes et offres")),
    ("request", later("Demandes")),
    ("offer", later("Offres")),
)
URGENT: Final = ("critical", "high")
_POINT: Final = re.compile(r"(-?\d{1,2}(?:\.\d{1,9})?),(-?\d{1,3}(?:\.\d{1,9})?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is looked for; "" and 0 mean all. Each field is one of the address."""

    q: str = ""
    purpose: str = ""
    topic: str = ""
    """A topic, or a group of them."""
    urgent: str = ""
    """``on``, or ""."""
    near: str = ""
    """A cell; "" for the quartier's own middle."""
    within: int = 0
    """Metres around it."""

    @property
    def any(self) -> bool:
        return self != Looked()

    def address(self, path: str = "/", **more: object) -> str:
        """Of a page that looks for this."""
        said = {one.name: getattr(self, one.name) for one in fields(self)} | more
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that is looked for, and where one gets without it."""

    said: str
    without: str


def looked(visit: Visit) -> Looked:
    """What the address asks for; what is none of the choices counts as not chosen."""
    topic, purpose = visit.query("topic"), visit.query("purpose")
    near = _cell(visit.query("near"))
    metres = visit.query("within")
    within = int(metres) if metres in {str(one) for one in METRES} else 0
    return Looked(
        q=" ".join(visit.query("q").split())[:TEXT_MAX],
        purpose=purpose if purpose in set(Purpose) else "",
        topic=topic if topic in GROUPS or topic in TOPICS else "",
        urgent="on" if visit.query("urgent") in ("on", "1", "yes") else "",
        near=near,
        within=within or (USUAL_M if near else 0),
    )


def _cell(text: str) -> str:
    """Of a cell, or of a point (``45.774,4.828``), which is made as coarse as any public place."""
    point = _POINT.fullmatch(text)
    if point is not None:
        lat, lon = float(point[1]), float(point[2])
        inside = -90 <= lat <= 90 and -180 <= lon <= 180
        return public_place(lat, lon).cell if inside else ""
    return text if place_of(text) is not None else ""


def near_of(visit: Visit, what: Looked) -> Near | None:
    if not what.within:
        return None
    place, node = place_of(what.near), visit.here.settings.node
    if place is not None:
        return Near(place.lat, place.lon, float(what.within))
    return Near(node.latitude, node.longitude, float(what.within))


def wanted_of(visit: Visit, what: Looked, **more: Any) -> Wanted | None:
    """What the store is asked; None when nothing can be found: words without a letter."""
    words = asked(what.q)
    if what.q and words is None:
        return None
    return Wanted(
        now=visit.now,
        topics=slugs_of(what.topic) if what.topic else (),
        purpose=what.purpose or None,
        urgencies=URGENT if what.urgent else (),
        near=near_of(visit, what),
        asked=words,
        **more,
    )


def chips(visit: Visit, what: Looked, path: str) -> list[Chip]:
    """What is looked for, one by one."""
    said: list[tuple[str, Looked]] = []
    if what.q:
        said.append((f"« {what.q} »", replace(what, q="")))
    if what.purpose:
        said.append((visit.say(dict(PURPOSES)[what.purpose]), replace(what, purpose="")))
    if what.topic:
        named = GROUPS.get(what.topic) or TOPICS[what.topic]
        said.append((named.label(visit.language.code), replace(what, topic="")))
    if what.urgent:
        said.append((visit.say("Urgent"), replace(what, urgent="")))
    if what.within:
        said.append((_around(visit, what), replace(what, near="", within=0)))
    return [Chip(text, rest.address(path)) for text, rest in said]


def _around(visit: Visit, what: Looked) -> str:
    distance = visit.language.distance(what.within)
    if what.near:
        return visit.say("À moins de %(distance)s du lieu choisi", distance=distance)
    return visit.say("À moins de %(distance)s du centre du quartier", distance=distance)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: pairs of value and label."""

    purposes: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
    """Value, label, and the topics of each group."""
    distances: Sequence[tuple[str, str]]


def choices(visit: Visit) -> Choices:
    code, far = visit.language.code, visit.language.distance
    return Choices(
        purposes=[(value, visit.say(said)) for value, said in PURPOSES],
        groups=[
            (
                slug,
                group.label(code),
                [(one.slug, one.label(code)) for one in TOPICS.values() if one.group == slug],
            )
            for slug, group in GROUPS.items()
        ],
        distances=[
            ("", visit.say("Peu importe")),
            *(
                (str(one), visit.say("À moins de %(distance)s", distance=far(one)))
                for one in METRES
            ),
        ],
    )
