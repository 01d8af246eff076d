"""What many people talk about, counted from what is here; and a status to be shown elsewhere."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from node.actions.seeing import seen
from node.activitypub.addresses import ObjectRef, PageRef
from node.mastodon.entities.status import page
from node.mastodon.entities.tag import tags as tag_entities
from node.mastodon.method import Answer, Ask, Method, missing
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import timelines, trends
from node.store.transaction import Transaction

CACHE_AGE_S: Final = 86_400


async def tags(ask: Ask) -> Answer:
    """GET /api/v1/trends/tags, and /api/v1/trends."""
    most, skip = _part(ask, default=10, most=20)
    found = await ask.store.read(_tags, ask.here, ask.me, most, skip)
    return _paged(ask, found, most, skip)


def _tags(
    tx: Transaction, here: Here, me: Actor | None, most: int, skip: int
) -> list[dict[str, Any]]:
    slugs = trends.tags(tx, now=here.clock.now(), most=most, skip=skip)
    return tag_entities(tx, here, slugs, me)


async def statuses(ask: Ask) -> Answer:
    """GET /api/v1/trends/statuses."""
    most, skip = _part(ask, default=20, most=40)
    found = await ask.store.read(_statuses, ask.here, ask.me, most, skip)
    return _paged(ask, found, most, skip)


def _statuses(
    tx: Transaction, here: Here, me: Actor | None, most: int, skip: int
) -> list[dict[str, Any]]:
    now = here.clock.now()
    unread = timelines.unread(tx, me.id if me else None, now=now)
    return page(tx, here, me, trends.statuses(tx, unread, now=now, most=most, skip=skip))


async def links(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/trends/links: pages that are linked to are not looked at here."""
    return []


def _part(ask: Ask, *, default: int, most: int) -> tuple[int, int]:
    read = ask.parameters
    limit = read.integer("limit", default, least=1, most=most)
    return limit, read.integer("offset", 0, least=0, most=10_000)


def _paged(ask: Ask, found: list[dict[str, Any]], most: int, skip: int) -> Answer:
    """By an offset, as Mastodon does."""
    base, url = ask.here.settings.base_url, ask.request.rel_url
    links = []
    if len(found) >= most:
        links.append(f'<{base}{url.update_query(offset=str(skip + most))}>; rel="next"')
    if skip:
        links.append(f'<{base}{url.update_query(offset=str(max(0, skip - most)))}>; rel="prev"')
    return Answer(found, headers={"Link": ", ".join(links)} if links else {})


# ── shown elsewhere ──────────────────────────────────────────────────────────────────────────


async def oembed(ask: Ask) -> dict[str, Any]:
    """GET /api/oembed: a public status of ours, as other sites show it (oEmbed 1.0)."""
    read = ask.parameters
    width = read.integer("maxwidth", 400, least=100, most=4_000)
    height = read.maybe_integer("maxheight")
    found = await ask.store.read(_oembed, ask.here, read.text("url"))
    return found | {"width": width, "height": height}


def _oembed(tx: Transaction, here: Here, url: str) -> dict[str, Any]:
    match here.addresses.parse(url):
        case ObjectRef(id=identifier, part="") | PageRef(id=identifier):
            status, author = seen(tx, None, identifier)
        case _:
            raise missing()
    if not status.local:
        raise missing()
    base = here.settings.base_url
    page_url = status.url or status.uri
    name = author.name or author.username
    return {
        "type": "rich",
        "version": "1.0",
        "title": f"{name} (@{author.handle})",
        "author_name": name,
        "author_url": author.url or author.uri,
        "provider_name": here.settings.node.name,
        "provider_url": f"{base}/",
        "cache_age": CACHE_AGE_S,
        "html": (
            f'<blockquote cite="{escape(page_url)}">{status.content}'
            f'<footer><a href="{escape(page_url)}">{escape(name)}</a></footer></blockquote>'
        ),
    }


_READ = "read:statuses"

METHODS = (
    Method("GET", "/api/v1/trends", tags, who="reader"),
    Method("GET", "/api/v1/trends/tags", tags, who="reader"),
    Method("GET", "/api/v1/trends/statuses", statuses, who="reader"),
    Method("GET", "/api/v1/trends/links", links, who="reader"),
    Method("GET", "/api/oembed", oembed, who="reader"),
)
