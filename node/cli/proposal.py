"""`entraide proposal`: publish, list, edit, and all that becomes of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click
import orjson

from node.actions import proposals as actions
from node.actions import renewal
from node.aid.draft_checks import moment
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.topics import MODES
from node.aid.warnings import warnings
from node.cli.ports import Session
from node.cli.run import json_option, with_node
from node.errors import Invalid, NotFound
from node.store import actors, objects, proposals
from node.store.transaction import Transaction


@click.group("proposal")
def proposal() -> None:
    """Les offres et les demandes."""


@proposal.command("publish")
@click.option("--author", required=True)
@click.option("--purpose", type=click.Choice(["offer", "request"]), required=True)
@click.option("--topic", required=True, help="Par exemple care.groceries.")
@click.option("--title", required=True)
@click.option("--text", default="")
@click.option("--mode", type=click.Choice(list(MODES)), default=None)
@click.option("--urgency", type=click.Choice(["low", "normal", "high", "critical"]), default=None)
@click.option("--reach", type=click.Choice(["quartier", "adjacent", "wide"]), default=None)
@click.option("--reach-m", type=int, default=None, help="En mètres, pour wide.")
@click.option("--expires", default=None, help="3d, 12h, 90m, ou none pour une offre durable.")
@click.option("--quantity", default=None)
@click.option("--unit", default=None)
@click.option("--due", default=None, help="2026-11-24T12:00:00+01:00")
@click.option("--starts", default=None, help="Quand cela commence.")
@click.option("--ends", default=None, help="Quand cela finit.")
@click.option("--gathering", is_flag=True, default=None, help="Une rencontre, avec --starts.")
@click.option("--cooked", is_flag=True, default=None, help="Un plat cuisiné : vaut un jour.")
@click.option("--place", nargs=2, type=float, default=None, help="Latitude et longitude.")
@click.option("--coarse", is_flag=True, default=None, help="Montrer le lieu à 1,4 km près.")
@click.option("--language", default="fr", show_default=True)
@click.option("--languages", default=None, help="Les langues parlées : fr,ar,en")
@click.option(
    "--answerable",
    type=click.Choice(["anyone", "members", "vouched"]),
    default=None,
    help="Qui peut répondre.",
)
@with_node
async def publish(session: Session, /, author: str, **fields: object) -> None:
    """Publier une annonce ; affiche son adresse."""
    person = await session.store.read(actors.local_by_username, author.removeprefix("@"))
    if person is None or person.gone:
        raise NotFound(f"Il n’y a pas de compte {author} : entraide account create {author} …")
    draft = check_draft({"author": author, **fields}, zone=session.here.settings.node.time_zone)
    made = await session.store.write(actions.publish_proposal, session.here, person, draft)
    _warn(f"{draft.title}\n{draft.text}")
    click.echo(made.uri)


@proposal.command("list")
@json_option
@click.option("--all", "everything", is_flag=True, help="Aussi ce qui est clos.")
@with_node
async def list_(session: Session, as_json: bool, everything: bool) -> None:
    """Tout ce que ce nœud montre maintenant."""
    found = await session.store.read(
        proposals.listed, now=session.here.clock.now(), live_only=not everything, most=100_000
    )
    if as_json:
        lines = [
            {
                "id": one.proposal.uri,
                "author": one.proposal.author_uri,
                "purpose": one.proposal.purpose.value,
                "topic": one.proposal.topic,
                "mode": one.proposal.mode,
                "title": one.proposal.title,
                "state": one.proposal.state.value,
                "urgency": one.proposal.urgency.value,
                "reach": one.proposal.reach.value,
                "origin": one.proposal.origin,
                "local": one.local,
                "confirmed": one.voucher is None,
                "vouched_by": one.voucher,
                "expires": one.proposal.expires_at,
                "published": one.proposal.created,
                "updated": one.proposal.updated,
            }
            for one in found
        ]
        click.echo(orjson.dumps(lines, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        kind = "Demande" if one.proposal.purpose.value == "request" else "Offre"
        doubt = f" (vu par {one.voucher}, à confirmer)" if one.voucher else ""
        click.echo(
            f"{kind:8} {one.proposal.title} — {one.author_name}, {one.proposal.origin}{doubt}"
        )
        click.echo(f"         {one.proposal.uri}")


@proposal.command("edit")
@click.argument("identifier", metavar="ID")
@click.option("--title", default=None)
@click.option("--text", default=None)
@click.option("--topic", default=None)
@click.option("--mode", type=click.Choice(list(MODES)), default=None)
@click.option("--urgency", type=click.Choice(["low", "normal", "high", "critical"]), default=None)
@click.option("--reach", type=click.Choice(["quartier", "adjacent", "wide"]), default=None)
@click.option("--reach-m", type=int, default=None, help="En mètres, pour wide.")
@click.option("--expires", default=None, help="3d, 12h, 90m, à partir de maintenant.")
@click.option("--quantity", default=None)
@click.option("--unit", default=None)
@click.option("--due", default=None, help="Vide pour l'ôter.")
@click.option("--starts", default=None, help="Vide pour l'ôter.")
@click.option("--ends", default=None, help="Vide pour l'ôter.")
@click.option("--place", nargs=2, type=float, default=None, help="Latitude et longitude.")
@click.option("--languages", default=None, help="Les langues parlées : fr,ar,en")
@click.option(
    "--answerable",
    type=click.Choice(["anyone", "members", "vouched"]),
    default=None,
    help="Qui peut répondre.",
)
@with_node
async def edit(session: Session, /, identifier: str, **fields: object) -> None:
    """Changer une annonce d'ici ; ce qui n'est pas nommé reste."""
    changes = {name: value for name, value in fields.items() if value is not None}
    if not changes:
        raise Invalid("Dites ce qui change, par exemple --title ou --text.")
    object_id = await session.store.read(_object_id, identifier)
    changed = await session.store.write(actions.edit_proposal, session.here, object_id, **changes)
    _warn(f"{changed.title}\n{changed.text}")
    click.echo(changed.uri)


@proposal.command("close")
@click.argument("identifier", metavar="ID")
@click.option(
    "--as", "state", type=click.Choice(["done", "withdrawn"]), default="done", show_default=True
)
@with_node
async def close(session: Session, identifier: str, state: str) -> None:
    """C'est réglé (done), ou ce n'est plus d'actualité (withdrawn)."""
    object_id = await session.store.read(_object_id, identifier)
    changed = await session.store.write(
        actions.close_proposal, session.here, object_id, state=State(state)
    )
    click.echo(changed.uri)


@proposal.command("withdraw")
@click.argument("identifier", metavar="ID")
@with_node
async def withdraw(session: Session, identifier: str) -> None:
    """Ce n'est plus d'actualité ; qui avait répondu est prévenu."""
    await _do(session, identifier, actions.close_proposal, state=State.WITHDRAWN)


@proposal.command("pause")
@click.argument("identifier", metavar="ID")
@with_node
async def pause(session: Session, identifier: str) -> None:
    """Pas pour le moment : l'annonce quitte toutes les listes."""
    await _do(session, identifier, renewal.pause)


@proposal.command("resume")
@click.argument("identifier", metavar="ID")
@with_node
async def resume(session: Session, identifier: str) -> None:
    """Rouvrir une annonce en pause."""
    await _do(session, identifier, renewal.resume)


@proposal.command("satisfied")
@click.argument("identifier", metavar="ID")
@click.option("--until", required=True, help="Quand elle rouvre : 2026-12-01T09:00")
@with_node
async def satisfied(session: Session, identifier: str, until: str) -> None:
    """C'est suffisant pour le moment ; l'annonce rouvre d'elle-même."""
    at = moment(until, session.here.settings.node.time_zone)
    await _do(session, identifier, renewal.satisfied, until=at or 0.0)


@proposal.command("renew")
@click.argument("identifier", metavar="ID")
@click.option("--expires", default=None, help="3d, 12h, 90m ; par défaut selon le genre.")
@with_node
async def renew(session: Session, identifier: str, expires: str | None) -> None:
    """C'est toujours d'actualité : une nouvelle fin, et rouverte si elle était passée."""
    await _do(session, identifier, renewal.renew, lasts=expires)


async def _do(session: Session, identifier: str, act: Callable[..., Any], **more: Any) -> None:
    object_id = await session.store.read(_object_id, identifier)
    changed = await session.store.write(act, session.here, object_id, **more)
    click.echo(f"{changed.uri} {changed.state.value}")


def _warn(text: str) -> None:
    """On the error output, so that scripts read the address alone."""
    for one in warnings(text, "fr"):
        click.echo(f"attention : « {one.found} » : {one.words}", err=True)


@proposal.command("delete")
@click.argument("identifier", metavar="ID")
@with_node
async def delete(session: Session, identifier: str) -> None:
    """Supprimer une annonce, ici et ailleurs."""
    object_id = await session.store.read(_object_id, identifier)
    await session.store.write(actions.delete_proposal, session.here, object_id)
    click.echo("supprimée")


def _object_id(tx: Transaction, identifier: str) -> int:
    """An annonce by its address or its number."""
    if re.fullmatch(r"[0-9]{1,19}", identifier):
        return int(identifier)
    status = objects.by_uri(tx, identifier)
    if status is None:
        raise NotFound(f"Il n’y a pas d’annonce {identifier} ici : entraide proposal list")
    return status.id
