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
class Line:
    agreement: Agreement
    title: str
    author: Actor | None
    answerer: Actor | None
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
    lines = await visit.store.read(_lines, visit.me.actor.id)
    outcomes = [(value, visit.say(said), visit.say(text)) for value, said, text in OUTCOMES]
    return visit.page(
        "desk/conflicts.html", status=status, lines=lines, outcomes=outcomes, errors=errors or {}
    )


def _lines(tx: Transaction, me: int) -> list[Line]:
    found = agreements.at_home(tx, states=[State.DISPUTED], most=MOST)
    people = actors.by_ids(tx, {side for one in found for side in (one.author_id, one.answerer_id)})
    lines = []
    for one in found:
        stored = proposals.by_id(tx, one.proposal_id)
        lines.append(
            Line(
                one,
                stored.proposal.title if stored else "",
                people.get(one.author_id),
                people.get(one.answerer_id),
                one.side_of(me) is not None,
            )
        )
    return lines


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/conflicts", conflicts, who="mediator"),
    act("/desk/conflicts/{id}", settle, who="mediator"),
)
