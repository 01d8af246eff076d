"""Neighbouring quartiers: to ask one, to answer one, what we take of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import neighbours as actions
from node.actions.passing import territory_of
from node.aid.neighbours import Event, Link
from node.aid.proposals import Urgency
from node.aid.terms import PER_HOUR_MAX, Terms
from node.aid.topics import GROUPS
from node.errors import Conflict, FetchError, Invalid, NotFound
from node.moderation.rates import Rate
from node.store import neighbours
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction
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
}
URGENCIES: Final = (
    ("low", later("Tout")),
    ("normal", later("Tout, sauf ce qui n’a rien de pressé")),
    ("high", later("Ce qui est pressé seulement")),
    ("critical", later("Seulement quand quelqu’un est en difficulté")),
)
UNREACHED: Final = later(
    "Ce site ne répond pas, ou n’est pas celui d’un quartier. Vérifiez l’adresse."
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    row: NeighbourRow
    state: str
    adjacent: bool
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
    except (Invalid, Conflict, NotFound) as error:
        return await _page(visit, status=422, address=address, errors={"address": error.public})
    except FetchError:
        return await _page(visit, status=422, address=address, errors={"address": UNREACHED})
    name = group.name or group.domain
    return visit.go(
        "/desk/neighbours", visit.say("C’est demandé : %(name)s va répondre.", name=name)
    )


async def answer(visit: Visit) -> web.Response:
    """POST /desk/neighbours/{id}/{deed}."""
    event, said = DEEDS[visit.path("deed")]
    await visit.store.write(actions.answer, visit.here, visit.me.actor, visit.number(), event)
    return visit.go("/desk/neighbours", visit.say(said))


async def terms(visit: Visit) -> web.Response:
    """GET /desk/neighbours/{id}/terms: what we take."""
    row = await visit.store.read(_row, visit.number())
    return _terms_page(visit, row, row.terms)


async def take(visit: Visit) -> web.Response:
    """POST /desk/neighbours/{id}/terms."""
    row = await visit.store.read(_row, visit.number())
    wanted = [slug for slug in visit.texts("topics") if slug in GROUPS]
    try:
        chosen = Terms(
            topics=None if len(wanted) == len(GROUPS) else tuple(wanted),
            least_urgency=_urgency(visit.text("urgency")),
            review=visit.ticked("review"),
            per_hour=_per_hour(visit.text("per_hour"), row.terms.per_hour),
        )
        if not wanted:
            raise Invalid(
                "Choisissez au moins un sujet ; pour ne plus rien prendre, mettez ce voisin en "
                "pause."
            )
        await visit.store.write(
            actions.change_terms, visit.here, visit.me.actor, visit.number(), chosen
        )
    except Invalid as error:
        return _terms_page(visit, row, row.terms, status=422, errors={"": error.public})
    return visit.go("/desk/neighbours", visit.say("C’est noté, et le voisin le sait."))


def _urgency(text: str) -> Urgency:
    try:
        return Urgency(text)
    except ValueError:
        raise Invalid("L’urgence est low, normal, high ou critical.") from None


def _per_hour(text: str, before: int) -> int:
    if not text:
        return before
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > PER_HOUR_MAX:
        raise Invalid(f"Le nombre par heure va de 0 à {PER_HOUR_MAX}.")
    return int(text)


def _terms_page(
    visit: Visit,
    row: NeighbourRow,
    terms: Terms,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    code = visit.language.code
    taken = (
        list(GROUPS)
        if terms.topics is None
        else [slug for slug in GROUPS if any(one.partition(".")[0] == slug for one in terms.topics)]
    )
    return visit.page(
        "house/terms.html",
        status=status,
        row=row,
        terms=terms,
        groups=[(slug, name.label(code), "") for slug, name in GROUPS.items()],
        taken=taken,
        urgencies=[(value, visit.say(said)) for value, said in URGENCIES],
        most=PER_HOUR_MAX,
        errors=errors or {},
    )


async def _page(visit: Visit, *, status: int = 200, **more: Any) -> web.Response:
    found = await visit.store.read(_listed, visit)
    return visit.page(
        "house/neighbours.html",
        status=status,
        neighbours=found,
        address=more.get("address", ""),
        errors=more.get("errors", {}),
        own=visit.here.settings.base_url,
    )


def _listed(tx: Transaction, visit: Visit) -> list[Neighbour]:
    found = []
    for row in neighbours.every(tx):
        theirs = territory_of(tx, visit.here, row.domain)
        link = Link(row.state)
        found.append(
            Neighbour(
                row,
                visit.say(STATES[link]),
                theirs is not None and visit.here.territory.adjacent(theirs),
                _deeds(link),
            )
        )
    return found


def _deeds(link: Link) -> tuple[str, ...]:
    match link:
        case Link.ASKED:
            return ("accept", "refuse")
        case Link.JOINED:
            return ("pause", "stop")
        case Link.PAUSED:
            return ("resume", "stop")
        case Link.INVITED:
            return ("stop",)
        case _:
            return ()


def _row(tx: Transaction, number: int) -> NeighbourRow:
    row = neighbours.by_actor(tx, number)
    if row is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro.")
    return row


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/neighbours", listed, who="admin"),
    act("/desk/neighbours", ask, who="admin", rate=ASKING),
    act("/desk/neighbours/{id}/{deed:accept|refuse|pause|resume|stop}", answer, who="admin"),
    show("/desk/neighbours/{id}/terms", terms, who="admin"),
    act("/desk/neighbours/{id}/terms", take, who="admin"),
)
