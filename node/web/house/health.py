"""How the node is, in the words of a volunteer: each thing with its state and what to do."""

from __future__ import annotations

import asyncio
import platform
import shutil
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node import __version__
from node.actions import audit
from node.store import journal, mails, outbox
from node.store.mails import MailLine
from node.store.outbox import HostQueue, HostRecord
from node.store.statistics import Statistics, database_bytes, statistics
from node.store.transaction import Transaction
from node.web.house import states
from node.web.site.visit import Page, Visit, act, show

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    statistics: Statistics
    hosts: list[HostQueue]
    records: dict[str, HostRecord]
    mails: list[MailLine]
    bytes: int


@dataclass(frozen=True, slots=True)
class Host:
    name: str
    waiting: int
    dead: int
    since: float | None
    """It does not answer since then."""
    why: str
    error: str


async def health(visit: Visit) -> web.Response:
    """GET /desk/health."""
    found = await visit.store.read(_found)
    disk = await asyncio.to_thread(shutil.disk_usage, visit.here.settings.data_dir)
    return visit.page(
        "house/health.html",
        lines=[
            states.disk(visit, disk.free, disk.total),
            states.queue(visit, found.statistics),
            states.dead(visit, found.statistics),
            states.inbox(visit, found.statistics),
            states.mail(visit, found.mails),
            states.backup(visit),
            states.clock(visit),
            states.database(visit, found.bytes),
        ],
        hosts=[_host(visit, one, found.records.get(one.host)) for one in found.hosts],
        version=__version__,
        python=f"Python {platform.python_version()}",
    )


async def retry(visit: Visit) -> web.Response:
    """POST /desk/health/retry: ``host``, or ``what``: ``aside`` (received) or ``mails``."""
    host, what = visit.text("host")[:300], visit.text("what")

    def unit(tx: Transaction) -> int:
        if what == "aside":
            return journal.retry_aside(tx, now=visit.now)
        if what == "mails":
            return mails.retry(tx, now=visit.now)
        return outbox.retry(tx, now=visit.now, host=host) if host else 0

    many = await visit.store.write(unit)
    said = visit.count("%(n)s envoi est repris.", "%(n)s envois sont repris.", many)
    if what == "aside":
        said = visit.count("%(n)s chose sera relue.", "%(n)s choses seront relues.", many)
    return visit.go("/desk/health", said)


async def drop(visit: Visit) -> web.Response:
    """POST /desk/health/drop: ``host``."""
    host = visit.text("host")[:300]

    def unit(tx: Transaction) -> int:
        many = outbox.drop(tx, host=host) if host else 0
        if many:
            audit.record(tx, visit.here, visit.me.actor, "queue.drop", host)
        return many

    many = await visit.store.write(unit)
    said = visit.count("%(n)s envoi est abandonné.", "%(n)s envois sont abandonnés.", many)
    return visit.go("/desk/health", said)


def _found(tx: Transaction) -> Found:
    return Found(
        statistics(tx),
        outbox.by_host(tx, most=MOST),
        {one.host: one for one in outbox.host_records(tx)},
        mails.queue(tx, most=MOST),
        database_bytes(tx),
    )


def _host(visit: Visit, one: HostQueue, record: HostRecord | None) -> Host:
    return Host(
        one.host,
        one.pending,
        one.dead,
        record.failing_since if record is not None else None,
        states.refusal(visit, one.status, one.error),
        f"{one.status or ''} {one.error or ''}".strip(),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/health", health, who="admin"),
    act("/desk/health/retry", retry, who="admin"),
    act("/desk/health/drop", drop, who="admin"),
)
