"""What is looked at before everybody sees it: of newcomers here, and of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from node.actions import drafts as actions
from node.actions import terms
from node.aid.topics import OTHER, TOPICS
from node.aid.warnings import Warning, warnings
from node.errors import Invalid, NotFound
from node.social.accounts import Actor
from node.store import actors, drafts, held, objects, proposals
from node.store.drafts import Kept
from node.store.held import Held
from node.store.proposals import Stored
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    kept: Kept
    author: Actor | None
    title: str
    text: str
    topic: str
    request: bool
    warnings: tuple[Warning, ...]


@dataclass(frozen=True, slots=True)
class FromBeside:
    held: Held
    stored: Stored
    content: Markup
    who: str
    from_: str
    topic: str


async def queue(visit: Visit) -> web.Response:
    """GET /desk/review."""
    return await _page(visit)


async def publish(visit: Visit) -> web.Response:
    """POST /desk/review/{id}/publish: with ``title`` and ``text`` where they are better."""
    changes = {"title": visit.text("title"), "text": visit.text("text")}
    try:
        await visit.store.write(
            actions.approve, visit.here, visit.me.actor, visit.number(), changes
        )
    except Invalid as error:
        return await _page(visit, status=422, wrong=error.public)
    return visit.go("/desk/review", visit.say("L’annonce est publiée."))


async def refuse(visit: Visit) -> web.Response:
    """POST /desk/review/{id}/back and …/remove: ``reason``, which its author reads."""
    back = visit.request.path.endswith("/back")
    deed = actions.send_back if back else actions.remove
    try:
        await visit.store.write(
            deed, visit.here, visit.me.actor, visit.number(), visit.text("reason")
        )
    except Invalid as error:
        return await _page(visit, status=422, wrong=error.public)
    said = (
        visit.say("L’annonce est rendue à son auteur, avec votre mot.")
        if back
        else visit.say("L’annonce n’est pas publiée ; son auteur sait pourquoi.")
    )
    return visit.go("/desk/review", said)


async def decide_held(visit: Visit) -> web.Response:
    """POST /desk/held/show and …/leave: ``id``, several."""
    shown = visit.request.path.endswith("/show")
    ids = [number for number in map(as_number, visit.texts("id")) if number is not None]
    if not ids:
        raise NotFound("Choisissez au moins une annonce.")
    deed = terms.show_held if shown else terms.leave_held
    await visit.store.write(deed, visit.here, visit.me.actor, ids)
    said = visit.say("C’est montré.") if shown else visit.say("C’est laissé de côté.")
    return visit.go("/desk/review#held", said)


async def _page(visit: Visit, *, status: int = 200, wrong: str = "") -> web.Response:
    mine, theirs = await visit.store.read(_waiting, visit)
    return visit.page(
        "desk/review.html",
        status=status,
        waiting=mine,
        held=theirs,
        errors={"": wrong} if wrong else {},
    )


def _waiting(tx: Transaction, visit: Visit) -> tuple[list[Waiting], list[FromBeside]]:
    code = visit.language.code
    kept = drafts.in_review(tx, most=MOST)
    people = actors.by_ids(tx, {one.author_id for one in kept})
    mine = [_one(one, people.get(one.author_id), code) for one in kept]
    found = held.listed(tx, now=visit.now, most=MOST)
    groups = actors.by_ids(tx, {one.neighbour_id for one in found})
    theirs = []
    for one in found:
        stored, status = proposals.by_id(tx, one.object_id), objects.by_id(tx, one.object_id)
        if stored is None or status is None:
            continue
        author, group = actors.by_id(tx, status.author_id), groups.get(one.neighbour_id)
        theirs.append(
            FromBeside(
                held=one,
                stored=stored,
                content=Markup(status.content),  # noqa: S704 - cleaned when it was stored
                who=(author.name or author.username) if author else "",
                from_=(group.name or group.domain) if group else "",
                topic=TOPICS.get(stored.proposal.topic, OTHER).label(code),
            )
        )
    return mine, theirs


def _one(kept: Kept, author: Actor | None, code: str) -> Waiting:
    def said(name: str) -> str:
        value: Any = kept.fields.get(name)
        return value if isinstance(value, str) else ""

    title, text = said("title"), said("text")
    return Waiting(
        kept=kept,
        author=author,
        title=title,
        text=text,
        topic=TOPICS.get(said("topic"), OTHER).label(code),
        request=said("purpose") == "request",
        warnings=(*warnings(title, code), *warnings(text, code)),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/review", queue, who="mediator"),
    act("/desk/review/{id}/publish", publish, who="mediator"),
    act("/desk/review/{id}/back", refuse, who="mediator"),
    act("/desk/review/{id}/remove", refuse, who="mediator"),
    act("/desk/held/show", decide_held, who="mediator"),
    act("/desk/held/leave", decide_held, who="mediator"),
)
