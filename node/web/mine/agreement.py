"""One agreement: with whom, where it stands, what comes next, how to reach each other."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import agreements as acting
from node.actions.accounts import change_account
from node.actions.posts import write_to
from node.aid.agreements import Agreement, Event
from node.errors import Conflict, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import agreements, conversations, notifications, objects
from node.store.agreements import Happened
from node.store.transaction import Transaction
from node.web.mine.contacts import linked
from node.web.mine.dealings import Dealing, dealings
from node.web.mine.steps import (
    DONE,
    happened,
    next_step,
    other_steps,
    reveal_step,
    standing,
)
from node.web.mine.words import Message, messages
from node.web.site.visit import NOTHING, Page, Visit, act, show

TALK_MOST: Final = 50
SAID: Final = Rate("messages of a person", 60, 3600.0)

Stepping = Callable[..., Agreement]
STEPS: Final[dict[str, tuple[Stepping, str]]] = {
    Event.ACCEPT.value: (acting.accept, ""),
    Event.REFUSE.value: (acting.refuse, "reason"),
    Event.WITHDRAW.value: (acting.withdraw, ""),
    Event.CANCEL.value: (acting.cancel, "reason"),
    Event.HAND_OVER.value: (acting.hand_over, ""),
    Event.GIVE_BACK.value: (acting.give_back, ""),
    Event.CONFIRM.value: (acting.confirm, "thanks"),
    Event.NO_SHOW.value: (acting.no_show, "reason"),
    Event.DISPUTE.value: (acting.dispute, "reason"),
}
"""The last part of the address → the step, and as what it takes what was written."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All of one agreement."""

    speaker: Actor
    one: Dealing
    history: Sequence[Happened]
    said: Sequence[Message]
    unread: bool


async def agreement(visit: Visit) -> web.Response:
    """GET /me/agreements/{id}."""
    return await _page(visit)


async def step(visit: Visit) -> web.Response:
    """POST /me/agreements/{id}/{step}: field ``words`` where there is something to say."""
    name, number = visit.path("step"), visit.number()
    if name not in STEPS:
        raise NotFound(NOTHING)
    stepping, field = STEPS[name]
    words = {field: visit.text("words")} if field else {}
    try:
        await visit.store.write(_step, visit.here, visit.me.actor, number, stepping, words)
    except Conflict as error:
        return await _page(visit, status=409, meanwhile=error.public)
    return visit.go(f"/me/agreements/{number}", notice=visit.say(DONE[name]))


async def reveal(visit: Visit) -> web.Response:
    """POST /me/agreements/{id}/contact: fields ``contact`` (what is shown) and ``keep``."""
    number, contact = visit.number(), visit.text("contact")
    try:
        await visit.store.write(
            _reveal, visit.here, visit.me.actor, number, contact, keep=visit.ticked("keep")
        )
    except Invalid as error:
        return await _page(
            visit, status=422, errors={"contact": error.public}, typed={"contact": contact}
        )
    except Conflict as error:
        return await _page(visit, status=409, meanwhile=error.public)
    return visit.go(f"/me/agreements/{number}", notice=visit.say("Vos coordonnées sont montrées."))


async def hide(visit: Visit) -> web.Response:
    """POST /me/agreements/{id}/hide."""
    number = visit.number()
    await visit.store.write(_hide, visit.here, visit.me.actor, number)
    notice = visit.say("Vos coordonnées ne sont plus montrées.")
    return visit.go(f"/me/agreements/{number}", notice=notice)


async def say(visit: Visit) -> web.Response:
    """POST /me/agreements/{id}/message: fields ``text`` and ``once``, which lets it go once."""
    number, text = visit.number(), visit.text("text")
    try:
        await visit.store.write(
            _say,
            visit.here,
            visit.me.actor,
            number,
            text,
            language=visit.language.code,
            key=visit.text("once"),
        )
    except Invalid as error:
        return await _page(visit, status=422, errors={"text": error.public}, typed={"text": text})
    return visit.go(
        f"/me/agreements/{number}#messages", notice=visit.say("Votre message est parti.")
    )


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _one(tx: Transaction, here: Here, me: Actor, number: int) -> tuple[Actor, Dealing]:
    speaker = acting.speaker(tx, here, me, number)
    found, _ = acting.of_person(tx, speaker, number)
    seen = dealings(tx, speaker, [found])
    if not seen:
        raise NotFound("Cet accord n’est plus là.")
    return speaker, seen[0]


def _whole(tx: Transaction, here: Here, me: Actor, number: int) -> Whole:
    speaker, one = _one(tx, here, me, number)
    since = one.agreement.created_at
    ids = conversations.between(tx, speaker, one.other, since=since - 60, most=TALK_MOST)
    return Whole(
        speaker=speaker,
        one=one,
        history=agreements.history(tx, number),
        said=messages(tx, speaker, ids, but=one.agreement.offer_uri),
        unread=notifications.has_unread(tx, me.id, number),
    )


def _step(
    tx: Transaction, here: Here, me: Actor, number: int, stepping: Stepping, words: dict[str, Any]
) -> None:
    stepping(tx, here, acting.speaker(tx, here, me, number), number, **words)


def _reveal(
    tx: Transaction, here: Here, me: Actor, number: int, contact: str, *, keep: bool
) -> None:
    acting.reveal_contact(tx, here, acting.speaker(tx, here, me, number), number, contact)
    if keep:
        change_account(tx, me.id, contact=contact)


def _hide(tx: Transaction, here: Here, me: Actor, number: int) -> None:
    acting.hide_contact(tx, here, acting.speaker(tx, here, me, number), number)


def _say(
    tx: Transaction,
    here: Here,
    me: Actor,
    number: int,
    text: str,
    *,
    language: str,
    key: str,
) -> None:
    speaker, one = _one(tx, here, me, number)
    last = conversations.between(tx, speaker, one.other, since=one.agreement.created_at, most=1)
    offer = None if last else objects.by_uri(tx, one.agreement.offer_uri)  # of who wrote a note
    reply_to = last[-1] if last else offer.id if offer is not None else None
    write_to(tx, here, speaker, [one.other], text, language=language, reply_to=reply_to, key=key)


# ── the page ─────────────────────────────────────────────────────────────────────────────────


async def _page(
    visit: Visit,
    *,
    status: int = 200,
    meanwhile: str = "",
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> web.Response:
    found = await visit.store.read(_whole, visit.here, visit.me.actor, visit.number())
    one = found.one
    if found.unread:
        await visit.store.write(
            notifications.mark_read, visit.me.actor.id, now=visit.now, agreement_id=one.id
        )
    first = next_step(visit, one)
    return visit.page(
        "mine/agreement.html",
        status=status,
        title=one.proposal.title,
        one=one,
        meanwhile=bool(meanwhile),
        # Where the agreement stands is said below, in the words of this page.
        why="" if meanwhile.startswith("Cet accord ") else meanwhile,
        errors=errors or {},
        typed=typed or {},
        standing=standing(visit, one),
        first=first,
        others=other_steps(visit, one, first),
        reveal=reveal_step(visit, one),
        shows=one.agreement.shows_contact,
        contact=visit.me.account.contact if found.speaker.id == visit.me.actor.id else "",
        theirs=linked(one.theirs.contact) if one.theirs is not None else None,
        history=[happened(visit, one, line) for line in found.history],
        said=found.said,
        reachable=not one.other.gone and not one.other.suspended,
        opened=visit.query("step"),
        once=secrets.token_urlsafe(12),
    )


_ONE: Final = "/me/agreements/{id}"

PAGES: Final[tuple[Page, ...]] = (
    show(_ONE, agreement, who="member"),
    act(f"{_ONE}/contact", reveal, who="member"),
    act(f"{_ONE}/hide", hide, who="member"),
    act(f"{_ONE}/message", say, who="member", rate=SAID),
    act(f"{_ONE}/{{step}}", step, who="member"),
)
