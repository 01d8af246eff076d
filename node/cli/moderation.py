"""`entraide domain`, `entraide report` and `entraide audit`: what mediators do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import orjson

from node.actions import blocklists
from node.actions import reports as reporting
from node.cli.ports import Session
from node.cli.run import json_option, with_node
from node.clock import to_iso
from node.errors import Invalid
from node.moderation.blocklists import BYTES_MAX, Plan, Reading, read_csv, write_csv
from node.moderation.policy import SEVERITIES, DomainBlock, check_severity
from node.moderation.reports import Outcome, check_outcome
from node.store import actors, audit, moderation, reports
from node.store.reports import Report
from node.store.transaction import Transaction

DEGREES = {"noop": "réserves", "silence": "en sourdine", "suspend": "bloqué"}
PAGE = 100


@click.group("domain")
def domain() -> None:
    """Les serveurs bloqués."""


@domain.command("block")
@click.argument("name", metavar="DOMAINE")
@click.option("--severity", type=click.Choice(SEVERITIES), default="suspend", show_default=True)
@click.option("--reject-media", is_flag=True, help="Ne pas montrer ses images.")
@click.option("--reject-reports", is_flag=True, help="Ne pas regarder ses signalements.")
@click.option("--reason", default="", help="Pour tout le monde ici.")
@click.option("--note", default="", help="Pour la médiation seule.")
@click.option("--obfuscate", is_flag=True, help="Masquer son nom dans la liste de tous.")
@with_node
async def block(
    session: Session,
    name: str,
    severity: str,
    reject_media: bool,
    reject_reports: bool,
    reason: str,
    note: str,
    obfuscate: bool,
) -> None:
    """Bloquer un serveur et ses sous-domaines, ou changer comment."""
    wanted = DomainBlock(
        name,
        check_severity(severity),
        reject_media=reject_media,
        reject_reports=reject_reports,
        reason=reason,
        private_reason=note,
        obfuscate=obfuscate,
    )
    made = await session.store.write(blocklists.block_domain, session.here, None, wanted)
    click.echo(f"{made.domain} : {DEGREES[made.severity]}")


@domain.command("unblock")
@click.argument("name", metavar="DOMAINE")
@with_node
async def unblock(session: Session, name: str) -> None:
    """Ne plus bloquer un serveur."""
    await session.store.write(blocklists.unblock_domain, session.here, None, name)
    click.echo(f"{name} : débloqué")


@domain.command("list")
@json_option
@with_node
async def list_(session: Session, as_json: bool) -> None:
    """Les serveurs bloqués."""
    found = sorted(
        await session.store.read(moderation.domain_block_list), key=lambda one: one.domain
    )
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        flags = [
            word
            for word, on in (
                ("sans images", one.reject_media),
                ("sans signalements", one.reject_reports),
            )
            if on
        ]
        told = ", ".join([DEGREES[one.severity], *flags])
        click.echo(f"{one.domain} : {told}" + (f" — {one.reason}" if one.reason else ""))


@domain.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Le faire, sans demander.")
@click.option("--dry-run", is_flag=True, help="Dire ce qui changerait, et s’arrêter.")
@with_node
async def import_(session: Session, file: Path, yes: bool, dry_run: bool) -> None:
    """Prendre une liste au format CSV de Mastodon ; dit d'abord ce qu'elle change."""
    reading = read_csv(await asyncio.to_thread(_content, file))
    planned = await session.store.read(blocklists.plan_list, session.here, reading.blocks)
    _tell(reading, planned)
    if dry_run or not planned.changes:
        return
    if not yes:
        click.confirm("Le faire ?", abort=True)
    done = await session.store.write(
        blocklists.import_list, session.here, None, reading.blocks, f"import {file.name}"[:200]
    )
    click.echo(f"Fait : {len(done.changes)} changements.")


@domain.command("export")
@click.argument("file", metavar="FICHIER", required=False)
@with_node
async def export(session: Session, file: str | None) -> None:
    """La liste au format CSV de Mastodon, dans un fichier ou à l'écran."""
    text = write_csv(await session.store.read(moderation.domain_block_list))
    if file is None or file == "-":
        click.echo(text, nl=False)
        return
    await asyncio.to_thread(_write, Path(file), text)
    click.echo(f"{file} : {text.count(chr(10)) - 1} serveurs")


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise Invalid(f"Le fichier {file} ne peut pas être lu : {error.strerror}.") from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Invalid(f"Le fichier {file} ne peut pas être écrit : {error.strerror}.") from error


def _tell(reading: Reading, planned: Plan) -> None:
    for block in planned.added:
        click.echo(f"+ {block.domain} : {DEGREES[block.severity]}")
    for block in planned.hardened:
        click.echo(f"↑ {block.domain} : {DEGREES[block.severity]}")
    click.echo(
        f"{len(planned.added)} nouveaux, {len(planned.hardened)} plus durs, "
        f"{len(planned.kept)} inchangés."
    )
    for line in reading.skipped:
        click.echo(f"Ligne {line.number} laissée : {line.text}", err=True)
    for line in reading.wrong:
        click.echo(f"Ligne {line.number} fausse : {line.text}", err=True)


# ── reports ──────────────────────────────────────────────────────────────────────────────────


@click.group("report")
def report() -> None:
    """Les signalements."""


@report.command("list")
@json_option
@click.option("--all", "everything", is_flag=True, help="Aussi ceux qui sont réglés.")
@with_node
async def list_reports(session: Session, as_json: bool, everything: bool) -> None:
    """Les signalements qui attendent, le plus récent d'abord."""
    lines = await session.store.read(_lines, None if everything else reports.OPEN)
    if as_json:
        click.echo(orjson.dumps(lines, option=orjson.OPT_INDENT_2).decode())
        return
    for line in lines:
        done = f" — {line['outcome']}" if line["outcome"] else ""
        click.echo(f"{line['id']} {line['category']:9} {line['target']}{done}")
        if line["content"]:
            click.echo(f"    {str(line['content'])[:200]}")


@report.command("settle")
@click.argument("identifier", metavar="NUMÉRO", type=click.IntRange(1, 2**63 - 1))
@click.option("--outcome", type=click.Choice([one.value for one in Outcome]), required=True)
@click.option("--note", default="", help="Pour la médiation seule.")
@with_node
async def settle(session: Session, identifier: int, outcome: str, note: str) -> None:
    """Dire ce qui fut fait ; qui a signalé apprend que c'est réglé."""
    found = await session.store.write(
        reporting.settle,
        session.here,
        None,
        identifier,
        outcome=check_outcome(outcome),
        note=note,
    )
    click.echo(f"{found.id} : réglé ({found.outcome})")


def _lines(tx: Transaction, state: str | None) -> list[dict[str, object]]:
    found = reports.listed(tx, state=state, most=10_000)
    people = actors.by_ids(
        tx, {number for one in found for number in (one.reporter_id, one.target_id) if number}
    )
    handles = {number: actor.handle for number, actor in people.items()}
    return [_line(one, handles) for one in found]


def _line(found: Report, handles: dict[int, str]) -> dict[str, object]:
    return {
        "id": found.id,
        "state": found.state,
        "category": found.category,
        "reporter": handles.get(found.reporter_id, ""),
        "target": handles.get(found.target_id or 0, ""),
        "objects": list(found.objects),
        "content": found.content,
        "outcome": found.outcome,
        "created": to_iso(found.created_at),
    }


# ── audit ────────────────────────────────────────────────────────────────────────────────────


@click.command("audit")
@json_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True)
@with_node
async def audit_command(session: Session, as_json: bool, limit: int) -> None:
    """Ce que les gens qui ont un rôle ont fait, le plus récent d'abord."""
    found = await session.store.read(audit.listed, most=limit)
    if as_json:
        told = [
            {
                "id": one.id,
                "who": one.who,
                "action": one.action,
                "target": one.target,
                "reason": one.reason,
                "at": to_iso(one.at),
            }
            for one in found
        ]
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        why = f" — {one.reason}" if one.reason else ""
        click.echo(f"{to_iso(one.at)} {one.who or 'commande'} {one.action} {one.target}{why}")


__all__ = ["audit_command", "domain", "report"]
