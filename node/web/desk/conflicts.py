"""Agreements about which the two do not agree any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import agreements as actions
from node.aid.agreements import Agreement, State
from node.errors import Conflict, Forbidden, Invalid
from node.social.accounts import Actor
from node.store import actors, agreements, proposals
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

MOST: Final = 40
OUTCOMES: Final = (
    ("done", later("L’aide a eu lieu"), later("C’est clos, comme si les deux l’avaient dit.")),
    ("goes-on", later("Cela continue"), later("Les deux reprennent là où ils en étaient.")),
    ("cancelled", later("C’est annulé"), later("Ce qui était promis redevient libre.")),
)


@dataclass(frozen=True, slots=True)
class Said:
    who: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Line:
    agreement: Agreement
    title: str
    author: str
    answerer: str
    said: list[Said]
    """What the two wrote, the oldest first."""
    own: bool
    """The mediator is one of the two."""


async def conflicts(visit: Visit) -> web.Response:
    """GET /desk/conflicts."""
    return await _page(visit)


async def settle(visit: Visit) -> web.Response:
    """POST /desk/conflicts/{id}: ``outcome``, ``note``, which both read."""
    try:
        await visit.store.write(
            actions.settle,
            visit.here,
            visit.me.actor,
            visit.number(),
            outcome=visit.text("outcome"),
            note=visit.text("note"),
        )
    except (Invalid, Conflict, Forbidden) as error:
        return await _page(visit, status=error.status, errors={"": error.public})
    return visit.go("/desk/conflicts", visit.say("C’est réglé, et les deux le savent."))


async def _page(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    lines = await visit.store.read(_lines, visit)
    outcomes = [(value, visit.say(said), visit.say(text)) for value, said, text in OUTCOMES]
    return visit.page(
        "desk/conflicts.html", status=status, lines=lines, outcomes=outcomes, errors=errors or {}
    )


def _lines(tx: Transaction, visit: Visit) -> list[Line]:
    """With a fixed number of queries."""
    found = agreements.at_home(tx, states=[State.DISPUTED], most=MOST)
    people = actors.by_ids(tx, {side for one in found for side in (one.author_id, one.answerer_id)})
    known = proposals.by_ids(tx, {one.proposal_id for one in found})
    said = agreements.words_said(tx, [one.id for one in found])
    lines = []
    for one in found:
        stored = known.get(one.proposal_id)
        author, answerer = people.get(one.author_id), people.get(one.answerer_id)
        names = {one.author_id: _name(author), one.answerer_id: _name(answerer)}
        lines.append(
            Line(
                agreement=one,
                title=stored.proposal.title if stored else "",
                author=_name(author),
                answerer=_name(answerer),
                said=[
                    Said(names.get(each.actor_id or 0, ""), each.text, each.at)
                    for each in said.get(one.id, [])
                ],
                own=one.side_of(visit.me.actor.id) is not None,
            )
        )
    return lines


def _name(actor: Actor | None) -> str:
    if actor is None:
        return ""
    return (actor.name or actor.username) if actor.local else f"{actor.name} (@{actor.handle})"


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/conflicts", conflicts, who="mediator"),
    act("/desk/conflicts/{id}", settle, who="mediator"),
)
