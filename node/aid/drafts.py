"""The check of what people write, whatever door it came by. Messages say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from node.aid import draft_checks as check
from node.aid.draft_checks import LONGEST, parse_duration
from node.aid.lifecycle import CLOSED, LIVE, State, by_quantity
from node.aid.proposals import (
    Answerable,
    Draft,
    Proposal,
    Purpose,
    Reach,
    Urgency,
    coarsened,
    lasting,
)
from node.aid.quantities import amount_of, amount_text
from node.aid.topics import MODES
from node.errors import Conflict, Invalid

FIELDS: Final = frozenset(Draft.__dataclass_fields__) - {"author"}
"""What a draft may have; the author is who keeps it."""
KEPT: Final = FIELDS | {"repeats"}
"""What is kept of an unfinished one: also how it repeats (`aid.repeating`)."""
UNFINISHED_MAX: Final = 20_000
"""Characters of all that an unfinished draft holds."""
FIXED: Final = frozenset({"purpose", "mode", "unit", "topic"})
"""What others answered to: it stays once something is promised."""


def check_draft(raw: Mapping[str, object], *, zone: str | None = None) -> Draft:
    """Check what came from a form, a command or the client API.

    Keys are those of `Draft`; missing ones and None have the default. ``expires`` is a duration
    (``"3d"``), seconds, or ``"none"`` for a standing offer; ``place`` is (lat, lon); times are
    seconds or ISO 8601, without an offset in ``zone`` (tz database name). Raises Invalid with
    what to do, in plain French.
    """
    purpose = check.choice(Purpose, raw.get("purpose"), "purpose")
    about = check.topic(raw.get("topic"))
    mode = check.mode(raw.get("mode"), about)
    reach = check.choice(Reach, raw.get("reach") or "adjacent", "reach")
    expires, endless = check.expires(raw.get("expires"), purpose)
    quantity, unit = check.quantity(raw.get("quantity"), raw.get("unit"), mode)
    starts, ends = check.when(raw.get("starts"), raw.get("ends"), zone)
    return Draft(
        author=check.author(raw.get("author")),
        purpose=purpose,
        topic=about.slug,
        mode=mode.slug,
        title=check.title(raw.get("title")),
        text=check.text(raw.get("text")),
        urgency=check.choice(Urgency, raw.get("urgency") or "normal", "urgency"),
        reach=reach,
        reach_m=check.reach_m(raw.get("reach_m"), reach),
        expires=expires,
        standing=endless or check.standing(raw.get("standing"), purpose),
        cooked=raw.get("cooked") is True,
        quantity=quantity,
        unit=unit,
        due=check.moment(raw.get("due"), zone),
        place=check.place(raw.get("place")),
        coarse=raw.get("coarse") is True,
        language=check.language(raw.get("language")),
        starts=starts,
        ends=ends,
        languages=check.languages(raw.get("languages")),
        answerable=check.choice(Answerable, raw.get("answerable") or "anyone", "answerable"),
        gathering=check.gathering(raw.get("gathering"), starts, mode),
        pictures=check.pictures(raw.get("pictures")),
    )


def check_timely(draft: Draft, now: float) -> None:
    """Nobody can help yesterday. Raises Invalid."""
    over = draft.ends if draft.ends is not None else draft.starts
    if any(moment is not None and moment <= now for moment in (draft.due, over)):
        raise Invalid("Cette date est passée : corrigez-la avant de publier.")


def unfinished(raw: Mapping[str, object]) -> dict[str, object]:
    """The fields of a draft that its author may go on with later: anything of the right names
    that can be kept. Raises Invalid for what is too long."""
    kept = {
        name: list(value) if isinstance(value, tuple | list) else value
        for name, value in raw.items()
        if name in KEPT and value is not None
    }
    if sum(len(str(value)) for value in kept.values()) > UNFINISHED_MAX:
        raise Invalid("Ce brouillon est trop long : raccourcissez le texte.")
    return kept


def problem(raw: Mapping[str, object], *, zone: str | None = None) -> str | None:
    """What is still to be done before this can be sent; None when it is ready."""
    try:
        check_draft({**raw, "author": "-"}, zone=zone)
    except Invalid as missing:
        return missing.public
    return None


def edit(
    proposal: Proposal, changes: Mapping[str, object], *, now: float, zone: str | None = None
) -> Proposal:
    """The same proposal with other fields, named as in `Draft` (not ``author``, ``pictures``).

    What is promised already stays promised: the quantity goes no lower, and what the others
    answered to stays. ``expires`` counts from now. Raises Invalid, and Conflict when it is closed,
    over, or promised.
    """
    _check_editable(proposal)
    changed = {name: value for name, value in changes.items() if value is not None}
    promised = promised_of(proposal)
    fixed = FIXED if promised else FIXED & {"purpose"}
    if any(getattr(proposal, name) != changed.get(name, getattr(proposal, name)) for name in fixed):
        raise Conflict(
            "Ce que d’autres ont lu ne peut pas devenir autre chose : retirez cette annonce et "
            "publiez-en une nouvelle."
        )
    draft = check_draft(_as_raw(proposal, changes), zone=zone)
    left = Decimal(draft.quantity) - promised
    if left < 0:
        raise Conflict(
            f"Il y a déjà {amount_text(promised).replace('.', ',')} de promis : la quantité ne "
            "peut pas être plus petite. Annulez d’abord une entraide."
        )
    edited = replace(
        proposal,
        topic=draft.topic,
        mode=draft.mode,
        title=draft.title,
        text=draft.text,
        urgency=draft.urgency,
        reach=draft.reach,
        reach_m=draft.reach_m,
        quantity=draft.quantity,
        available=amount_text(left),
        unit=draft.unit,
        due=draft.due,
        starts_at=draft.starts,
        ends_at=draft.ends,
        languages=draft.languages,
        answerable=draft.answerable,
        gathering=draft.gathering,
        language=draft.language,
        updated=now,
    )
    if "place" in changed or "coarse" in changed:
        edited = coarsened(edited, draft.place, coarse=draft.coarse)
    if "expires" in changed or "standing" in changed:
        edited = lasting(edited, draft, now)
    if proposal.state in LIVE or proposal.state is State.MATCHED:
        edited = replace(edited, state=by_quantity(edited.quantity, edited.available))
    return edited


def _check_editable(proposal: Proposal) -> None:
    if proposal.state in CLOSED:
        raise Conflict(
            "Cette annonce est close : elle ne peut plus être modifiée. Publiez-en une nouvelle."
        )
    if proposal.state is State.EXPIRED:
        raise Conflict("Cette annonce est arrivée à son terme : renouvelez-la d’abord.")


def promised_of(proposal: Proposal) -> Decimal:
    """How much of it is promised; in a pause, too."""
    whole, left = amount_of(proposal.quantity), amount_of(proposal.available)
    return max(Decimal(0), (whole or Decimal(0)) - (left or Decimal(0)))


def _as_raw(proposal: Proposal, changes: Mapping[str, object]) -> dict[str, object]:
    """The proposal as a form that is filled in, with the changes in it. Empty text empties a
    field; None leaves it."""
    raw: dict[str, object] = {
        "author": proposal.author_uri,
        "purpose": proposal.purpose,
        "topic": proposal.topic,
        "mode": proposal.mode,
        "title": proposal.title,
        "text": proposal.text,
        "urgency": proposal.urgency,
        "reach": proposal.reach,
        "reach_m": proposal.reach_m,
        "quantity": proposal.quantity,
        "unit": proposal.unit,
        "due": proposal.due,
        "starts": proposal.starts_at,
        "ends": proposal.ends_at,
        "languages": proposal.languages,
        "answerable": proposal.answerable,
        "gathering": proposal.gathering,
        "language": proposal.language,
    }
    if "mode" in changes and "unit" not in changes:
        mode = MODES.get(str(changes["mode"]))
        if mode is not None and proposal.unit not in mode.units:
            del raw["unit"]
    return raw | {name: value for name, value in changes.items() if value is not None}


__all__ = [
    "LONGEST",
    "check_draft",
    "check_timely",
    "edit",
    "parse_duration",
    "problem",
    "promised_of",
    "unfinished",
]
