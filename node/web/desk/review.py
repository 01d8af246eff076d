"""What is looked at before everybody sees it: of newcomers, of people elsewhere who wrote to the
quartier, and of neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from node.actions import drafts as actions
from node.actions import terms, topic_choices
from node.aid.drafts import problem
from node.aid.terms import Why
from node.aid.topics import OTHER, TOPICS, Topic
from node.aid.warnings import Warning, warnings
from node.errors import Invalid, NotFound
from node.social.accounts import Actor
from node.store import actors, drafts, held, objects, pictures, proposals
from node.store.drafts import Kept
from node.store.held import Held
from node.store.pictures import Picture
from node.store.proposals import Stored
from node.store.transaction import Transaction
from node.web.desk.person import path_of
from node.web.desk.slips import grouped
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 20
WHY: Final = {
    Why.REVIEW: later("Tout ce qui vient de ce quartier est relu."),
    Why.RATE: later("Ce quartier en a envoyé plus que convenu en une heure."),
}
URGENCIES: Final = {
    "low": later("Rien ne presse"),
    "normal": later("Normal"),
    "high": later("C’est pressé"),
    "critical": later("Très urgent"),
}
PRESSING: Final = ("high", "critical")
CHANGED: Final = ("title", "text", "topic", "urgency")


@dataclass(frozen=True, slots=True)
class Waiting:
    kept: Kept
    who: str
    link: str
    """The author's page at the desk; "" where the quartier publishes it for somebody."""
    fields: Mapping[str, str]
    """Of those that a mediator may change."""
    topic: str
    urgency: str
    request: bool
    lacks: str
    """What is still to be said before it can be published."""
    warnings: tuple[Warning, ...]
    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class FromBeside:
    held: Held
    stored: Stored
    content: Markup
    who: str
    from_: str
    topic: str
    why: str


async def queue(visit: Visit) -> web.Response:
    """GET /desk/review."""
    return await _page(visit)


async def publish(visit: Visit) -> web.Response:
    """POST /desk/review/{id}/publish, as it is."""
    try:
        await visit.store.write(actions.approve, visit.here, visit.me.actor, visit.number())
    except Invalid as error:
        return await _one(visit, status=422, wrong=error.public)
    return visit.go("/desk/review", visit.say("L’annonce est publiée."))


async def change(visit: Visit) -> web.Response:
    """GET /desk/review/{id}: with other words first."""
    return await _one(visit)


async def changed(visit: Visit) -> web.Response:
    """POST /desk/review/{id}: ``title``, ``text``, ``topic`` and ``urgency``, where they are
    better; it is published."""
    changes = {name: visit.text(name) for name in CHANGED}

    def unit(tx: Transaction) -> None:
        before = _kept(tx, visit)
        topic = TOPICS.get(changes["topic"])
        if topic is not None and topic.slug != before.fields.get("topic"):
            changes["mode"] = topic.usual_mode
        actions.approve(tx, visit.here, visit.me.actor, before.id, changes)

    try:
        await visit.store.write(unit)
    except Invalid as error:
        return await _one(visit, status=422, wrong=error.public, typed=changes)
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
        return await _page(visit, status=422, wrong=later("Cochez au moins une annonce."))
    deed = terms.show_held if shown else terms.leave_held
    await visit.store.write(deed, visit.here, visit.me.actor, ids)
    said = visit.say("C’est montré.") if shown else visit.say("C’est laissé de côté.")
    return visit.go("/desk/review", said)


async def _page(visit: Visit, *, status: int = 200, wrong: str = "") -> web.Response:
    before = as_number(visit.query("max_id"))
    mine, theirs = await visit.store.read(_waiting, visit, before)
    more = f"/desk/review?max_id={mine[MOST - 1].kept.id}" if len(mine) > MOST else ""
    return visit.page(
        "desk/review.html",
        status=status,
        waiting=mine[:MOST],
        more=more,
        held=theirs,
        errors={"": wrong} if wrong else {},
    )


async def _one(
    visit: Visit, *, status: int = 200, wrong: str = "", typed: Mapping[str, str] | None = None
) -> web.Response:
    def whole(tx: Transaction) -> tuple[Waiting, list[tuple[Topic, bool]]]:
        return _all(tx, visit, [_kept(tx, visit)])[0], topic_choices.listed(tx)

    one, topics = await visit.store.read(whole)
    return visit.page(
        "desk/change.html",
        status=status,
        one=one,
        typed={**one.fields, **(typed or {})},
        topics=grouped(topics, visit.language.code),
        urgencies=[(value, visit.say(said)) for value, said in URGENCIES.items()],
        errors={"": wrong} if wrong else {},
    )


def _kept(tx: Transaction, visit: Visit) -> Kept:
    """What waits, by the address. Raises NotFound."""
    kept = drafts.by_id(tx, visit.number())
    if kept is None or kept.state != "review":
        raise NotFound("Il n’y a pas d’annonce à relire de ce numéro.")
    return kept


def _waiting(
    tx: Transaction, visit: Visit, before: int | None
) -> tuple[list[Waiting], list[FromBeside]]:
    """With a fixed number of queries."""
    kept = drafts.in_review(tx, before=before, most=MOST + 1)
    return _all(tx, visit, kept), _held(tx, visit)


def _all(tx: Transaction, visit: Visit, kept: Sequence[Kept]) -> list[Waiting]:
    asked = {one.asked_by_id for one in kept if one.asked_by_id is not None}
    people = actors.by_ids(tx, {one.author_id for one in kept} | asked)
    shown = pictures.of_objects(tx, [one.id for one in kept])
    return [
        _said(visit, one, people.get(one.asked_by_id or one.author_id), shown.get(one.id, []))
        for one in kept
    ]


def _said(visit: Visit, kept: Kept, author: Actor | None, shown: Sequence[Picture]) -> Waiting:
    code = visit.language.code

    def field(name: str) -> str:
        value: Any = kept.fields.get(name)
        return value if isinstance(value, str) else ""

    who, own = "", author is not None and author.id == visit.here.quartier.id
    if author is not None:
        who = (author.name or author.username) if author.local else f"@{author.handle}"
    fields = {name: field(name) for name in CHANGED}
    pressing = URGENCIES[fields["urgency"]] if fields["urgency"] in PRESSING else ""
    return Waiting(
        kept=kept,
        who=who,
        link=path_of(visit, author) if author is not None and not own else "",
        fields=fields,
        topic=TOPICS.get(fields["topic"], OTHER).label(code),
        urgency=visit.say(pressing) if pressing else "",
        request=field("purpose") == "request",
        lacks=problem(kept.fields, zone=visit.here.settings.node.time_zone) or "",
        warnings=(*warnings(fields["title"], code), *warnings(fields["text"], code)),
        pictures=[one for one in shown if one.media_type.startswith("image/")],
    )


def _held(tx: Transaction, visit: Visit) -> list[FromBeside]:
    found = held.listed(tx, now=visit.now, most=MOST)
    ids = {one.object_id for one in found}
    stored, statuses = proposals.by_ids(tx, ids), objects.by_ids(tx, ids)
    named = {one.neighbour_id for one in found} | {one.author_id for one in statuses.values()}
    people = actors.by_ids(tx, named)
    theirs = []
    for one in found:
        if one.object_id not in stored or one.object_id not in statuses:
            continue
        proposal, status = stored[one.object_id], statuses[one.object_id]
        author, group = people.get(status.author_id), people.get(one.neighbour_id)
        theirs.append(
            FromBeside(
                held=one,
                stored=proposal,
                content=Markup(status.content),  # noqa: S704 - cleaned when it was stored
                who=(author.name or author.username) if author else "",
                from_=(group.name or group.domain) if group else "",
                topic=TOPICS.get(proposal.proposal.topic, OTHER).label(visit.language.code),
                why=visit.say(WHY[one.why]),
            )
        )
    return theirs


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/review", queue, who="mediator"),
    show("/desk/review/{id}", change, who="mediator"),
    act("/desk/review/{id}", changed, who="mediator"),
    act("/desk/review/{id}/publish", publish, who="mediator"),
    act("/desk/review/{id}/back", refuse, who="mediator"),
    act("/desk/review/{id}/remove", refuse, who="mediator"),
    act("/desk/held/show", decide_held, who="mediator"),
    act("/desk/held/leave", decide_held, who="mediator"),
)
