"""Quartiers that a neighbour tells us of, and neighbours of ours that we tell of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import introductions as actions
from node.aid.neighbours import Link
from node.errors import Conflict, FetchError, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import host_of
from node.store import actors, introductions
from node.store.introductions import Introduction
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number

MOST: Final = 40
ASKING: Final = Rate("asking introduced quartiers", 20, 3600.0)
ANSWERED: Final = later("Vous avez déjà répondu à cette présentation.")
UNREACHED: Final = later("Son site ne répond pas en ce moment : réessayez plus tard.")


@dataclass(frozen=True, slots=True)
class Heard:
    """One that a neighbour told us of."""

    id: int
    name: str
    domain: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """Two that we told of each other."""

    one: str
    other: str
    at: float


@dataclass(frozen=True, slots=True)
class Introductions:
    heard: list[Heard]
    told: list[Told]
    joined: list[tuple[str, str]]
    """Whom one may introduce: number and name."""


def introductions_of(tx: Transaction, visit: Visit, rows: Sequence[NeighbourRow]) -> Introductions:
    heard = introductions.listed(tx, state="heard", most=MOST)
    told = introductions.listed(tx, state="told", most=MOST)
    groups = actors.by_ids(tx, {one.by_id for one in heard})
    names = {row.actor_uri: row.name or row.domain for row in rows}
    return Introductions(
        [
            Heard(
                one.id,
                one.name or one.domain,
                one.domain,
                groups[one.by_id].name if one.by_id in groups else "",
                one.created_at,
            )
            for one in heard
        ],
        [
            Told(
                names.get(one.group_uri, one.name or one.domain),
                names.get(one.to_uri, host_of(one.to_uri)),
                one.created_at,
            )
            for one in told
        ],
        [
            (str(row.actor_id), row.name or row.domain)
            for row in rows
            if row.state == Link.JOINED.value
        ],
    )


async def ask(visit: Visit) -> web.Response:
    """POST /desk/neighbours/introductions/{id}/ask."""
    try:
        found = await actions.ask(
            visit.store, visit.here, visit.parts.remote, visit.me.actor, visit.number()
        )
    except FetchError:
        return visit.go("/desk/neighbours", visit.say(UNREACHED))
    except (Conflict, Invalid) as error:
        return visit.go("/desk/neighbours", visit.language.explain(error.public))
    return visit.go("/desk/neighbours", _asked(visit, found))


def _asked(visit: Visit, found: Introduction) -> str:
    return visit.say("C’est demandé : %(name)s va répondre.", name=found.name or found.domain)


async def decline(visit: Visit) -> web.Response:
    """POST /desk/neighbours/introductions/{id}/decline."""
    try:
        await visit.store.write(actions.decline, visit.here, visit.me.actor, visit.number())
    except Conflict:
        return visit.go("/desk/neighbours", visit.say(ANSWERED))
    return visit.go("/desk/neighbours", visit.say("C’est noté. Personne n’en sait rien."))


async def introduce(visit: Visit) -> web.Response:
    """POST /desk/neighbours/introduce: ``one`` and ``other``."""
    one, other = as_number(visit.text("one")), as_number(visit.text("other"))
    if one is None or other is None:
        raise NotFound("Il n’y a pas de quartier voisin de ce numéro.")
    try:
        await visit.store.write(actions.introduce, visit.here, visit.me.actor, one, other)
    except Conflict as error:
        return visit.go("/desk/neighbours", visit.language.explain(error.public))
    said = visit.say("C’est fait : chacun a reçu l’adresse de l’autre, et décide.")
    return visit.go("/desk/neighbours", said)


PAGES: Final[tuple[Page, ...]] = (
    act("/desk/neighbours/introductions/{id}/ask", ask, who="admin", rate=ASKING),
    act("/desk/neighbours/introductions/{id}/decline", decline, who="admin"),
    act("/desk/neighbours/introduce", introduce, who="admin"),
)
