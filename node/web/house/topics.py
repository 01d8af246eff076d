"""Which topics the quartier has."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions import audit, topic_choices
from node.aid.topics import GROUPS, OTHER, Topic
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, show


async def topics(visit: Visit) -> web.Response:
    """GET /desk/topics."""
    code = visit.language.code
    groups: dict[str, list[tuple[Topic, bool]]] = {}
    for topic, hidden in await visit.store.read(topic_choices.listed):
        groups.setdefault(GROUPS[topic.group].label(code), []).append((topic, hidden))
    return visit.page("house/topics.html", groups=groups, other=OTHER.slug)


async def choose(visit: Visit) -> web.Response:
    """POST /desk/topics: ``shown``, those that stay."""
    shown = {*visit.texts("shown"), OTHER.slug}

    def unit(tx: Transaction) -> None:
        listed = topic_choices.listed(tx)
        hidden = [topic.slug for topic, _ in listed if topic.slug not in shown]
        first = topic_choices.first(tx)
        topic_choices.choose(tx, hidden=hidden, first=first)
        audit.record(tx, visit.here, visit.me.actor, "topics.choose", "topics")

    await visit.store.write(unit)
    return visit.go("/desk/topics", visit.say("C’est enregistré."))


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/topics", topics, who="admin"),
    act("/desk/topics", choose, who="admin"),
)
