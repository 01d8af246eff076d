"""What anybody's Note or Proposal says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from node.activitypub.html import plain_text
from node.activitypub.readers import (
    each,
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
from node.aid.lifecycle import State
from node.aid.proposals import (
    TITLE_MAX,
    WIDE_MAX_M,
    Answerable,
    Purpose,
    Reach,
    Urgency,
)
from node.aid.quantities import amount_of, amount_text
from node.aid.territory import PLACE_RESOLUTION, Place, public_place
from node.aid.topics import OTHER, mode_from_actions, topic_from_iri

CONTENT_MAX: Final = 100_000
TAGS_MAX: Final = 50
ADDRESSED_MAX: Final = 1_000
LANGUAGES_MAX: Final = 10
RADIUS_MAX_M: Final = 1_000_000


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
    """`open`, `partly-matched`, `matched`, `referred` or `done`: all that the wire tells."""
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
    starts_at: float | None
    ends_at: float | None
    languages: tuple[str, ...]
    """That can be spoken, besides `language`."""
    answerable: Answerable

    @property
    def gathering(self) -> bool:
        """Something done together at a time is one; there is no term for it, and need be none."""
        return self.mode == "together" and self.starts_at is not None

    @property
    def standing(self) -> bool:
        return self.purpose is Purpose.OFFER and self.expires_at is None

    @property
    def public(self) -> bool:
        return PUBLIC in self.to or PUBLIC in self.cc


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
    state = _state(intent, quantity, available)
    referral = _first(document.get("referral"))
    if state is State.MATCHED and one_id(referral.get("target")) is not None:
        state, available = State.REFERRED, _left(referral, quantity)
    reach, reach_m = _reach(document.get("areaServed"))
    place, place_name = _place(_first(document.get("location")))
    urgency = string(document.get("urgency"), 40)
    answerable = string(document.get("answerable"), 40)
    starts, ends = moment(intent.get("hasBeginning")), moment(intent.get("hasEnd"))
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
        state=state,
        published=published,
        updated=max(published, when(document.get("updated"), now) or published),
        expires_at=moment(document.get("endTime")),
        due=moment(intent.get("due")) or moment(reciprocal.get("due")),
        place=place,
        place_name=place_name,
        url=one_id(document.get("url")) or uri,
        tags=_tags(document.get("tag")),
        in_scope_of=one_id(document.get("inScopeOf")),
        starts_at=starts,
        ends_at=ends if starts is not None and ends is not None and ends > starts else None,
        languages=_languages(document.get("inLanguage"), language),
        answerable=(Answerable(answerable) if answerable in set(Answerable) else Answerable.ANYONE),
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


def _left(referral: Mapping[str, Any], quantity: str) -> str:
    """What is left for those to whom it was handed over."""
    left = _first(referral.get("availableQuantity"))
    rest, total = amount_of(number(left.get("hasNumericalValue"))), amount_of(quantity)
    return quantity if rest is None or total is None else amount_text(min(rest, total))


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


def _languages(value: object, language: str) -> tuple[str, ...]:
    """Of a list, or of one; those that are none are left out."""
    codes = [
        code
        for one in islice(each(value), TAGS_MAX)
        if (code := string(one, 35)) and re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", code)
    ]
    return tuple(dict.fromkeys(code for code in codes if code != language))[:LANGUAGES_MAX]


def _title(document: Mapping[str, Any], content: str) -> str:
    name = text(document, "name", TITLE_MAX) or plain_text(content[:2000])
    return " ".join(name.split())[:TITLE_MAX]


def _tags(value: object) -> tuple[str, ...]:
    names = (
        string(tag.get("name"), 101) for tag in objects(value, TAGS_MAX) if "Hashtag" in types(tag)
    )
    return tuple(name.removeprefix("#") for name in names if name)
