"""What others wrote to somebody directly, also from an app, and answering it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions.posts import write_to
from node.activitypub.html import plain_text
from node.errors import Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, blocks, conversations, objects
from node.store.conversations import Conversation
from node.store.transaction import Transaction
from node.web.mine.words import Message, messages, unnamed
from node.web.site.visit import NOTHING, Page, Visit, act, as_number, show

PAGE: Final = 20
TALK_MOST: Final = 50
SHOWN: Final = 160
SAID: Final = Rate("messages of a person", 60, 3600.0)


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation in the list."""

    id: int
    last: int
    people: Sequence[Actor]
    text: str
    """How the latest message begins."""
    mine: bool
    at: float
    unread: bool


@dataclass(frozen=True, slots=True)
class Talk:
    one: Conversation
    people: Sequence[Actor]
    said: Sequence[Message]


async def listed(visit: Visit) -> web.Response:
    """GET /me/messages."""
    before = as_number(visit.query("max_id"))
    found, last = await visit.store.read(_threads, visit.me.actor, before)
    return visit.page(
        "mine/messages.html",
        title=visit.say("Mes messages"),
        threads=[(one, _names(visit, one.people)) for one in found],
        more=f"/me/messages?max_id={last}" if last else "",
    )


async def talk(visit: Visit) -> web.Response:
    """GET /me/messages/{id}."""
    return await _page(visit)


async def said(visit: Visit) -> web.Response:
    """POST /me/messages/{id}: fields ``text`` and ``once``."""
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
        return await _page(visit, status=422, errors={"text": error.public}, typed=text)
    return visit.go(f"/me/messages/{number}#answer", notice=visit.say("Votre message est parti."))


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _threads(tx: Transaction, me: Actor, before: int | None) -> tuple[list[Thread], int | None]:
    """A page, and where the next one begins: four queries."""
    found = conversations.page(tx, me.id, below=before, above=None, upward=False, most=PAGE + 1)
    shown = found[:PAGE]
    statuses = objects.by_ids(tx, [one.last_object_id for one in shown])
    people = actors.by_ids(tx, {who for one in shown for who in one.participants})
    blocked = blocks.of(tx, me.id)
    made = []
    for one in shown:
        status = statuses.get(one.last_object_id)
        if status is None or (one.participants and set(one.participants) <= blocked):
            continue
        made.append(
            Thread(
                id=one.id,
                last=one.last_object_id,
                people=[people[who] for who in one.participants if who in people],
                text=_beginning(plain_text(unnamed(status.content))),
                mine=status.author_id == me.id,
                at=status.published,
                unread=one.unread,
            )
        )
    return made, shown[-1].last_object_id if len(found) > PAGE else None


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _talk(tx: Transaction, me: Actor, number: int) -> Talk:
    one, people = _one(tx, me, number)
    ids = conversations.statuses(tx, me, number, most=TALK_MOST)
    return Talk(one, people, messages(tx, me, ids))


def _one(tx: Transaction, me: Actor, number: int) -> tuple[Conversation, list[Actor]]:
    one = conversations.by_id(tx, me.id, number)
    if one is None:
        raise NotFound(NOTHING)
    known = actors.by_ids(tx, one.participants)
    return one, [known[who] for who in one.participants if who in known]


def _say(
    tx: Transaction, here: Here, me: Actor, number: int, text: str, *, language: str, key: str
) -> None:
    one, people = _one(tx, me, number)
    write_to(tx, here, me, people, text, language=language, reply_to=one.last_object_id, key=key)


# ── the page ─────────────────────────────────────────────────────────────────────────────────


async def _page(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None, typed: str = ""
) -> web.Response:
    me, number = visit.me.actor, visit.number()
    found = await visit.store.read(_talk, me, number)
    if found.one.unread:
        await visit.store.write(conversations.set_unread, me.id, number, unread=False)
    who = _names(visit, found.people)
    return visit.page(
        "mine/message.html",
        status=status,
        title=visit.say("Messages avec %(who)s", who=who),
        errors=errors or {},
        typed=typed,
        number=number,
        who=who,
        people=found.people,
        said=found.said,
        reachable=any(not one.gone and not one.suspended for one in found.people),
        once=secrets.token_urlsafe(12),
    )


def _names(visit: Visit, people: Sequence[Actor]) -> str:
    """As one says them in a row."""
    return ", ".join(one.name or one.username for one in people) or visit.say("vous-même")


PAGES: Final[tuple[Page, ...]] = (
    show("/me/messages", listed, who="member"),
    show("/me/messages/{id}", talk, who="member"),
    act("/me/messages/{id}", said, who="member", rate=SAID),
)
