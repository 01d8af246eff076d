"""What a person writes of a proposal, as JSON, and what they are told before others read it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, structs, to_builtins

from node.aid.drafts import check_draft, check_timely, problem
from node.aid.proposals import TEXT_MAX, TITLE_MAX, WIDE_MAX_M
from node.aid.warnings import warnings, who_will_see
from node.api.endpoint import Entity
from node.errors import Invalid
from node.outbox.here import Here

Slug = Annotated[str, Meta(max_length=60)]
When = Annotated[
    str,
    Meta(
        max_length=40,
        description="ISO 8601; without an offset, in the quartier's time zone.",
    ),
]


class PlaceEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point. It is never shown: what is shown is the middle of a cell about a kilometre wide."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class ProposalFields(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not sent has its default, or stays as it is; null empties."""

    purpose: Literal["offer", "request"] | UnsetType = UNSET
    topic: Slug | UnsetType = UNSET
    """A slug of `GET /topics`: `care.groceries`."""
    mode: Slug | UnsetType = UNSET
    """By default the topic's usual one."""
    title: Annotated[str, Meta(max_length=4 * TITLE_MAX)] | UnsetType = UNSET
    text: Annotated[str, Meta(max_length=4 * TEXT_MAX)] | UnsetType | None = UNSET
    """Plain."""
    urgency: Literal["low", "normal", "high", "critical"] | UnsetType = UNSET
    reach: Literal["quartier", "adjacent", "wide"] | UnsetType = UNSET
    reach_m: Annotated[int, Meta(ge=100, le=WIDE_MAX_M)] | UnsetType | None = UNSET
    """Metres, of `wide`."""
    quantity: Annotated[str, Meta(max_length=24)] | UnsetType = UNSET
    """A decimal number."""
    unit: Slug | UnsetType = UNSET
    due: When | UnsetType | None = UNSET
    """When it is needed, or when a loan comes back."""
    starts: When | UnsetType | None = UNSET
    """When it takes place, or from when it is to be had."""
    ends: When | UnsetType | None = UNSET
    expires: Annotated[str, Meta(max_length=20)] | UnsetType = UNSET
    """How long it stands: `3d`, `12h`, `90m`; `none` for an offer without end."""
    cooked: bool | UnsetType = UNSET
    """Cooked food: it stands for a day."""
    place: PlaceEntity | UnsetType | None = UNSET
    coarse: bool | UnsetType = UNSET
    """Show the place more coarsely."""
    language: Annotated[str, Meta(max_length=35)] | UnsetType = UNSET
    languages: Annotated[list[Slug], Meta(max_length=10)] | UnsetType | None = UNSET
    """That can be spoken, besides the text's."""
    answerable: Literal["anyone", "members", "vouched"] | UnsetType = UNSET
    gathering: bool | UnsetType = UNSET
    """People come together: needs `starts` and the mode `together`."""
    pictures: Annotated[list[Slug], Meta(max_length=4)] | UnsetType | None = UNSET
    """Ids of pictures that were sent before, in their order."""


class WarningEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that one should rather not tell everybody. Nothing is refused for it."""

    kind: Literal["phone", "email", "address", "code", "health"]
    found: str
    words: str
    """What is the matter and what to do, in the reader's language."""


class LookEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be known before one sends it."""

    problem: str | None
    """What is still to be done; null when it can be sent."""
    warnings: list[WarningEntity]
    who_will_see: str | None
    """In plain words; null while there is a problem."""
    review: bool
    """A mediator looks at it first."""


def raw(fields: ProposalFields) -> dict[str, Any]:
    """As `aid.drafts.check_draft` reads them; null is the empty text or list."""
    found: dict[str, Any] = {}
    for name in structs.asdict(fields):
        value = getattr(fields, name)
        if isinstance(value, UnsetType):
            continue
        if value is None:
            value = [] if name in ("languages", "pictures") else ""
        if isinstance(value, PlaceEntity):
            value = [value.latitude, value.longitude]
        found[name] = None if name == "place" and value == "" else to_builtins(value)
    return found


def warned(fields: dict[str, Any], language: str) -> list[WarningEntity]:
    """What title and text should rather not say."""
    text = f"{fields.get('title') or ''}\n{fields.get('text') or ''}"
    return [
        WarningEntity(kind=one.kind.value, found=one.found, words=one.words)
        for one in warnings(text, language)
    ]


def look(here: Here, fields: dict[str, Any], language: str, *, review: bool) -> LookEntity:
    zone = here.settings.node.time_zone
    wrong = problem(fields, zone=zone)
    seen = None
    if wrong is None:
        draft = check_draft({**fields, "author": "-"}, zone=zone)
        try:
            check_timely(draft, here.clock.now())
        except Invalid as late:
            wrong = late.public
        else:
            seen = who_will_see(
                draft,
                quartier=here.settings.node.name,
                language=language,
                wide_m=here.settings.federation.wide_reach_m,
                review=review,
            )
    return LookEntity(
        problem=wrong, warnings=warned(fields, language), who_will_see=seen, review=review
    )
