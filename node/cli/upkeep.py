"""`entraide queue`, `db`, `stats` and `statuses`: what an administrator looks at."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from node.cli.ports import Session
from node.cli.run import config_option, fail, json_option, settings_from, with_node
from node.clock import to_iso
from node.errors import EntraideError, Invalid
from node.store import actors, journal, mails, objects, outbox, reactions, shares
from node.store.migrate import database_info, upgrade
from node.store.statistics import statistics
from node.store.transaction import Transaction


@click.group("queue")
def queue() -> None:
    """Ce qui attend d'être remis à d'autres serveurs, et ce qui est en panne."""


@queue.command("list")
@json_option
@click.option("--state", type=click.Choice(["pending", "dead"]), default=None)
@click.option("--host", default=None)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@with_node
async def queue_list(
    session: Session, as_json: bool, state: str | None, host: str | None, limit: int
) -> None:
    """Les envois en attente ou abandonnés, et ce qui n'a pas pu être traité."""
    lines = await session.store.read(outbox.queue, state=state, host=host, most=limit)
    aside = await session.store.read(journal.aside, most=limit)
    letters = [] if host else await session.store.read(mails.queue, state=state, most=limit)
    if as_json:
        told = {
            "deliveries": [
                {
                    "id": str(line.id),
                    "state": line.state,
                    "inbox": line.inbox,
                    "host": line.host,
                    "type": line.type,
                    "activity": line.activity_uri,
                    "attempts": line.attempts,
                    "next": to_iso(line.next_at),
                    "status": line.status,
                    "error": line.error,
                }
                for line in lines
            ],
            "aside": [
                {"id": str(entry), "activity": uri, "actor": actor, "error": note}
                for entry, uri, actor, note in aside
            ],
            "mails": [
                {
                    "id": str(letter.id),
                    "state": letter.state,
                    "to": letter.to,
                    "attempts": letter.attempts,
                    "next": to_iso(letter.next_at),
                    "error": letter.error,
                }
                for letter in letters
            ],
        }
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for line in lines:
        why = line.error or "attend son tour"
        click.echo(
            f"{line.id}  {line.state:7}  {line.type:8} → {line.inbox}  "
            f"essais : {line.attempts}  prochain : {to_iso(line.next_at)}  {why}"
        )
    for entry, uri, actor, note in aside:
        click.echo(f"{entry}  mis de côté  {uri} de {actor} : {note}")
    for letter in letters:
        click.echo(
            f"{letter.id}  {letter.state:7}  courrier → {letter.to}  essais : {letter.attempts}  "
            f"prochain : {to_iso(letter.next_at)}  {letter.error or 'attend son tour'}"
        )
    if not lines and not aside and not letters:
        click.echo("Rien n'attend.")


@queue.command("retry")
@click.argument("ids", nargs=-1, type=int)
@click.option("--host", default=None)
@with_node
async def queue_retry(session: Session, ids: tuple[int, ...], host: str | None) -> None:
    """Réessayer maintenant : ces envois, ceux d'un serveur, ou tout."""
    now = session.here.clock.now()
    count = await session.store.write(outbox.retry, now=now, ids=ids, host=host)
    if not ids and host is None:
        count += await session.store.write(journal.retry_aside, now=now)
        count += await session.store.write(mails.retry, now=now)
    click.echo(f"{count}")


@queue.command("drop")
@click.argument("ids", nargs=-1, type=int)
@click.option("--host", default=None)
@with_node
async def queue_drop(session: Session, ids: tuple[int, ...], host: str | None) -> None:
    """Abandonner pour de bon : ces envois, ou ceux d'un serveur."""
    if not ids and host is None:
        raise Invalid("Dites quoi : des numéros (entraide queue list), ou --host.")
    click.echo(f"{await session.store.write(outbox.drop, ids=ids, host=host)}")


@click.group("db")
def database() -> None:
    """La base de données."""


@database.command("upgrade")
@config_option
def db_upgrade(config: Path) -> None:
    """La mettre à la version de ce programme ; recommencer est sans danger."""
    settings = settings_from(config)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(settings.database_url)
        current, head = database_info(settings.database_url)
    except EntraideError as error:
        fail(error)
    click.echo(f"{current} / {head}")


@database.command("info")
@config_option
@json_option
def db_info(config: Path, as_json: bool) -> None:
    """Sa version, et celle que ce programme veut."""
    settings = settings_from(config)
    try:
        current, head = database_info(settings.database_url)
    except EntraideError as error:
        fail(error)
    kind = settings.database_url.split(":", 1)[0].split("+", 1)[0]
    if as_json:
        click.echo(orjson.dumps({"database": kind, "current": current, "head": head}).decode())
    else:
        click.echo(f"{kind} : version {current or 'aucune'}, ce programme veut {head}")


@click.command("stats")
@json_option
@with_node
async def stats(session: Session, as_json: bool) -> None:
    """Les chiffres du nœud, sans aucun nom."""
    figures = await session.store.read(statistics)
    told = {
        "statuses": {"local": figures.statuses_local, "remote": figures.statuses_remote},
        "followers": {"local": figures.followers_local, "remote": figures.followers_remote},
        "accounts": figures.accounts,
        "actors_remote": figures.actors_remote,
        "proposals_open": figures.proposals_open,
        "inbox_pending": figures.inbox_pending,
        "inbox_aside": figures.inbox_aside,
        "deliveries": {"pending": figures.deliveries_pending, "dead": figures.deliveries_dead},
    }
    if as_json:
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for name, value in told.items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        click.echo(f"{name} : {shown}")


@click.command("statuses")
@json_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--author", default=None, help="Adresse (IRI) d'un auteur.")
@with_node
async def statuses(session: Session, as_json: bool, limit: int, author: str | None) -> None:
    """Ce que le nœud a reçu et publié, du plus récent au plus ancien."""
    told = await session.store.read(_statuses, limit, author)
    if as_json:
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for one in told:
        click.echo(f"{one['published']}  {one['author']}  {one['id']}")
        click.echo(f"    {one['name'] or ''} {one['content']}")


def _statuses(tx: Transaction, limit: int, author: str | None) -> list[dict[str, object]]:
    person = actors.by_uri(tx, author) if author else None
    if author and person is None:
        return []
    found = objects.latest(
        tx, author_id=person.id if person else None, public_only=False, most=limit
    )
    told: list[dict[str, object]] = []
    for one in found:
        writer = actors.by_id(tx, one.author_id)
        told.append(
            {
                "id": one.uri,
                "type": one.type,
                "author": writer.uri if writer else None,
                "visibility": one.visibility.value,
                "name": one.name,
                "content": one.content,
                "summary": one.summary,
                "language": one.language,
                "sensitive": one.sensitive,
                "in_reply_to": one.in_reply_to,
                "url": one.url,
                "local": one.local,
                "published": to_iso(one.published),
                "updated": to_iso(one.updated) if one.updated else None,
                "reactions": reactions.count(tx, one.id),
                "shares": shares.count(tx, one.id),
            }
        )
    return told
