"""The first step: what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import drafts, topic_choices
from node.aid.topics import GROUPS, TOPICS, Topic
from node.store import drafts as kept_drafts
from node.store.drafts import Kept
from node.web.asking.steps import PURPOSES
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

WANTING: Final = later("Choisissez ce dont il s’agit : « Autre » convient toujours.")
SHOWN: Final = 3
"""Topics that stand under a group as examples."""
LATELY: Final = 5


@dataclass(frozen=True, slots=True)
class Group:
    slug: str
    label: str
    examples: str
    topics: tuple[Topic, ...]


async def begin(visit: Visit) -> web.Response:
    """GET /ask and /offer; ``topic`` chooses one already."""
    asking = visit.request.path.strip("/")
    if visit.person is None:
        return visit.page(
            "asking/stranger.html",
            title=visit.say("Demander de l’aide")
            if asking == "ask"
            else visit.say("Proposer son aide"),
            next=visit.request.path_qs,
        )
    return await _page(visit, asking, visit.query("topic"))


async def begun(visit: Visit) -> web.Response:
    """POST /ask and /offer: field ``topic``."""
    asking = visit.request.path.strip("/")
    slug = visit.text("topic")
    offered = await visit.store.read(topic_choices.listed)
    if slug not in {topic.slug for topic, hidden in offered if not hidden}:
        return await _page(visit, asking, slug, status=422, errors={"topic": WANTING})
    kept = await visit.store.write(
        drafts.save,
        visit.here,
        visit.me.actor,
        {"purpose": PURPOSES[asking], "topic": slug, "language": visit.language.code},
        source="pages",
    )
    return visit.go(f"/write/{kept.id}/words")


async def thrown_away(visit: Visit) -> web.Response:
    """POST /write/{id}/throw."""
    await visit.store.write(drafts.discard, visit.me.actor, visit.number())
    return visit.go("/me", visit.say("Le brouillon est jeté."))


async def _page(
    visit: Visit,
    asking: str,
    chosen: str,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    offered = await visit.store.read(topic_choices.listed)
    by_group: dict[str, list[Topic]] = {}
    for topic, hidden in offered:
        if not hidden:
            by_group.setdefault(topic.group, []).append(topic)
    code = visit.language.code
    groups = [
        Group(
            slug,
            GROUPS[slug].label(code),
            ", ".join(topic.label(code) for topic in topics[:SHOWN]),
            tuple(topics),
        )
        for slug, topics in by_group.items()
    ]
    begun_ones = await visit.store.read(
        kept_drafts.of_author, visit.me.actor.id, before=None, most=LATELY
    )
    return visit.page(
        "asking/topic.html",
        status=status,
        title=visit.say("Que demandez-vous ?")
        if asking == "ask"
        else visit.say("Que proposez-vous ?"),
        asking=asking,
        groups=groups,
        chosen=chosen if chosen in TOPICS else "",
        errors=errors or {},
        drafts=[(one, _named(visit, one)) for one in begun_ones],
    )


def _named(visit: Visit, kept: Kept) -> str:
    title = kept.fields.get("title")
    topic = TOPICS.get(str(kept.fields.get("topic")))
    if isinstance(title, str) and title:
        return title
    return topic.label(visit.language.code) if topic else visit.say("Sans titre")


PAGES: Final[tuple[Page, ...]] = (
    show("/ask", begin),
    act("/ask", begun, who="member"),
    show("/offer", begin),
    act("/offer", begun, who="member"),
    act("/write/{id}/throw", thrown_away, who="member"),
)
