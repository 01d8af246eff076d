"""Requests that are handed to a neighbour who can serve them, and that neighbours hand to us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import referrals as actions
from node.aid.neighbours import Link
from node.aid.proposals import Purpose
from node.aid.referrals import Direction, State
from node.errors import Conflict, NotFound
from node.social.accounts import Actor
from node.store import actors, neighbours, objects, on_behalf, proposals, referrals
from node.store.referrals import Referral
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40
STATES: Final = {
    State.ASKED: later("son auteur n’a pas encore répondu"),
    State.HANDED_OVER: later("le voisin n’a pas encore répondu"),
    State.ACCEPTED: later("le voisin s’en occupe"),
    State.DECLINED: later("le voisin ne peut pas"),
    State.REFUSED: later("son auteur ne l’a pas voulu"),
    State.WITHDRAWN: later("reprise"),
}
THEIRS: Final = {
    State.ACCEPTED: later("nous nous en occupons"),
    State.DECLINED: later("nous ne le pouvions pas"),
    State.WITHDRAWN: later("l’autre quartier l’a reprise"),
}
OTHERWISE: Final = later("terminé")
CHOOSE: Final = later("Choisissez le quartier voisin.")


@dataclass(frozen=True, slots=True)
class Line:
    referral: Referral
    title: str
    link: str
    neighbour: str
    state: str
    waits: bool
    """For us to answer, or to be taken back."""


async def handed(visit: Visit) -> web.Response:
    """GET /desk/referrals."""
    theirs, ours = await visit.store.read(_lines, visit)
    return visit.page("desk/referrals.html", theirs=theirs, ours=ours)


async def choose(visit: Visit) -> web.Response:
    """GET /desk/referrals/of/{id}: to which neighbour."""
    return await _choose(visit)


async def hand(visit: Visit) -> web.Response:
    """POST /desk/referrals/of/{id}: ``neighbour``, and ``voice`` when the person agreed aloud."""
    neighbour = as_number(visit.text("neighbour"))
    if neighbour is None:
        return await _choose(visit, status=422, errors={"neighbour": CHOOSE})
    try:
        made = await visit.store.write(
            actions.refer,
            visit.here,
            visit.me.actor,
            visit.number(),
            neighbour,
            by_voice=visit.ticked("voice"),
        )
    except Conflict as error:
        return await _choose(visit, status=409, errors={"": error.public})
    said = (
        visit.say("C’est noté : on demande d’abord à son auteur s’il est d’accord.")
        if made.state is State.ASKED
        else visit.say("La demande est confiée au quartier voisin, qui va répondre.")
    )
    return visit.go("/desk/referrals", said)


async def answer(visit: Visit) -> web.Response:
    """POST /desk/referrals/{id}/{deed}."""
    what, number, who = visit.path("deed"), visit.number(), visit.me.actor
    if what == "accept":
        await visit.store.write(actions.accept, visit.here, who, number)
        said = visit.say("C’est noté : elle est montrée ici, et son auteur le sait.")
    elif what == "decline":
        reason = visit.text("reason")
        await visit.store.write(actions.decline, visit.here, who, number, reason=reason)
        said = visit.say("C’est noté : l’autre quartier le sait.")
    else:
        await visit.store.write(actions.take_back, visit.here, who, number)
        said = visit.say("La demande est reprise : elle est de nouveau chez nous.")
    return visit.go("/desk/referrals", said)


async def _choose(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    title, groups, spoken = await visit.store.read(_choice, visit.number())
    return visit.page(
        "desk/refer.html",
        status=status,
        title_of=title,
        number=visit.number(),
        groups=[(str(one.id), one.name or one.domain, one.domain) for one in groups],
        spoken=spoken,
        errors=errors or {},
    )


def _choice(tx: Transaction, number: int) -> tuple[str, list[Actor], bool]:
    stored, status = proposals.by_id(tx, number), objects.by_id(tx, number)
    if stored is None or status is None or not status.local:
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    if stored.proposal.purpose is not Purpose.REQUEST:
        raise NotFound("Seule une demande peut être confiée à un autre quartier.")
    joined = [one.actor_id for one in neighbours.every(tx) if one.state == Link.JOINED.value]
    groups = list(actors.by_ids(tx, set(joined)).values())
    return stored.proposal.title, groups, on_behalf.of(tx, number) is not None


def _lines(tx: Transaction, visit: Visit) -> tuple[list[Line], list[Line]]:
    """With a fixed number of queries."""
    found = referrals.listed(tx, most=MOST)
    groups = actors.by_ids(tx, {one.neighbour_id for one in found})
    statuses = objects.by_ids(tx, {one.proposal_id for one in found})
    theirs: list[Line] = []
    ours: list[Line] = []
    for one in found:
        status, group = statuses.get(one.proposal_id), groups.get(one.neighbour_id)
        if status is None or group is None:
            continue
        incoming = one.direction is Direction.FROM
        line = Line(
            referral=one,
            title=status.name or "",
            link=f"/proposals/{status.id}",
            neighbour=group.name or group.domain,
            state=visit.say((THEIRS if incoming else STATES).get(one.state, OTHERWISE)),
            waits=one.state is State.HANDED_OVER or (not incoming and one.state is State.ASKED),
        )
        (theirs if incoming else ours).append(line)
    return theirs, ours


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/referrals", handed, who="mediator"),
    show("/desk/referrals/of/{id}", choose, who="mediator"),
    act("/desk/referrals/of/{id}", hand, who="mediator"),
    act("/desk/referrals/{id}/{deed:accept|decline|back}", answer, who="mediator"),
)
