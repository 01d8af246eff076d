"""Timelines: home, public, of a tag, of a list."""

from __future__ import annotations

from typing import Any, Final

from node.mastodon.entities.status import page
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import lists, timelines
from node.store.timelines import Entry, Window
from node.store.transaction import Transaction

TAGS_MOST: Final = 4
"""Beside the one that is asked for, as Mastodon has it."""


async def home(ask: Ask) -> Listing:
    """GET /api/v1/timelines/home."""
    return await ask.store.read(_home, ask.here, ask.person.actor, ask.bounds())


def _home(tx: Transaction, here: Here, me: Actor, bounds: Bounds) -> Listing:
    unread = timelines.unread(tx, me.id, now=here.clock.now())
    found = timelines.home(tx, me.id, unread, window(bounds))
    return shown(tx, here, me, found, bounds)


async def public(ask: Ask) -> Listing:
    """GET /api/v1/timelines/public."""
    return await ask.store.read(
        _public,
        ask.here,
        ask.me,
        ask.bounds(),
        local=_side(ask),
        media=ask.parameters.flag("only_media"),
    )


def _public(
    tx: Transaction,
    here: Here,
    me: Actor | None,
    bounds: Bounds,
    *,
    local: bool | None,
    media: bool,
) -> Listing:
    unread = timelines.unread(tx, me.id if me else None, now=here.clock.now())
    found = timelines.public(tx, unread, window(bounds), local=local, media=media)
    return shown(tx, here, me, found, bounds)


def _side(ask: Ask) -> bool | None:
    """Ours alone, others' alone, or all."""
    local, remote = ask.parameters.flag("local"), ask.parameters.flag("remote")
    return None if local == remote else local


async def tag(ask: Ask) -> Listing:
    """GET /api/v1/timelines/tag/:hashtag."""
    read = ask.parameters
    return await ask.store.read(
        _tag,
        ask.here,
        ask.me,
        ask.bounds(),
        slug(ask.request.match_info["hashtag"]),
        any_of=_slugs(read.texts("any")),
        all_of=_slugs(read.texts("all")),
        none_of=_slugs(read.texts("none")),
        local=_side(ask),
        media=read.flag("only_media"),
    )


def _tag(
    tx: Transaction, /, here: Here, me: Actor | None, bounds: Bounds, name: str, **wanted: Any
) -> Listing:
    unread = timelines.unread(tx, me.id if me else None, now=here.clock.now())
    found = timelines.of_tag(tx, name, unread, window(bounds), **wanted)
    return shown(tx, here, me, found, bounds)


def slug(text: str) -> str:
    return text.strip().removeprefix("#").casefold()


def _slugs(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug(text) for text in texts if text.strip()))[:TAGS_MOST]


async def of_list(ask: Ask) -> Listing:
    """GET /api/v1/timelines/list/:list_id."""
    number = ask.number("list_id")
    return await ask.store.read(_list, ask.here, ask.person.actor, number, ask.bounds())


def _list(tx: Transaction, here: Here, me: Actor, list_id: int, bounds: Bounds) -> Listing:
    if lists.by_id(tx, list_id, account_id=me.id) is None:
        raise missing()
    unread = timelines.unread(tx, me.id, now=here.clock.now())
    found = timelines.of_list(tx, list_id, unread, window(bounds))
    return shown(tx, here, me, found, bounds)


async def link(ask: Ask) -> Listing:
    """GET /api/v1/timelines/link: pages that are linked to are not looked at here."""
    raise missing()


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def window(bounds: Bounds) -> Window:
    return Window(**ordered(bounds))


def shown(
    tx: Transaction, here: Here, me: Actor | None, found: list[Entry], bounds: Bounds
) -> Listing:
    return listed(page(tx, here, me, found), [one.number for one in found], bounds)


_READ = "read:statuses"

METHODS = (
    Method("GET", "/api/v1/timelines/home", home, scope=_READ, kept=True),
    Method("GET", "/api/v1/timelines/public", public, scope=_READ, who="reader", kept=True),
    Method("GET", "/api/v1/timelines/tag/{hashtag}", tag, scope=_READ, who="reader", kept=True),
    Method("GET", "/api/v1/timelines/list/{list_id}", of_list, scope="read:lists", kept=True),
    Method("GET", "/api/v1/timelines/link", link, scope=_READ, who="reader"),
)
