"""`entraide neighbour`: the quartiers next door."""

from __future__ import annotations

from urllib.parse import urlsplit

import click
import orjson

from node.actions import neighbours as actions
from node.actions.passing import territory_of
from node.aid.neighbours import Event
from node.cli.ports import Session
from node.cli.run import json_option, with_node
from node.clock import to_iso
from node.store import neighbours
from node.store.neighbours import NeighbourRow
from node.store.transaction import Transaction

STATES = {
    "asked": "demande à nous rejoindre",
    "invited": "invité, sans réponse encore",
    "joined": "voisin",
    "paused": "voisin, en pause",
    "refused": "refusé",
    "stopped": "arrêté",
}


@click.group("neighbour")
def neighbour() -> None:
    """Les quartiers voisins."""


@neighbour.command("add")
@click.argument("address")
@with_node
async def add(session: Session, address: str) -> None:
    """Demander à un quartier d'être voisin : son adresse, https://…"""
    group = await actions.ask_neighbour(session.store, session.here, session.remote, address)
    row = await session.store.read(neighbours.by_actor, group.id)
    state = STATES[row.state] if row else "?"
    click.echo(f"{group.name} ({group.uri}) : {state}")
    theirs = await session.store.read(territory_of, session.here, group.domain)
    if theirs is not None and not session.here.territory.adjacent(theirs):
        click.echo(
            "Les deux territoires ne se touchent pas : seules les annonces de portée « wide » "
            "passeront entre vous.",
            err=True,
        )


@neighbour.command("list")
@json_option
@with_node
async def list_(session: Session, as_json: bool) -> None:
    """Les voisins, et où on en est avec chacun."""
    rows = await session.store.read(neighbours.every)
    if as_json:
        told = [await session.store.read(_told, session, row) for row in rows]
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        click.echo(f"{row.name} ({row.domain}) : {STATES[row.state]}")


def _told(tx: Transaction, session: Session, row: NeighbourRow) -> dict[str, object]:
    theirs = territory_of(tx, session.here, row.domain)
    return {
        "id": row.actor_uri,
        "url": f"{urlsplit(row.actor_uri).scheme}://{row.domain}",
        "domain": row.domain,
        "name": row.name,
        "state": row.state,
        "adjacent": theirs is not None and session.here.territory.adjacent(theirs),
        "since": to_iso(row.created_at),
        "joined": to_iso(row.joined_at) if row.joined_at else None,
    }


def _answering(name: str, event: Event, about: str, needed: bool) -> None:
    @neighbour.command(name, help=about)
    @click.argument("address", required=needed)
    @with_node
    async def command(session: Session, address: str | None) -> None:
        row = await actions.answer_neighbour(session.store, session.here, address, event)
        click.echo(f"{row.name} ({row.domain}) : {STATES[row.state]}")


_answering("accept", Event.WE_ACCEPT, "Accepter un quartier qui demande à être voisin.", False)
_answering("refuse", Event.WE_REFUSE, "Refuser un quartier qui demande à être voisin.", True)
_answering("pause", Event.WE_PAUSE, "Ne plus rien lui proposer, pour un temps.", True)
_answering("resume", Event.WE_RESUME, "Reprendre après une pause.", True)
_answering("remove", Event.WE_STOP, "Ne plus être voisins.", True)
