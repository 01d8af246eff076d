"""What somebody published; and what one liked and kept oneself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from node.mastodon.entities.status import page
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing
from node.mastodon.methods.timelines import shown, slug, window
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, blocks, deeds, follows, objects, status_rows, timelines, visible
from node.store.timelines import Entry, Wanted, Window
from node.store.transaction import Transaction

_EVERY = ("public", "unlisted", "followers", "direct")


async def of_account(ask: Ask) -> Listing:
    """GET /api/v1/accounts/:id/statuses."""
    read = ask.parameters
    tagged = read.text("tagged").strip()
    return await ask.store.read(
        _of_account,
        ask.here,
        ask.me,
        ask.number(),
        ask.bounds(),
        pinned=read.flag("pinned"),
        media=read.flag("only_media"),
        replies=not read.flag("exclude_replies"),
        shares=not read.flag("exclude_reblogs"),
        tag=slug(tagged) if tagged else None,
    )


def _of_account(
    tx: Transaction,
    here: Here,
    me: Actor | None,
    identifier: int,
    bounds: Bounds,
    *,
    pinned: bool,
    media: bool,
    replies: bool,
    shares: bool,
    tag: str | None,
) -> Listing:
    whose = actors.by_id(tx, identifier)
    if whose is None or whose.gone:
        raise missing()
    if whose.suspended or (
        me is not None and blocks.stands(tx, actor_id=whose.id, target_id=me.id)
    ):
        return Listing([])
    if pinned:
        found = [Entry(one.id, one.id) for one in objects.pinned(tx, whose.id)]
        return Listing(_allowed(tx, here, me, found)[: bounds.limit])
    wanted = Wanted(
        visibilities=_visible(tx, me, whose),
        named=me.uri if me is not None and me.id != whose.id else None,
        media=media,
        replies=replies,
        shares=shares,
        tag=tag,
    )
    unread = timelines.unread(tx, me.id if me else None, now=here.clock.now())
    entries = timelines.of_author(tx, whose.id, wanted, unread, window(bounds))
    return shown(tx, here, me, entries, bounds)


def _visible(tx: Transaction, me: Actor | None, whose: Actor) -> tuple[str, ...]:
    if me is None:
        return _EVERY[:2]
    if me.id == whose.id:
        return _EVERY
    follow = follows.between(tx, me.id, whose.id)
    return _EVERY[:3] if follow is not None and follow.state == follows.ACCEPTED else _EVERY[:2]


def _allowed(
    tx: Transaction, here: Here, me: Actor | None, found: list[Entry]
) -> list[dict[str, Any]]:
    """Those of them that may be seen (by now)."""
    rows = status_rows.by_ids(tx, {one.object_id for one in found})
    may = visible.among(tx, me, rows.values())
    return page(tx, here, me, [one for one in found if one.object_id in may], rows=rows)


# ── one's own marks ──────────────────────────────────────────────────────────────────────────


async def favourites(ask: Ask) -> Listing:
    """GET /api/v1/favourites."""
    return await ask.store.read(_marked, ask.here, ask.person.actor, deeds.liked_by, ask.bounds())


async def bookmarks(ask: Ask) -> Listing:
    """GET /api/v1/bookmarks."""
    return await ask.store.read(_marked, ask.here, ask.person.actor, deeds.kept_by, ask.bounds())


def _marked(
    tx: Transaction,
    here: Here,
    me: Actor,
    of: Callable[[Transaction, int, Window], list[Entry]],
    bounds: Bounds,
) -> Listing:
    """In the order in which they were marked, which their numbers tell."""
    found = of(tx, me.id, window(bounds))
    made = _allowed(tx, here, me, [Entry(one.object_id, one.object_id) for one in found])
    return listed(made, [one.number for one in found], bounds)


METHODS = (
    Method(
        "GET",
        "/api/v1/accounts/{id}/statuses",
        of_account,
        scope="read:statuses",
        who="reader",
        kept=True,
    ),
    Method("GET", "/api/v1/favourites", favourites, scope="read:favourites"),
    Method("GET", "/api/v1/bookmarks", bookmarks, scope="read:bookmarks"),
)
