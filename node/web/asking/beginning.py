"""The first step: what it is about, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import drafts, topic_choices
from node.actions import on_behalf as for_others
from node.actions.house import texts_of
from node.aid.on_behalf import Consent
from node.aid.topics import GROUPS, TOPICS, Topic
from node.errors import Invalid
from node.store import drafts as kept_drafts
from node.store.drafts import Kept
from node.store.transaction import Transaction
from node.web.asking import behalf
from node.web.asking.behalf import NOBODY, ForWhom
from node.web.asking.steps import PURPOSES, Writing, go_on, keep_in
from node.web.mine.contacts import linked
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
        texts = await visit.store.read(texts_of, visit.here)
        return visit.page(
            "asking/stranger.html",
            title=visit.say("Demander de l’aide")
            if asking == "ask"
            else visit.say("Proposer son aide"),
            next=visit.request.path_qs,
            phone=linked(texts.phone) if texts.phone else "",
            hours=texts.hours,
        )
    return await _page(visit, asking, visit.query("topic"), NOBODY)


async def begun(visit: Visit) -> web.Response:
    """POST /ask and /offer: ``topic``, and for whom, of who may write for others."""
    asking = visit.request.path.strip("/")
    slug, given = visit.text("topic"), behalf.typed(visit)
    errors, consent = await _judged(visit, slug, given)
    if errors:
        return await _page(visit, asking, slug, given, status=422, errors=errors)
    fields = {"purpose": PURPOSES[asking], "topic": slug, "language": visit.language.code}

    def unit(tx: Transaction) -> Kept:
        kept = drafts.save(tx, visit.here, visit.me.actor, fields, source=drafts.PAGES)
        behalf.keep(tx, visit, kept.id, consent)
        return kept

    kept = await visit.store.write(unit)
    return visit.go(f"/write/{kept.id}/words")


async def again(visit: Visit) -> web.Response:
    """GET /write/{id}/topic: another topic, with all that was written."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    given = await visit.store.read(behalf.of, draft.id)
    return await _page(visit, _asking(draft), draft.topic.slug, given, draft=draft)


async def chosen_again(visit: Visit) -> web.Response:
    """POST /write/{id}/topic."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    slug, given = visit.text("topic"), behalf.typed(visit)
    errors, consent = await _judged(visit, slug, given)
    if errors:
        return await _page(
            visit, _asking(draft), slug, given, draft=draft, status=422, errors=errors
        )
    changes: dict[str, object] = {"topic": slug}
    if slug != draft.topic.slug:
        changes |= {"mode": None, "gathering": None}  # what is usual there

    def unit(tx: Transaction) -> None:
        keep_in(tx, visit, draft, changes)
        behalf.keep(tx, visit, draft.id, consent)

    await visit.store.write(unit)
    return visit.go(f"/write/{draft.id}/words")


async def thrown_away(visit: Visit) -> web.Response:
    """POST /write/{id}/throw."""
    await visit.store.write(drafts.discard, visit.me.actor, visit.number())
    return visit.go("/me", visit.say("Le brouillon est jeté."))


def _asking(draft: Writing) -> str:
    return "ask" if draft.request else "offer"


async def _judged(visit: Visit, slug: str, given: ForWhom) -> tuple[dict[str, str], Consent | None]:
    """What is wrong, by field; and the consent, of what is for somebody else."""
    errors: dict[str, str] = {}
    consent: Consent | None = None
    offered = await visit.store.read(topic_choices.listed)
    if slug not in {topic.slug for topic, hidden in offered if not hidden}:
        errors["topic"] = WANTING
    if given.other:
        try:
            consent = behalf.consent_of(visit, given)
        except Invalid as error:
            errors[_wrong(given)] = error.public
    return errors, consent


def _wrong(given: ForWhom) -> str:
    """Which field of those about the person is to be mended."""
    if not given.beneficiary:
        return "beneficiary"
    return "callback" if given.consented_by else "consented_by"


async def _page(
    visit: Visit,
    asking: str,
    chosen: str,
    given: ForWhom,
    *,
    draft: Writing | None = None,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    offered, begun_ones, may = await visit.store.read(_around, visit)
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
    return visit.page(
        "asking/topic.html",
        status=status,
        title=visit.say("Que demandez-vous ?")
        if asking == "ask"
        else visit.say("Que proposez-vous ?"),
        action=f"/write/{draft.id}/topic" if draft else f"/{asking}",
        groups=groups,
        chosen=chosen if chosen in TOPICS else "",
        errors=errors or {},
        given=given,
        ways=behalf.ways(visit) if may else (),
        drafts=[(one, _named(visit, one)) for one in begun_ones] if draft is None else (),
    )


def _around(tx: Transaction, visit: Visit) -> tuple[list[tuple[Topic, bool]], list[Kept], bool]:
    author = visit.me.actor
    return (
        topic_choices.listed(tx),
        kept_drafts.of_author(tx, author.id, before=None, most=LATELY),
        for_others.may_write_for_others(tx, author),
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
    show("/write/{id}/topic", again, who="member"),
    act("/write/{id}/topic", chosen_again, who="member"),
    act("/write/{id}/throw", thrown_away, who="member"),
)
