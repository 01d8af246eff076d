"""What was written for people who have no account, and how they are called back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import on_behalf as actions
from node.actions import proposals as changing
from node.actions import renewal
from node.aid.lifecycle import CLOSED
from node.store import actors, objects, proposals
from node.store.on_behalf import OnBehalf
from node.store.proposals import Stored
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    record: OnBehalf
    stored: Stored
    link: str
    writer: str
    closed: bool
    over: bool


async def behalf(visit: Visit) -> web.Response:
    """GET /desk/behalf."""
    before = as_number(visit.query("max_id"))
    lines, more = await visit.store.read(_lines, visit, before)
    return visit.page("desk/behalf.html", lines=lines, more=more)


async def deed(visit: Visit) -> web.Response:
    """POST /desk/behalf/{id}/{deed}: renew, done, or take back the consent."""
    what, number = visit.path("deed"), visit.number()

    def unit(tx: Transaction) -> None:
        actions.of(tx, visit.me.actor, number)
        if what == "renew":
            renewal.renew(tx, visit.here, number)
        elif what == "done":
            changing.close_proposal(tx, visit.here, number)
        else:
            actions.take_back(tx, visit.here, visit.me.actor, number)

    await visit.store.write(unit)
    said = {
        "renew": visit.say("L’annonce est renouvelée."),
        "done": visit.say("L’annonce est close. Merci !"),
        "back": visit.say("L’annonce est retirée, et ce qu’on savait de la personne effacé."),
    }
    return visit.go("/desk/behalf", said[what])


def _lines(tx: Transaction, visit: Visit, before: int | None) -> tuple[list[Line], str]:
    found = actions.listed(tx, visit.me.actor, before=before, most=MOST + 1)
    people = actors.by_ids(tx, {one.writer_id for one in found})
    lines = []
    for one in found[:MOST]:
        stored, status = proposals.by_id(tx, one.subject_id), objects.by_id(tx, one.subject_id)
        writer = people.get(one.writer_id)
        if stored is None or status is None or writer is None:
            continue
        lines.append(
            Line(
                record=one,
                stored=stored,
                link=f"/@{writer.username}/{status.id}",
                writer=writer.name or writer.username,
                closed=stored.proposal.state in CLOSED,
                over=stored.proposal.has_expired(visit.now),
            )
        )
    more = f"/desk/behalf?max_id={found[MOST - 1].subject_id}" if len(found) > MOST else ""
    return lines, more


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/behalf", behalf, who="mediator"),
    act("/desk/behalf/{id}/{deed:renew|done|back}", deed, who="mediator"),
)
