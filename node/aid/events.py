"""A gathering as an ActivityStreams Event (FEP-8a8e), for servers that keep calendars.

It stands beside the proposal's Note, at the Note's address with ``/event`` behind, and is the
quartier's: Mobilizon shows it as an event of the group, Gancio as one of a calendar that it trusts.
What they read of it, besides FEP-8a8e:

- Mobilizon: ``joinMode``, ``externalParticipationUrl``, ``maximumAttendeeCapacity``,
  ``remainingAttendeeCapacity``, ``participantCount``, ``timezone``, ``category``, ``inLanguage``,
  ``ical:status``; ``location.address`` only as an object, coordinates only as fractions.
- Gancio: ``name``, ``startTime``, ``location.name`` and ``location.address``, ``tag``; the first
  ``attachment`` must be a picture, and there must be an ``attachment``, be it empty.

Whoever wants to come says so on the page: places are counted by agreements, not by Join.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from node.activitypub.html import from_plain
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid.content import spoken
from node.aid.lifecycle import State
from node.aid.quantities import amount_of
from node.aid.series import zone_of
from node.aid.topics import OTHER, TOPICS
from node.clock import to_iso

Document = dict[str, Any]

FEP: Final = "https://w3id.org/fep/8a8e/"
OPEN_END_S: Final = 2 * 3600.0
"""After its beginning, an end for machines of a gathering that names none."""
CALLED_OFF: Final = frozenset({State.WITHDRAWN, State.REMOVED})

_CONTEXT: Final[dict[str, str | dict[str, str]]] = {
    "mz": "https://joinmobilizon.org/ns#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "fep8a8e": FEP,
    "timezone": "fep8a8e:timezone",
    "displayEndTime": "fep8a8e:displayEndTime",
    "eventStatus": {"@id": "fep8a8e:eventStatus", "@type": "@vocab"},
    "EventScheduled": "fep8a8e:EventScheduled",
    "EventCancelled": "fep8a8e:EventCancelled",
    "category": "fep8a8e:category",
    "organizers": {"@id": "fep8a8e:organizers", "@type": "@id"},
    "attendees": {"@id": "fep8a8e:attendees", "@type": "@id"},
    "joinMode": "fep8a8e:joinMode",
    "externalParticipationUrl": {"@id": "fep8a8e:externalParticipationUrl", "@type": "xsd:anyURI"},
    "maximumAttendeeCapacity": "schema:maximumAttendeeCapacity",
    "remainingAttendeeCapacity": "schema:remainingAttendeeCapacity",
    "participantCount": "mz:participantCount",
    "anonymousParticipationEnabled": "mz:anonymousParticipationEnabled",
    "isOnline": "mz:isOnline",
    "address": "schema:address",
    "PostalAddress": "schema:PostalAddress",
    "addressLocality": "schema:addressLocality",
}
CONTEXT: Final = [*OUR_CONTEXT, _CONTEXT]

_CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    json.loads(
        files("node.aid").joinpath("data", "event_categories.json").read_text(encoding="utf-8")
    )
)
_COME: Final = {
    "fr": 'Pour participer\u00a0: <a href="{page}">voyez la page de l’annonce</a>.',
    "en": 'To take part: <a href="{page}">see its page</a>.',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """A proposal that is a gathering. Times are seconds since the epoch."""

    id: int
    uri: str
    """Of the proposal."""
    page: str
    """For people."""
    author_uri: str
    topic: str
    state: State
    title: str
    text: str
    """Plain, as written."""
    language: str
    quantity: str
    available: str
    unit: str
    starts: float
    ends: float | None
    created: float
    updated: float
    latitude: float | None
    longitude: float | None
    """Of the coarse public place, as is the radius."""
    radius_m: int | None
    urgent: bool = False

    @property
    def event_uri(self) -> str:
        return event_uri(self.uri)

    @property
    def called_off(self) -> bool:
        return self.state in CALLED_OFF

    @property
    def places(self) -> tuple[int, int] | None:
        """(all, left), when places are what is counted."""
        whole, left = amount_of(self.quantity), amount_of(self.available)
        if self.unit != "one" or whole is None or left is None:
            return None
        return int(whole), int(left)


def event_uri(object_uri: str) -> str:
    """The Event's address, of the proposal's."""
    return f"{object_uri}/event"


def to_event(
    gathering: Gathering,
    *,
    group: str,
    followers: str,
    quartier: str,
    zone: str,
    tags: Sequence[tuple[str, str]] = (),
    pictures: Sequence[Mapping[str, object]] = (),
) -> Document:
    """The Event, without its proof.

    ``group`` is the quartier's IRI and ``quartier`` its name as people say it; ``tags`` are
    (name without ``#``, address), ``pictures`` attachments as the Note has them.
    """
    language = spoken(gathering.language)
    come = _COME[language].format(page=escape(gathering.page))
    content = f"{from_plain(gathering.text)}<p>{come}</p>"
    event: Document = {
        "@context": CONTEXT,
        "id": gathering.event_uri,
        "type": "Event",
        "attributedTo": group,
        "organizers": {
            "type": "Collection",
            "totalItems": 1,
            "items": [gathering.author_uri],
        },
        "to": [PUBLIC],
        "cc": [followers],
        "published": to_iso(gathering.created),
        "name": gathering.title,
        "content": content,
        "contentMap": {gathering.language: content},
        "mediaType": "text/html",
        "inLanguage": gathering.language,
        "url": gathering.page,
        "startTime": _local(gathering.starts, zone),
        "endTime": _local(gathering.ends or gathering.starts + OPEN_END_S, zone),
        "displayEndTime": gathering.ends is not None,
        "timezone": zone,
        "isOnline": False,
        "location": _location(gathering, quartier),
        "category": _CATEGORIES.get(gathering.topic, _CATEGORIES[""]),
        "eventStatus": "EventCancelled" if gathering.called_off else "EventScheduled",
        "ical:status": "CANCELLED" if gathering.called_off else "CONFIRMED",
        "joinMode": "external",
        "externalParticipationUrl": gathering.page,
        "anonymousParticipationEnabled": False,
        "tag": [{"type": "Hashtag", "name": f"#{name}", "href": href} for name, href in tags],
        "attachment": [dict(picture) for picture in pictures],
    }
    if int(gathering.updated) > int(gathering.created):
        event["updated"] = to_iso(gathering.updated)
    if gathering.places is not None:
        whole, left = gathering.places
        event["maximumAttendeeCapacity"] = whole
        event["remainingAttendeeCapacity"] = left
        event["participantCount"] = whole - left
        event["attendees"] = {"type": "Collection", "totalItems": whole - left}
    return event


def topic_tag(topic: str, language: str) -> str:
    """The hashtag of a gathering's topic, without the ``#``."""
    return TOPICS.get(topic, OTHER).hashtag(spoken(language))


def _location(gathering: Gathering, quartier: str) -> Document:
    place: Document = {
        "type": "Place",
        "name": quartier,
        "address": {"type": "PostalAddress", "addressLocality": quartier},
    }
    if gathering.latitude is not None and gathering.longitude is not None:
        place["latitude"] = float(gathering.latitude)
        place["longitude"] = float(gathering.longitude)
        if gathering.radius_m:
            place |= {"radius": gathering.radius_m, "units": "m"}
    return place


def _local(seconds: float, zone: str) -> str:
    """``2027-03-30T18:00:00+02:00``: with the offset, so that the hour people were told stands
    there for who shows it as it is."""
    return datetime.fromtimestamp(int(seconds), zone_of(zone)).isoformat()
