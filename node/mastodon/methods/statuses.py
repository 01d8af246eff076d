"""Statuses are read: one, several, what is around one, what it was before, who did what with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from node.actions.posts import source_of
from node.actions.seeing import own, seen
from node.errors import Forbidden, NotFound
from node.mastodon.entities import account as accounts
from node.mastodon.entities.status import by_ids, page
from node.mastodon.entities.times import moment
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, missing
from node.mastodon.methods.timelines import window
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import deeds, revisions, status_rows, threads, visible
from node.store.transaction import Transaction

SEVERAL_MOST: Final = 40


# ── one, or several ──────────────────────────────────────────────────────────────────────────


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/statuses/:id: a status, or that somebody shared one."""
    return await ask.store.read(_one, ask.here, ask.me, ask.number())


def _one(tx: Transaction, here: Here, me: Actor | None, identifier: int) -> dict[str, Any]:
    found = _several(tx, here, me, [identifier])
    if not found:
        raise missing()
    return found[0]


async def several(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/statuses?id[]=…: those of them that may be seen."""
    wanted = list(dict.fromkeys(ask.parameters.identifiers("id")))[:SEVERAL_MOST]
    return await ask.store.read(_several, ask.here, ask.me, wanted)


def _several(
    tx: Transaction, here: Here, me: Actor | None, ids: Sequence[int]
) -> list[dict[str, Any]]:
    entries = deeds.entries(tx, ids)
    rows = status_rows.by_ids(tx, {one.object_id for one in entries})
    may = visible.among(tx, me, rows.values())
    return page(tx, here, me, [one for one in entries if one.object_id in may], rows=rows)


# ── around it ────────────────────────────────────────────────────────────────────────────────


async def context(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/statuses/:id/context."""
    return await ask.store.read(_context, ask.here, ask.me, ask.number())


def _context(tx: Transaction, here: Here, me: Actor | None, identifier: int) -> dict[str, Any]:
    status, _ = seen(tx, me, identifier)
    most = threads.SIGNED_IN if me is not None else threads.ANYBODY
    above = threads.ancestors(tx, status.in_reply_to, most=most.ancestors)
    below = threads.descendants(tx, status.uri, most=most.descendants, depth=most.depth)
    may = visible.among(tx, me, [*above, *below])
    ids = [one.id for one in (*above, *below) if one.id in may]
    made = {int(one["id"]): one for one in by_ids(tx, here, me, ids)}
    return {
        "ancestors": [made[one.id] for one in above if one.id in made],
        "descendants": [made[one.id] for one in below if one.id in made],
    }


# ── who did what with it ─────────────────────────────────────────────────────────────────────


async def favourited_by(ask: Ask) -> Listing:
    """GET /api/v1/statuses/:id/favourited_by."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_by, ask.here, ask.me, ask.number(), "liked", bounds)


async def reblogged_by(ask: Ask) -> Listing:
    """GET /api/v1/statuses/:id/reblogged_by."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_by, ask.here, ask.me, ask.number(), "shared", bounds)


def _by(
    tx: Transaction, here: Here, me: Actor | None, identifier: int, what: str, bounds: Bounds
) -> Listing:
    status, _ = seen(tx, me, identifier)
    found = deeds.people(tx, what, status.id, me.id if me else None, window(bounds))
    people = accounts.listed(tx, here, [who for _, who in found])
    return listed(people, [number for number, _ in found], bounds)


async def quotes(ask: Ask) -> Listing:
    """GET /api/v1/statuses/:id/quotes: those that quote it, and may."""
    bounds = ask.bounds()
    return await ask.store.read(_quotes, ask.here, ask.person.actor, ask.number(), bounds)


def _quotes(tx: Transaction, here: Here, me: Actor, identifier: int, bounds: Bounds) -> Listing:
    status, _ = seen(tx, me, identifier)
    found = deeds.quoting(tx, status.id, window(bounds))
    rows = status_rows.by_ids(tx, {one.object_id for one in found})
    may = visible.among(tx, me, rows.values())
    made = page(tx, here, me, [one for one in found if one.object_id in may])
    return listed(made, [one.number for one in found], bounds)


# ── what it was ──────────────────────────────────────────────────────────────────────────────


async def source(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/statuses/:id/source: as it was typed."""
    return await ask.store.read(_source, ask.person.actor, ask.number())


def _source(tx: Transaction, me: Actor, identifier: int) -> dict[str, Any]:
    status = own(tx, me, identifier)
    found = source_of(tx, status)
    return {"id": str(status.id), "text": found.text, "spoiler_text": found.spoiler}


async def history(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/statuses/:id/history: the oldest first, as it is now the last."""
    return await ask.store.read(_history, ask.here, ask.me, ask.number())


def _history(
    tx: Transaction, here: Here, me: Actor | None, identifier: int
) -> list[dict[str, Any]]:
    status, author = seen(tx, me, identifier)
    account = accounts.one(tx, here, author)
    now = by_ids(tx, here, me, [status.id])[0]
    quote = {} if now["quote"] is None else {"quote": now["quote"]}  # no edit changes it
    made: list[dict[str, Any]] = [
        _edit(
            account,
            content=before.content,
            spoiler_text=before.summary or "",
            sensitive=before.sensitive,
            created_at=moment(before.at),
            poll=before.options,
            media_attachments=list(before.attachments),
            emojis=now["emojis"],
            **quote,
        )
        for before in revisions.of(tx, status.id)
    ]
    poll = now["poll"]
    last = _edit(
        account,
        content=now["content"],
        spoiler_text=now["spoiler_text"],
        sensitive=now["sensitive"],
        created_at=now["edited_at"] or now["created_at"],
        poll=[one["title"] for one in poll["options"]] if poll else None,
        media_attachments=now["media_attachments"],
        emojis=now["emojis"],
        **quote,
    )
    return [*made, last]


def _edit(account: dict[str, Any], *, poll: Sequence[str] | None, **fields: Any) -> dict[str, Any]:
    """StatusEdit."""
    made = {"account": account, **fields}
    if poll is not None:
        made["poll"] = {"options": [{"title": title} for title in poll]}
    return made


# ── beside it ────────────────────────────────────────────────────────────────────────────────


async def card(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/statuses/:id/card: gone since Mastodon 3.0; it stands in the status."""
    await ask.store.read(seen, ask.me, ask.number())
    return {}


async def translate(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/statuses/:id/translate: nothing is translated here."""
    status, _ = await ask.store.read(seen, ask.me, ask.number())
    if not status.visibility.open:
        raise Forbidden("This action is not allowed")
    raise NotFound("Record not found")


_ONE = "/api/v1/statuses/{id}"
_READ = "read:statuses"

METHODS = (
    Method("GET", "/api/v1/statuses", several, scope=_READ, who="reader"),
    Method("GET", _ONE, one, scope=_READ, who="reader", kept=True),
    Method("GET", f"{_ONE}/context", context, scope=_READ, who="reader", kept=True),
    Method("GET", f"{_ONE}/favourited_by", favourited_by, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/reblogged_by", reblogged_by, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/quotes", quotes, scope=_READ),
    Method("GET", f"{_ONE}/source", source, scope=_READ),
    Method("GET", f"{_ONE}/history", history, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/card", card, scope=_READ, who="reader"),
    Method("POST", f"{_ONE}/translate", translate, scope=_READ, who="reader"),
)
