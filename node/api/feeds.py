"""What is open, as Atom feeds: of the quartier, of a topic, of a group, of what is urgent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import quote

from msgspec import Meta

from node.activitypub.html import plain_text
from node.aid import feeds
from node.aid.content import words_of
from node.aid.feeds import Category, Entry
from node.aid.proposals import Purpose
from node.aid.topics import GROUPS, OTHER, TOPICS
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw
from node.errors import NotFound
from node.outbox.here import Here
from node.store import feeds as store_feeds
from node.store.feeds import Told

SUMMARY_MAX = 280
ENTRIES = 50
MAX_AGE_S = 60
URGENT = ("high", "critical")
URGENCY_SCHEME = "https://w3id.org/entraide/urgency/"

_TITLES = {
    "fr": {
        "all": "Entraide à {quartier}",
        "urgent": "Urgences à {quartier}",
        "some": "{what}, à {quartier}",
        "offer": "Offres",
        "request": "Demandes",
        "subtitle": "Ce qui se demande et se propose en ce moment entre voisins.",
    },
    "en": {
        "all": "Mutual aid in {quartier}",
        "urgent": "Urgent in {quartier}",
        "some": "{what}, in {quartier}",
        "offer": "Offers",
        "request": "Requests",
        "subtitle": "What neighbours ask for and offer now.",
    },
}


class FeedQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of it."""

    purpose: Annotated[Literal["offer", "request"] | None, Meta(description="Both by default.")] = (
        None
    )


async def everything(call: Call[FeedQuery, Nothing]) -> Raw:
    return await _answer(call, "/feed.atom", _TITLES[call.language]["all"])


async def urgent(call: Call[FeedQuery, Nothing]) -> Raw:
    return await _answer(
        call, "/feed/urgent.atom", _TITLES[call.language]["urgent"], urgencies=URGENT
    )


async def some(call: Call[FeedQuery, Nothing]) -> Raw:
    """Of a topic (``care.groceries``) or of a group of them (``care``)."""
    name = call.path["what"]
    topic, group = TOPICS.get(name), GROUPS.get(name)
    if topic is not None:
        what = topic.label(call.language)
    elif group is not None:
        what = group.label(call.language)
    else:
        raise NotFound("Il n’y a pas de sujet de ce nom : la liste est dans /api/aid/v1/topics.")
    return await _answer(
        call,
        f"/feed/{quote(name)}.atom",
        _TITLES[call.language]["some"].replace("{what}", what),
        topic=None if topic is None else topic.slug,
        group=group.slug if topic is None and group is not None else None,
    )


async def _answer(
    call: Call[FeedQuery, Nothing],
    path: str,
    title: str,
    *,
    topic: str | None = None,
    group: str | None = None,
    urgencies: Sequence[str] = (),
) -> Raw:
    here, purpose = call.here, call.query.purpose
    found = await call.store.read(
        store_feeds.open_now,
        now=here.clock.now(),
        topic=topic,
        group=group,
        purpose=purpose,
        urgencies=urgencies,
        most=ENTRIES,
    )
    quartier, words = here.settings.node.name, _TITLES[call.language]
    title = title.replace("{quartier}", quartier)
    if purpose is not None:
        title, path = f"{words[purpose]} · {title}", f"{path}?purpose={purpose}"
    base = here.settings.base_url
    body = await asyncio.to_thread(
        lambda: feeds.feed(
            [_entry(here, one, call.language) for one in found],
            title=title,
            subtitle=words["subtitle"],
            address=base + path,
            page=f"{base}/",
            author=quartier,
            language=call.language,
            since=here.quartier.created_at,
        )
    )
    return Raw(body, feeds.MEDIA_TYPE)


def _entry(here: Here, told: Told, language: str) -> Entry:
    topic = TOPICS.get(told.topic, OTHER)
    words = words_of(told.language)
    text = " ".join(plain_text(told.content).split())
    categories = [
        Category(term=topic.slug, label=topic.label(language)),
        Category(term=topic.group, label=GROUPS[topic.group].label(language)),
    ]
    if told.urgency in URGENT:
        label = "Urgent"
        categories.append(Category(term=told.urgency, label=label, scheme=URGENCY_SCHEME))
    return Entry(
        id=told.uri,
        title=f"{words.kinds[Purpose(told.purpose)]}{words.colon}{told.title}",
        published=told.published,
        updated=told.updated,
        author=told.author_name or told.author_username,
        author_url=told.author_url or told.author_uri,
        link=told.url or told.uri,
        summary=text if len(text) <= SUMMARY_MAX else f"{text[: SUMMARY_MAX - 1].rstrip()}…",
        content=told.content,
        language=told.language,
        categories=tuple(categories),
    )


TAG = "feeds"
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/feed.atom",
        handler=everything,
        summary="What is open, as an Atom feed",
        tag=TAG,
        query=FeedQuery,
        answer=bytes,
        media_types=("application/atom+xml",),
        shows=True,
        absolute=True,
        max_age=MAX_AGE_S,
    ),
    Endpoint(
        method="GET",
        path="/feed/urgent.atom",
        handler=urgent,
        summary="What is urgent, as an Atom feed",
        tag=TAG,
        query=FeedQuery,
        answer=bytes,
        media_types=("application/atom+xml",),
        shows=True,
        absolute=True,
        max_age=MAX_AGE_S,
    ),
    Endpoint(
        method="GET",
        path="/feed/{what}.atom",
        handler=some,
        summary="What is open of a topic or of a group of topics, as an Atom feed",
        tag=TAG,
        query=FeedQuery,
        answer=bytes,
        media_types=("application/atom+xml",),
        shows=True,
        absolute=True,
        errors=(404,),
        max_age=MAX_AGE_S,
    ),
)
