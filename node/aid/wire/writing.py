"""A proposal of ours as a Note."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from node.activitypub.vocabulary import PUBLIC
from node.aid.content import Tag, html, name_of, spoken
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import Answerable, Proposal, Purpose, Reach
from node.aid.topics import OTHER
from node.clock import to_iso

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Home:
    """The node that a proposal is published from."""

    base: str
    """``https://croix-rousse.example``."""
    quartier: str
    """IRI of the quartier Group."""
    name: str
    """Of the quartier, as people say it."""
    zone: str = "Europe/Paris"
    """tz database name, for the times that people read."""

    def tag(self, name: str) -> Tag:
        return Tag(name, f"{self.base}/tags/{quote(name.lower())}")


@dataclass(frozen=True, slots=True)
class Author:
    uri: str
    followers: str
    """IRI of the followers collection."""
    page: str
    """``https://croix-rousse.example/@amina``."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a proposal."""

    url: str
    media_type: str
    alt: str
    width: int
    height: int
    """Pixels, as the width."""


def to_note(
    proposal: Proposal,
    *,
    author: Author,
    home: Home,
    context: object,
    pictures: Sequence[Image] = (),
    recurrence: str = "",
    replies: str | None = None,
    conversation: str | None = None,
    referred_to: str | None = None,
) -> Document:
    """The Note, without its proof; ``context`` is the ``@context`` to state.

    ``referred_to`` is the IRI of the neighbour's Group to which it is handed over now.

    ``replies`` and ``conversation`` are IRIs of collections, by default below the proposal's id;
    ``recurrence`` says of which rhythm it is one time, in the proposal's language.
    """
    tags = hashtags(proposal, home)
    content = html(proposal, quartier=home.name, tags=tags, zone=home.zone, recurrence=recurrence)
    note: Document = {
        "@context": context,
        "id": proposal.uri,
        "type": "Note",
        "attributedTo": author.uri,
        "audience": home.quartier,
        "to": [PUBLIC],
        "cc": [author.followers, home.quartier],
        "published": to_iso(proposal.created),
        "url": f"{author.page}/{proposal.id}",
        "name": name_of(proposal),
        "content": content,
        "contentMap": {proposal.language: content},
        "purpose": proposal.purpose.value,
        "unitBased": True,
        "publishes": _primary(proposal),
        "location": {
            "type": "Place",
            "name": home.name,
            "latitude": proposal.lat,
            "longitude": proposal.lon,
            "radius": proposal.radius_m,
            "units": "m",
        },
        "urgency": proposal.urgency.value,
        "tag": [{"type": "Hashtag", "name": f"#{t.name}", "href": t.href} for t in tags],
        "attachment": [_attachment(picture) for picture in pictures],
        "replies": replies or f"{proposal.uri}/replies",
        "context": conversation or f"{proposal.uri}/context",
    }
    if int(proposal.updated) > int(proposal.created):
        note["updated"] = to_iso(proposal.updated)
    if proposal.expires_at is not None:
        note["endTime"] = to_iso(proposal.expires_at)
    if proposal.mode_data.reciprocal:
        note["reciprocal"] = _reciprocal(proposal, proposal.mode_data.reciprocal)
    if proposal.reach is not Reach.ADJACENT:
        metres = proposal.reach_m or 0 if proposal.reach is Reach.WIDE else 0
        note["areaServed"] = {"type": "schema:GeoCircle", "schema:geoRadius": metres}
    if proposal.languages:
        note["inLanguage"] = [*dict.fromkeys((proposal.language, *proposal.languages))]
    if proposal.answerable is not Answerable.ANYONE:
        note["answerable"] = proposal.answerable.value
    if proposal.in_scope_of:
        note["inScopeOf"] = proposal.in_scope_of
    if referred_to is not None and proposal.state is State.REFERRED:
        left = _measure(proposal.available, proposal.unit)
        note["referral"] = {"target": referred_to, "availableQuantity": left}
    return note


def hashtags(proposal: Proposal, home: Home) -> tuple[Tag, ...]:
    """Purpose, topic and quartier, in the proposal's language."""
    language = spoken(proposal.language)
    purposes = {
        "fr": {Purpose.OFFER: "offre", Purpose.REQUEST: "demande"},
        "en": {Purpose.OFFER: "offer", Purpose.REQUEST: "request"},
    }
    names = (
        purposes[language][proposal.purpose],
        proposal.topic_data.hashtag(language),
        hashtag_slug(home.name),
    )
    return tuple(home.tag(name) for name in dict.fromkeys(names) if name)


def hashtag_slug(name: str) -> str:
    """``Croix-Rousse`` → ``CroixRousse``, ``Presqu’île`` → ``Presquîle``: letters and digits."""
    joined = re.sub(r"(?<=\w)['’ʼ](?=\w)", "", unicodedata.normalize("NFC", name))
    return "".join(part[0].upper() + part[1:] for part in re.findall(r"[^\W_]+", joined))


def _primary(proposal: Proposal) -> Document:
    intent: Document = {
        "type": "Intent",
        "id": f"{proposal.uri}#primary",
        "action": proposal.mode_data.action,
        "resourceConformsTo": proposal.topic_data.iri,
        "resourceQuantity": _measure(proposal.quantity, proposal.unit),
        "availableQuantity": _measure(
            proposal.available if proposal.state in LIVE else "0", proposal.unit
        ),
        "finished": proposal.state in CLOSED,
    }
    if proposal.due is not None and proposal.mode != "loan":
        intent["due"] = to_iso(proposal.due)
    if proposal.starts_at is not None:
        intent["hasBeginning"] = to_iso(proposal.starts_at)
    if proposal.ends_at is not None:
        intent["hasEnd"] = to_iso(proposal.ends_at)
    return intent


def _reciprocal(proposal: Proposal, action: str) -> Document:
    """A loan brings the thing back, time is paid in the same hours, a swap in whatever it is."""
    same = proposal.mode == "loan"
    swap = proposal.mode == "swap"
    intent: Document = {
        "type": "Intent",
        "id": f"{proposal.uri}#reciprocal",
        "action": action,
        "resourceConformsTo": (proposal.topic_data if same else OTHER).iri,
        "resourceQuantity": (
            _measure("1", "one") if swap else _measure(proposal.quantity, proposal.unit)
        ),
    }
    if same and proposal.due is not None:
        intent["due"] = to_iso(proposal.due)
    return intent


def _attachment(picture: Image) -> Document:
    return {
        "type": "Image",
        "mediaType": picture.media_type,
        "url": picture.url,
        "name": picture.alt,
        "width": picture.width,
        "height": picture.height,
    }


def _measure(value: str, unit: str) -> Document:
    return {"hasUnit": unit, "hasNumericalValue": value}
