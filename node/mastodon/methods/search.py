"""Search: people, tags and statuses; and what an address or a link leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from node.actions import finding
from node.actions.finding import Found
from node.actions.seeing import seen
from node.aid.searching import asked
from node.errors import Invalid, NotFound, Unauthenticated
from node.mastodon.entities import account as accounts
from node.mastodon.entities.status import render
from node.mastodon.entities.tag import tags
from node.mastodon.method import Ask, Method
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social import searching
from node.social.accounts import Actor
from node.store import blocks, mutes, name_search, objects, status_search
from node.store import tags as tag_store
from node.store.transaction import Transaction

KINDS: Final = ("accounts", "statuses", "hashtags")
RATE: Final = Rate("searches", 300, 300.0)
QUERY_MAX: Final = 500
OFFSET_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    text: str
    me: Actor | None
    kinds: Sequence[str]
    found: Found
    """What the text leads to as an address or a link."""
    following: bool
    author: int | None
    below: int | None
    above: int | None
    most: int
    skip: int


async def search(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/search."""
    read, me = ask.parameters, ask.me
    text = read.text("q")[:QUERY_MAX]
    kind = read.text("type")
    if kind and kind not in KINDS:
        raise Invalid(f"type is one of {', '.join(KINDS)}.")
    resolve = read.flag("resolve")
    skip = read.integer("offset", 0, most=OFFSET_MOST) if kind else 0
    if me is None and (resolve or skip):
        raise Unauthenticated("Search queries pagination and resolving need a signed-in user")
    found = await finding.meant(ask.store, ask.here, ask.remote, text, ask=resolve)
    wanted = _Search(
        text=text,
        me=me,
        kinds=(kind,) if kind else KINDS,
        found=found,
        following=read.flag("following"),
        author=read.identifier("account_id"),
        below=read.identifier("max_id"),
        above=read.identifier("min_id"),
        most=read.integer("limit", 20, least=1, most=40),
        skip=skip,
    )
    return await ask.store.read(_search, ask.here, wanted)


def _search(tx: Transaction, here: Here, wanted: _Search) -> dict[str, Any]:
    told: dict[str, Any] = {kind: [] for kind in KINDS}
    if not wanted.text.strip():
        return told
    link = finding.is_link(wanted.text)
    if "accounts" in wanted.kinds:
        told["accounts"] = accounts.listed(tx, here, _people(tx, here, wanted, link=link))
    if "statuses" in wanted.kinds and wanted.me is not None:
        ids = _statuses(tx, here, wanted, wanted.me, link=link)
        rows = objects.by_ids(tx, ids)
        found = [rows[one] for one in ids if one in rows]
        told["statuses"] = render(tx, here, wanted.me, found)
    if "hashtags" in wanted.kinds and not link:
        told["hashtags"] = tags(tx, here, _tags(tx, wanted), wanted.me)
    return told


# ── people ───────────────────────────────────────────────────────────────────────────────────


async def people(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/search: for composers, too, while a name is typed."""
    read = ask.parameters
    text = read.text("q")[:QUERY_MAX]
    found = await finding.meant(ask.store, ask.here, ask.remote, text, ask=read.flag("resolve"))
    wanted = _Search(
        text=text,
        me=ask.person.actor,
        kinds=("accounts",),
        found=replace(found, status=None),
        following=read.flag("following"),
        author=None,
        below=None,
        above=None,
        most=read.integer("limit", 40, least=1, most=80),
        skip=read.integer("offset", 0, most=OFFSET_MOST),
    )
    return await ask.store.read(_named, ask.here, wanted)


def _named(tx: Transaction, here: Here, wanted: _Search) -> list[dict[str, Any]]:
    link = finding.is_link(wanted.text)
    return accounts.listed(tx, here, _people(tx, here, wanted, link=link))


def _people(tx: Transaction, here: Here, wanted: _Search, *, link: bool) -> list[int]:
    """Who is meant first, then those who have such names."""
    exact = wanted.found.actor
    if exact is None and not link and not wanted.following:
        exact = finding.by_handle(tx, here, wanted.text)
    first = [exact.id] if exact is not None and not wanted.skip and not exact.gone else []
    question = None if link else asked(wanted.text)
    if question is None:
        return first
    found = name_search.find(
        tx,
        question,
        me=wanted.me.id if wanted.me is not None else None,
        followed_only=wanted.following,
        without=blocks.of(tx, wanted.me.id) if wanted.me is not None else (),
        most=wanted.most,
        skip=wanted.skip,
    )
    return list(dict.fromkeys((*first, *found)))[: wanted.most]


# ── statuses and tags ────────────────────────────────────────────────────────────────────────


def _statuses(tx: Transaction, here: Here, wanted: _Search, me: Actor, *, link: bool) -> list[int]:
    if link:
        return _led_to(tx, wanted, me)
    query = searching.read(wanted.text)
    question = asked(query.words) if query.words else None
    if question is None and not query.narrows:
        return []
    authors = _authors(tx, here, query.authors, me)
    if wanted.author is not None:
        authors = [wanted.author]
    return status_search.find(
        tx,
        status_search.Wanted(
            me=me,
            asked=question,
            query=query,
            authors=authors,
            without=blocks.of(tx, me.id) | mutes.of(tx, me.id, now=here.clock.now()),
            below=wanted.below,
            above=wanted.above,
            most=wanted.most,
            skip=wanted.skip,
        ),
    )


def _led_to(tx: Transaction, wanted: _Search, me: Actor) -> list[int]:
    """One that may be seen by who asks."""
    if wanted.found.status is None:
        return []
    try:
        return [seen(tx, me, wanted.found.status.id)[0].id]
    except NotFound:
        return []


def _authors(tx: Transaction, here: Here, handles: Sequence[str], me: Actor) -> list[int] | None:
    """None for everybody; nobody of an unknown name wrote anything."""
    if not handles:
        return None
    found = [me if one == "me" else finding.by_handle(tx, here, one) for one in handles]
    return [one.id for one in found if one is not None]


def _tags(tx: Transaction, wanted: _Search) -> list[str]:
    start = wanted.text.strip().removeprefix("#").casefold()
    if not start or " " in start or "@" in start:
        return []
    return tag_store.starting_with(tx, start, most=wanted.most, skip=wanted.skip)


METHODS = (
    Method("GET", "/api/v2/search", search, scope="read:search", who="reader", rate=RATE),
    Method("GET", "/api/v1/accounts/search", people, scope="read:accounts", rate=RATE),
)
