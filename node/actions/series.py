"""Recurring help: kept at home as a series, of which each occurrence is a proposal of its own, made
three weeks ahead. A restart, or a second worker, never makes one twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node.actions import topic_choices
from node.actions.newcomers import NOT_YET, needs_review
from node.actions.notices import tell
from node.actions.proposals import close_proposal, edit_proposal, publish_proposal
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import DAY
from node.aid.series import (
    AHEAD_S,
    SKIPPED_MOST,
    Pattern,
    SeriesState,
    check_lasts,
    check_rule,
)
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, series
from node.store.series import Series
from node.store.transaction import Transaction

GOING_ON_MOST = 20
"""Series of one person that have not ended."""
SOONEST_LAST_S = 15 * 60.0
"""An occurrence that is over sooner is not made any more."""
_TIMES = ("expires", "starts", "ends", "due", "standing")


def create_series(
    tx: Transaction,
    here: Here,
    author: Actor,
    fields: Mapping[str, Any],
    *,
    rule: str,
    starts: float,
    lasts_s: float,
    zone: str = "",
    identifier: int | None = None,
) -> Series:
    """Help that recurs: `fields` are a draft's, without times. What lies within the next three
    weeks is published at once; `identifier` is the draft's, where it was kept as one. Raises
    Invalid and Conflict with what to do, and Forbidden for whom a mediator reads first: of what
    repeats itself nobody could."""
    now = here.clock.now()
    if needs_review(tx, here, author):
        raise Forbidden(NOT_YET)
    if not now < starts < now + 366 * DAY:
        raise Invalid("La première fois doit être à venir, dans l’année.")
    if series.count_going_on(tx, author.id) >= GOING_ON_MOST:
        raise Conflict(
            f"Vous avez déjà {GOING_ON_MOST} aides qui se répètent : terminez-en une d’abord."
        )
    zone = zone or here.settings.node.time_zone
    starts = float(int(starts))
    kept = {name: value for name, value in fields.items() if name not in _TIMES}
    kept.pop("author", None)
    if kept.get("pictures"):
        raise Invalid("Les images s’ajoutent à chaque annonce, une fois publiée.")
    one = Series(
        id=identifier or new_id(),
        author_id=author.id,
        fields=kept,
        pattern=Pattern(
            check_rule(rule, starts=starts, zone=zone), starts, check_lasts(lasts_s), zone
        ),
        state=SeriesState.RUNNING,
        made_until=starts - 1.0,
        created_at=now,
    )
    _draft(one, author, starts, now)
    topic_choices.check(tx, str(kept.get("topic")))
    series.insert(tx, one)
    make_occurrences(tx, here, one.id)
    return _own(tx, author, one.id)


def make_occurrences(tx: Transaction, here: Here, series_id: int) -> list[int]:
    """Publish what lies within the next three weeks and was not made; object ids."""
    one, now = series.by_id(tx, series_id), here.clock.now()
    until = now + AHEAD_S
    if one is None or one.made_until >= until:
        return []
    author = actors.by_id(tx, one.author_id)
    if author is None or author.gone:
        series.change(tx, one.id, state=SeriesState.ENDED.value)
        return []
    if author.suspended:
        series.change(tx, one.id, state=SeriesState.PAUSED.value)
        return []
    if not series.take(tx, one, until=until):
        return []
    made = []
    for at in one.pattern.between(one.made_until, until):
        if at + one.pattern.lasts_s < now + SOONEST_LAST_S or series.is_made(tx, one.id, at):
            continue
        draft = _draft(one, author, at, now)
        proposal = publish_proposal(tx, here, author, draft, series_id=one.id, occurrence=at)
        made.append(proposal.id)
    if not one.pattern.next(now):  # the last one of its rule has begun
        series.change(tx, one.id, state=SeriesState.ENDED.value)
    return made


def cannot_go_on(tx: Transaction, here: Here, series_id: int, why: str) -> None:
    """Nothing of it may be published any more: it pauses, and its author is told why, in words
    for people."""
    one = series.by_id(tx, series_id)
    author = actors.by_id(tx, one.author_id) if one is not None else None
    if one is None or author is None or one.state is not SeriesState.RUNNING:
        return
    series.change(tx, one.id, state=SeriesState.PAUSED.value)
    tell(
        tx,
        here,
        author,
        Kind.SERIES_PAUSED,
        dedupe=f"series {one.id} {int(here.clock.now())}",
        data={"series": str(one.id), "title": str(one.fields.get("title", "")), "reason": why},
    )


def change_series(
    tx: Transaction,
    here: Here,
    who: Actor,
    series_id: int,
    *,
    title: str | None = None,
    text: str | None = None,
) -> Series:
    """New words for what is to come: of what was made already, for what nobody answered yet."""
    one, now = _going_on(tx, who, series_id), here.clock.now()
    fields = {**one.fields}
    fields |= {} if title is None else {"title": title}
    fields |= {} if text is None else {"text": text}
    check_draft({**fields, "author": who.username})
    series.change(tx, one.id, fields=fields)
    for made in series.upcoming(tx, one.id, after=now):
        if not made.answered:
            edit_proposal(tx, here, made.object_id, title=title, text=text)
    return _own(tx, who, one.id)


def skip_occurrence(tx: Transaction, here: Here, who: Actor, series_id: int, at: float) -> Series:
    """Leave one date out. Raises Invalid for what is no date of the series, Conflict when
    somebody has answered already."""
    one = _going_on(tx, who, series_id)
    if at <= here.clock.now() or not one.pattern.has(at):
        raise Invalid("Ce n’est pas une des dates à venir. Voyez la liste des prochaines fois.")
    if at in one.pattern.skipped:
        return one
    if len(one.pattern.skipped) >= SKIPPED_MOST:
        raise Conflict("Trop de dates sont sautées : terminez cette répétition et faites-en une.")
    for made in series.upcoming(tx, one.id, after=at - 1):
        if made.at == at:
            if made.answered:
                raise Conflict(
                    "Quelqu’un a déjà répondu pour cette date : annulez d’abord avec cette "
                    "personne, depuis la réponse."
                )
            close_proposal(tx, here, made.object_id, state=State.WITHDRAWN)
    series.change(tx, one.id, skipped=sorted({*one.pattern.skipped, at}))
    return _own(tx, who, one.id)


def pause_series(tx: Transaction, here: Here, who: Actor, series_id: int) -> Series:
    """Nothing new is made until it goes on; what was made stays."""
    one = _going_on(tx, who, series_id)
    series.change(tx, one.id, state=SeriesState.PAUSED.value)
    return _own(tx, who, one.id)


def resume_series(tx: Transaction, here: Here, who: Actor, series_id: int) -> Series:
    """It goes on: dates that went by meanwhile are not made up for."""
    one = _going_on(tx, who, series_id)
    series.change(tx, one.id, state=SeriesState.RUNNING.value)
    make_occurrences(tx, here, one.id)
    return _own(tx, who, one.id)


def end_series(tx: Transaction, here: Here, who: Actor, series_id: int) -> Series:
    """No more of it: what is to come and nobody answered is withdrawn; what was agreed stays."""
    one = _own(tx, who, series_id)
    series.change(tx, one.id, state=SeriesState.ENDED.value)
    for made in series.upcoming(tx, one.id, after=here.clock.now()):
        if not made.answered:
            close_proposal(tx, here, made.object_id, state=State.WITHDRAWN)
    return _own(tx, who, one.id)


def own_series(tx: Transaction, who: Actor, series_id: int) -> Series:
    """Raises NotFound for what is not theirs, or not there."""
    return _own(tx, who, series_id)


def _own(tx: Transaction, who: Actor, series_id: int) -> Series:
    one = series.by_id(tx, series_id)
    if one is None or one.author_id != who.id:
        raise NotFound("Il n’y a pas d’aide qui se répète sous ce numéro.")
    return one


def _going_on(tx: Transaction, who: Actor, series_id: int) -> Series:
    one = _own(tx, who, series_id)
    if one.state is SeriesState.ENDED:
        raise Conflict("Cette répétition est terminée. Faites-en une nouvelle.")
    return one


def _draft(one: Series, author: Actor, at: float, now: float) -> Any:
    """The occurrence as a draft: it takes place then, and is over when that is."""
    ends = at + one.pattern.lasts_s
    return check_draft(
        {
            **one.fields,
            "author": author.username,
            "starts": at,
            "ends": ends,
            "expires": max(ends - now, SOONEST_LAST_S),
        }
    )
