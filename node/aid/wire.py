"""A proposal as an ActivityStreams Note with ValueFlows properties (FEP-0837), both directions.

What the Note says beyond the obvious:

- ``areaServed`` is the reach: absent for `adjacent`, a GeoCircle of so many metres for `wide`,
  of 0 metres for `quartier` (nothing beyond home may show it).
- ``publishes.finished`` says that it is over; ``availableQuantity`` what is left. Nothing left
  and not finished is `matched`, and is what a paused or referred proposal says, too: it is not
  to be shown for now. Expiry needs no word: ``endTime`` is there from the beginning.
- A mode is read from the two actions and the topic (`topics.mode_from_actions`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from node.activitypub.html import plain_text
from node.activitypub.readers import (
    flag,
    ids,
    language_map,
    moment,
    number,
    objects,
    one_id,
    string,
    text,
    types,
    when,
)
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import PUBLIC
from node.aid.content import Tag, html, spoken
from node.aid.lifecycle import CLOSED, LIVE, State
from node.aid.proposals import (
    TITLE_MAX,
    WIDE_MAX_M,
    Proposal,
    Purpose,
    Reach,
    Urgency,
)
from node.aid.quantities import amount_of, amount_text
from node.aid.territory import PLACE_RESOLUTION, Place, public_place
from node.aid.topics import OTHER, mode_from_actions, topic_from_iri
from node.clock import to_iso

Document = dict[str, object]

CONTENT_MAX: Final = 100_000
TAGS_MAX: Final = 50
ADDRESSED_MAX: Final = 1_000
RADIUS_MAX_M: Final = 1_000_000


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
class ReadProposal:
    """What a Note or Proposal of anyone says. Times are seconds since the epoch."""

    uri: str
    author_uri: str
    audience: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    purpose: Purpose
    topic: str
    """A slug of ours; ``other.other`` for what we do not know."""
    topic_iri: str | None
    """As it stood there."""
    mode: str
    title: str
    content: str
    """HTML as received: it must be cleaned before anybody sees it."""
    language: str
    urgency: Urgency
    reach: Reach
    reach_m: int | None
    quantity: str
    available: str
    unit: str
    state: State
    """`open`, `partly-matched`, `matched` or `done`: all that the wire tells."""
    published: float
    updated: float
    expires_at: float | None
    due: float | None
    place: Place | None
    place_name: str
    url: str
    tags: tuple[str, ...]
    """Hashtags without ``#``."""
    in_scope_of: str | None

    @property
    def public(self) -> bool:
        return PUBLIC in self.to or PUBLIC in self.cc


# ── out ──────────────────────────────────────────────────────────────────────────────────────


def to_note(
    proposal: Proposal,
    *,
    author: Author,
    home: Home,
    context: object,
    attachments: Sequence[Mapping[str, object]] = (),
    replies: str | None = None,
    conversation: str | None = None,
) -> Document:
    """The Note, without its proof; ``context`` is the ``@context`` to state.

    ``replies`` and ``conversation`` are IRIs of collections, by default below the proposal's id.
    """
    tags = hashtags(proposal, home)
    content = html(proposal, quartier=home.name, tags=tags, zone=home.zone)
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
        "name": proposal.title,
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
        "attachment": [dict(attachment) for attachment in attachments],
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
    if proposal.in_scope_of:
        note["inScopeOf"] = proposal.in_scope_of
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


def _measure(value: str, unit: str) -> Document:
    return {"hasUnit": unit, "hasNumericalValue": value}


# ── in ───────────────────────────────────────────────────────────────────────────────────────


def from_note(document: Mapping[str, Any], *, now: float) -> ReadProposal | Rejected | None:
    """Read a normalised document: None when it is no proposal, Rejected when it is a broken one.

    Whether it may be believed is not asked here. ``now`` clamps impossible dates.
    """
    kinds, purpose = types(document), string(document.get("purpose"), 40)
    if "Proposal" not in kinds and not ("Note" in kinds and purpose is not None):
        return None
    if purpose not in set(Purpose):
        return Rejected("proposal: purpose is neither offer nor request")
    uri, author = one_id(document.get("id")), one_id(document.get("attributedTo"))
    if uri is None or author is None:
        return Rejected("proposal: no id, or no attributedTo")
    intent = _first(document.get("publishes"))
    action = string(intent.get("action"), 200)
    if action is None:
        return Rejected("proposal: it publishes no intent with an action")
    reciprocal = _first(document.get("reciprocal"))
    topic_iri = one_id(intent.get("resourceConformsTo"))
    topic = topic_from_iri(topic_iri or "") or OTHER
    back = string(reciprocal.get("action"), 200)
    mode = mode_from_actions(action, back, topic) or mode_from_actions(action, None, topic)
    language, content = _content(document)
    published = when(document.get("published"), now) or now
    quantity, available, unit = _quantities(intent)
    reach, reach_m = _reach(document.get("areaServed"))
    place, place_name = _place(_first(document.get("location")))
    urgency = string(document.get("urgency"), 40)
    return ReadProposal(
        uri=uri,
        author_uri=author,
        audience=one_id(document.get("audience")),
        to=ids(document.get("to"), ADDRESSED_MAX),
        cc=ids(document.get("cc"), ADDRESSED_MAX),
        purpose=Purpose(purpose),
        topic=topic.slug,
        topic_iri=topic_iri,
        mode=mode.slug if mode else topic.usual_mode,
        title=_title(document, content),
        content=content,
        language=language,
        urgency=Urgency(urgency) if urgency in set(Urgency) else Urgency.NORMAL,
        reach=reach,
        reach_m=reach_m,
        quantity=quantity,
        available=available,
        unit=unit,
        state=_state(intent, quantity, available),
        published=published,
        updated=max(published, when(document.get("updated"), now) or published),
        expires_at=moment(document.get("endTime")),
        due=moment(intent.get("due")) or moment(reciprocal.get("due")),
        place=place,
        place_name=place_name,
        url=one_id(document.get("url")) or uri,
        tags=_tags(document.get("tag")),
        in_scope_of=one_id(document.get("inScopeOf")),
    )


def _first(value: object) -> dict[str, Any]:
    return next(objects(value, 1), {})


def _quantities(intent: Mapping[str, Any]) -> tuple[str, str, str]:
    """(all, what is left, unit); one of something, when it is not said."""
    whole, left = _first(intent.get("resourceQuantity")), _first(intent.get("availableQuantity"))
    total, rest = (amount_of(number(q.get("hasNumericalValue"))) for q in (whole, left))
    if total is None:
        total = Decimal(1) if rest is None else rest
    rest = total if rest is None else min(rest, total)
    unit = string(whole.get("hasUnit"), 200) or string(left.get("hasUnit"), 200) or "one"
    # om2:one, or its whole IRI
    unit = re.split(r"[#/:]", unit)[-1][:40] or "one"
    return amount_text(total), amount_text(rest), unit


def _state(intent: Mapping[str, Any], quantity: str, available: str) -> State:
    if flag(intent.get("finished")):
        return State.DONE
    if available == "0":
        return State.MATCHED
    return State.OPEN if available == quantity else State.PARTLY_MATCHED


def _reach(value: object) -> tuple[Reach, int | None]:
    """No circle, or one that cannot be read: the default, which is the nearer of the two."""
    area = _first(value)
    radius = number(area.get("schema:geoRadius", area.get("geoRadius")))
    if radius is None or radius < 0:
        return Reach.ADJACENT, None
    metres = int(min(radius, WIDE_MAX_M))
    return (Reach.WIDE, metres) if metres else (Reach.QUARTIER, None)


def _place(location: Mapping[str, Any]) -> tuple[Place | None, str]:
    name = text(location, "name", TITLE_MAX) or ""
    lat, lon = number(location.get("latitude")), number(location.get("longitude"))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None, name
    scale = {"km": 1000.0, "cm": 0.01, "feet": 0.3048, "inches": 0.0254, "miles": 1609.344}
    units = string(location.get("units"), 20) or "m"
    metres = (number(location.get("radius")) or 0.0) * scale.get(units, 1.0)
    cell = public_place(lat, lon, PLACE_RESOLUTION)
    # others may send exact places: what is kept is never finer than our own
    if metres < cell.radius_m * 0.9:
        return cell, name
    return Place(lat, lon, round(min(metres, RADIUS_MAX_M)), cell.cell), name


def _content(document: Mapping[str, Any]) -> tuple[str, str]:
    """(language, HTML); the language is ``und`` where it is not told."""
    content = string(document.get("content"), CONTENT_MAX)
    for language, version in language_map(document, "content", CONTENT_MAX).items():
        if content is None or content == version:
            return language, version
    return "und", content or ""


def _title(document: Mapping[str, Any], content: str) -> str:
    name = text(document, "name", TITLE_MAX) or plain_text(content[:2000])
    return " ".join(name.split())[:TITLE_MAX]


def _tags(value: object) -> tuple[str, ...]:
    names = (
        string(tag.get("name"), 101) for tag in objects(value, TAGS_MAX) if "Hashtag" in types(tag)
    )
    return tuple(name.removeprefix("#") for name in names if name)
