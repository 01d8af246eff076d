"""How the node is, in the words of a volunteer: each thing with its state and what to do."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from aiohttp import web

from node import __version__
from node.actions import audit
from node.store import journal, outbox
from node.store.statistics import Statistics, statistics
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, show

State = Literal["good", "look", "bad"]
GIB: Final = 1024**3
LITTLE: Final = 2 * GIB
NONE: Final = GIB // 4
LONG: Final = 500
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    state: State
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    name: str
    waiting: int
    dead: int
    error: str


async def health(visit: Visit) -> web.Response:
    """GET /desk/health."""
    found, hosts, aside = await visit.store.read(_found)
    disk = await asyncio.to_thread(shutil.disk_usage, visit.here.settings.data_dir)
    database = await asyncio.to_thread(_database_bytes, visit)
    lines = [
        _disk(visit, disk.free, disk.total),
        _queue(visit, found),
        _dead(visit, found),
        _inbox(visit, found, aside),
        _mail(visit),
        _backup(visit),
    ]
    return visit.page(
        "house/health.html",
        lines=lines,
        hosts=hosts,
        database=_size(visit, database) if database else "",
        version=__version__,
        kind="SQLite" if visit.here.settings.database_url.startswith("sqlite") else "PostgreSQL",
    )


async def retry(visit: Visit) -> web.Response:
    """POST /desk/health/retry and …/drop: ``host``."""
    host, dropped = visit.text("host")[:300], visit.request.path.endswith("/drop")

    def unit(tx: Transaction) -> int:
        if dropped:
            many = outbox.drop(tx, host=host)
            audit.record(tx, visit.here, visit.me.actor, "queue.drop", host)
        else:
            many = outbox.retry(tx, now=visit.now, host=host)
        return many

    many = await visit.store.write(unit) if host else 0
    said = (
        visit.count("%(n)s envoi est abandonné.", "%(n)s envois sont abandonnés.", many)
        if dropped
        else visit.count("%(n)s envoi est repris.", "%(n)s envois sont repris.", many)
    )
    return visit.go("/desk/health", said)


def _found(tx: Transaction) -> tuple[Statistics, list[Host], int]:
    hosts: dict[str, Host] = {}
    for line in outbox.queue(tx, state=None, host=None, most=MOST):
        before = hosts.get(line.host, Host(line.host, 0, 0, ""))
        dead = line.state == "dead"
        hosts[line.host] = Host(
            line.host,
            before.waiting + (not dead),
            before.dead + dead,
            line.error or before.error,
        )
    return statistics(tx), list(hosts.values()), len(journal.aside(tx, most=MOST))


def _database_bytes(visit: Visit) -> int:
    url = visit.here.settings.database_url
    if not url.startswith("sqlite"):
        return 0
    path = Path(url.split("///", 1)[-1])
    return path.stat().st_size if path.exists() else 0


def _disk(visit: Visit, free: int, total: int) -> Line:
    said = visit.say(
        "%(free)s libres sur %(total)s", free=_size(visit, free), total=_size(visit, total)
    )
    if free < NONE:
        todo = visit.say(
            "Faites de la place tout de suite : bientôt, rien ne pourra plus s’écrire."
        )
        return Line(visit.say("Place sur le disque"), "bad", said, todo)
    if free < LITTLE:
        todo = visit.say("Prévoyez de faire de la place dans les jours qui viennent.")
        return Line(visit.say("Place sur le disque"), "look", said, todo)
    return Line(visit.say("Place sur le disque"), "good", said)


def _queue(visit: Visit, found: Statistics) -> Line:
    many = found.deliveries_pending
    said = visit.count("%(n)s envoi attend", "%(n)s envois attendent", many)
    state: State = "look" if many > LONG else "good"
    todo = visit.say("Un site voisin est peut-être éteint : voyez plus bas.") if many > LONG else ""
    return Line(visit.say("Ce qui part vers les voisins"), state, said, todo)


def _dead(visit: Visit, found: Statistics) -> Line:
    many = found.deliveries_dead
    said = visit.count(
        "%(n)s envoi n’arrive pas depuis une semaine",
        "%(n)s envois n’arrivent pas depuis une semaine",
        many,
    )
    todo = (
        visit.say("Le site d’en face est éteint ou a disparu. Appelez le voisin, ou abandonnez.")
        if many
        else ""
    )
    return Line(visit.say("Ce qui n’arrive pas"), "look" if many else "good", said, todo)


def _inbox(visit: Visit, found: Statistics, aside: int) -> Line:
    said = visit.count(
        "%(n)s chose reçue attend d’être lue",
        "%(n)s choses reçues attendent d’être lues",
        found.inbox_pending,
    )
    if aside:
        todo = visit.count(
            "%(n)s n’a pas pu être lue : dites-le à qui développe Entraide.",
            "%(n)s n’ont pas pu être lues : dites-le à qui développe Entraide.",
            aside,
        )
        return Line(visit.say("Ce qui arrive des voisins"), "look", said, todo)
    state: State = "look" if found.inbox_pending > LONG else "good"
    return Line(visit.say("Ce qui arrive des voisins"), state, said)


def _mail(visit: Visit) -> Line:
    if visit.here.settings.mail.host:
        return Line(
            visit.say("Courrier"), "good", visit.say("réglé : essayez-le à la page du courrier")
        )
    return Line(
        visit.say("Courrier"),
        "look",
        visit.say("aucune lettre ne part"),
        visit.say(
            "Réglez [mail] pour que les gens soient prévenus et retrouvent leur mot de passe."
        ),
    )


def _backup(visit: Visit) -> Line:
    return Line(
        visit.say("Sauvegardes"),
        "look",
        visit.say("ce site n’en fait pas lui-même"),
        visit.say(
            "Copiez chaque jour le dossier %(folder)s ailleurs ; le guide dit comment.",
            folder=visit.here.settings.data_dir,
        ),
    )


def _size(visit: Visit, size: int) -> str:
    if size >= GIB:
        return f"{visit.language.number(round(size / GIB, 1))} Go"
    return f"{visit.language.number(round(size / 1024**2))} Mo"


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/health", health, who="admin"),
    act("/desk/health/retry", retry, who="admin"),
    act("/desk/health/drop", retry, who="admin"),
)
