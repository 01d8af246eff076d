"""What help there is: topics, their groups, modes and units, with names for people; and what the
association makes of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from node.actions import audit, topic_choices
from node.aid import skos
from node.aid.topics import GROUPS, MODES, UNITS, Mode, Topic
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.transaction import Transaction

SLUG_MAX = 60
Slug = Annotated[str, Meta(max_length=SLUG_MAX, description="`care.groceries`")]
_SKOS = msgspec.json.encode(skos.document())


class GroupEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of topics."""

    slug: str
    label: str
    """In the reader's language."""


class TopicEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be offered or asked for."""

    slug: str
    iri: str
    """The same on every node."""
    label: str
    """In the reader's language."""
    group: GroupEntity
    modes: list[str]
    """Usual ones, the most usual first; every other mode is allowed too."""
    hashtag: str
    wikidata: str | None
    hidden: bool
    """Nobody of this quartier publishes under it."""


class UnitEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a quantity is counted in."""

    slug: str
    label: str


class ModeEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How help is given."""

    slug: str
    iri: str
    label: str
    """In the reader's language."""
    action: str
    """The ValueFlows action of what is offered or asked for."""
    reciprocal: str | None
    """That of what comes back, where something does."""
    units: list[UnitEntity]
    """The usual one first."""


class TopicsQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which topics."""

    hidden: bool = False
    """Those that the association does not offer, too."""


class ChoiceBody(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the association makes of the topics; all that was chosen before goes."""

    hidden: Annotated[tuple[Slug, ...], Meta(max_length=200)] = ()
    first: Annotated[tuple[Slug, ...], Meta(max_length=200)] = ()
    """These come first, in this order; the others follow in the table's."""


async def topics(call: Call[TopicsQuery, Nothing]) -> list[TopicEntity] | Raw:
    if _wants_json_ld(call):
        return Raw(_SKOS, skos.MEDIA_TYPE)
    listed = await call.store.read(topic_choices.listed)
    return [
        _topic(topic, hidden, call.language)
        for topic, hidden in listed
        if call.query.hidden or not hidden
    ]


async def concepts(call: Call[Nothing, Nothing]) -> Raw:
    return Raw(_SKOS, skos.MEDIA_TYPE)


async def modes(call: Call[Nothing, Nothing]) -> list[ModeEntity]:
    return [_mode(mode, call.language) for mode in MODES.values()]


async def choose(call: Call[Nothing, ChoiceBody]) -> list[TopicEntity]:
    listed = await call.store.write(_choose, call.here, call.caller.actor, call.body)
    return [_topic(topic, hidden, call.language) for topic, hidden in listed]


def _choose(tx: Transaction, here: Here, who: Actor, body: ChoiceBody) -> list[tuple[Topic, bool]]:
    topic_choices.choose(tx, hidden=body.hidden, first=body.first)
    audit.record(tx, here, who, "topics.choose", "topics")
    return topic_choices.listed(tx)


def _wants_json_ld(call: Call[TopicsQuery, Nothing]) -> bool:
    """Who wants JSON-LD asks for it by its name; nobody else knows what to do with it."""
    return skos.MEDIA_TYPE in call.request.headers.get("Accept", "")[:2048].lower()


def _topic(topic: Topic, hidden: bool, language: str) -> TopicEntity:
    return TopicEntity(
        slug=topic.slug,
        iri=topic.iri,
        label=topic.label(language),
        group=GroupEntity(slug=topic.group, label=GROUPS[topic.group].label(language)),
        modes=list(topic.modes),
        hashtag=topic.hashtag(language),
        wikidata=topic.wikidata or None,
        hidden=hidden,
    )


def _mode(mode: Mode, language: str) -> ModeEntity:
    return ModeEntity(
        slug=mode.slug,
        iri=mode.iri,
        label=mode.label(language),
        action=mode.action,
        reciprocal=mode.reciprocal,
        units=[UnitEntity(slug=unit, label=UNITS[unit].label(language)) for unit in mode.units],
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/topics",
        handler=topics,
        summary="What can be offered or asked for, as JSON or as SKOS in JSON-LD",
        tag="topics",
        query=TopicsQuery,
        answer=list[TopicEntity],
        media_types=("application/json", skos.MEDIA_TYPE),
        max_age=300,
    ),
    Endpoint(
        method="PUT",
        path="/topics/choice",
        handler=choose,
        summary="Hide topics and order them",
        tag="topics",
        body=ChoiceBody,
        answer=list[TopicEntity],
        scope="write",
        role="mediator",
    ),
    Endpoint(
        method="GET",
        path="/modes",
        handler=modes,
        summary="How help is given",
        tag="topics",
        answer=list[ModeEntity],
        max_age=300,
    ),
    Endpoint(
        method="GET",
        path="/topics.jsonld",
        handler=concepts,
        summary="Topics and modes as SKOS concept schemes",
        tag="topics",
        answer=bytes,
        media_types=(skos.MEDIA_TYPE,),
        absolute=True,
        max_age=3600,
    ),
)
