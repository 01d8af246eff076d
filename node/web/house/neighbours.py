"""Neighbouring quartiers: how things stand with each, to ask one, to answer one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import neighbours as actions
from node.actions.passing import decoded
from node.aid.neighbours import Event, Link
from node.errors import Conflict, EntraideError, FetchError, Invalid, NotFound
from node.moderation.rates import Rate
from node.store import held, neighbours, outbox
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction
from node.web.house.introductions import Introductions, introductions_of
from node.web.house.terms import in_words
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

ASKING: Final = Rate("asking neighbours", 20, 3600.0)
STATES: Final = {
    Link.INVITED: later("Nous lui avons demandé : il n’a pas encore répondu."),
    Link.ASKED: later("Il nous demande d’être voisins."),
    Link.JOINED: later("Nous sommes voisins."),
    Link.PAUSED: later("En pause : rien ne passe, d’un côté ni de l’autre."),
    Link.REFUSED: later("Ce n’est pas pour maintenant."),
    Link.STOPPED: later("Nous ne sommes plus voisins."),
}
DEEDS: Final[dict[str, tuple[Event, str]]] = {
    "accept": (Event.WE_ACCEPT, later("C’est fait : vous êtes voisins.")),
    "refuse": (Event.WE_REFUSE, later("C’est dit : ce n’est pas pour maintenant.")),
    "pause": (Event.WE_PAUSE, later("En pause : rien ne passe plus.")),
    "resume": (Event.WE_RESUME, later("C’est reparti.")),
    "stop": (Event.WE_STOP, later("Vous n’êtes plus voisins.")),
    "withdraw": (Event.WE_STOP, later("Votre demande est retirée.")),
}
OFFERED: Final[dict[Link, tuple[str, ...]]] = {
    Link.ASKED: ("accept", "refuse"),
    Link.JOINED: ("pause", "stop"),
    Link.PAUSED: ("resume", "stop"),
    Link.INVITED: ("withdraw",),
    Link.REFUSED: ("again",),
    Link.STOPPED: ("again",),
}
UNREACHED: Final = later(
    "Ce site ne répond pas, ou n’est pas celui d’un quartier. Vérifiez l’adresse."
)
CHANGED: Final = later("Les choses ont changé entre-temps : voyez où vous en êtes avec ce voisin.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    row: NeighbourRow
    name: str
    state: str
    adjacent: bool
    heard_at: float | None
    """When its site last wrote to us, or was last looked up."""
    silent_since: float | None
    """Our letters do not arrive since then."""
    held: int
    """How many of its announcements wait for a look."""
    takes: list[str]
    """What it takes of ours, in sentences; empty where it did not say."""
    taken: list[str]
    deeds: tuple[str, ...]


async def listed(visit: Visit) -> web.Response:
    """GET /desk/neighbours."""
    return await _page(visit)


async def ask(visit: Visit) -> web.Response:
    """POST /desk/neighbours: ``address``."""
    address = visit.text("address")
    try:
        group = await actions.ask_neighbour(
            visit.store, visit.here, visit.parts.remote, address, who=visit.me.actor
        )
    except EntraideError as error:
        return await _page(visit, status=422, address=address, errors={"address": why(error)})
    name = group.name or group.domain
    return visit.go(
        "/desk/neighbours", visit.say("C’est demandé : %(name)s va répondre.", name=name)
    )


def why(error: EntraideError) -> str:
    """What a person is told who asked a site that could not be asked. Raises what is another
    matter."""
    if isinstance(error, FetchError):
        return UNREACHED
    if isinstance(error, Invalid | Conflict | NotFound):
        return error.public
    raise error


async def answer(visit: Visit) -> web.Response:
    """POST /desk/neighbours/{id}/{deed}."""
    event, said = DEEDS[visit.path("deed")]
    try:
        await visit.store.write(actions.answer, visit.here, visit.me.actor, visit.number(), event)
    except Conflict:
        said = CHANGED
    return visit.go("/desk/neighbours", visit.say(said))


async def _page(visit: Visit, *, status: int = 200, **more: Any) -> web.Response:
    found, introduced = await visit.store.read(_listed, visit)
    return visit.page(
        "house/neighbours.html",
        status=status,
        neighbours=found,
        introductions=introduced,
        address=more.get("address", ""),
        errors=more.get("errors", {}),
        own=visit.here.settings.base_url,
    )


def _listed(tx: Transaction, visit: Visit) -> tuple[list[Neighbour], Introductions]:
    rows = neighbours.every(tx)
    waiting = held.waiting(tx, now=visit.now)
    hosts = {one.host: one for one in outbox.host_records(tx)}
    heard = neighbours.heard_at(tx)
    found = []
    for row in rows:
        theirs = decoded(row.territory) if row.territory else None
        host, link = hosts.get(row.domain), Link(row.state)
        found.append(
            Neighbour(
                row=row,
                name=row.name or row.domain,
                state=visit.say(STATES[link]),
                adjacent=theirs is not None and visit.here.territory.adjacent(theirs),
                heard_at=heard.get(row.actor_id),
                silent_since=host.failing_since if host is not None and host.failures else None,
                held=waiting.get(row.actor_id, 0),
                takes=in_words(visit, row.takes) if row.takes else [],
                taken=in_words(visit, row.terms),
                deeds=OFFERED[link],
            )
        )
    found.sort(key=lambda one: list(OFFERED).index(Link(one.row.state)))
    return found, introductions_of(tx, visit, rows)


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/neighbours", listed, who="admin"),
    act("/desk/neighbours", ask, who="admin", rate=ASKING),
    act("/desk/neighbours/{id}/{deed:" + "|".join(DEEDS) + "}", answer, who="admin"),
)
