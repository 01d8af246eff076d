"""Sites and people elsewhere from whom nothing, or less, is taken; lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.web import FileField

from node.actions import blocklists as actions
from node.actions import finding
from node.errors import Conflict, Invalid, NotFound
from node.moderation.blocklists import BYTES_MAX, Plan, Reading, read_csv, write_csv
from node.moderation.policy import DomainBlock, check_severity
from node.social.accounts import Actor
from node.store import actors, moderation, people_pages
from node.store.people_pages import Standing, Wanted
from node.store.transaction import Transaction
from node.web.desk.person import path_of
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

MOST: Final = 60
PEOPLE: Final = 40
NAMED: Final = 200
"""Of a list, so many names are shown before it is taken in."""
BODY: Final = BYTES_MAX + 64 * 1024
SEVERITIES: Final = (
    (
        "suspend",
        later("Bloquer"),
        later("Rien n’entre et rien ne sort. Si c’est un quartier voisin, le lien prend fin."),
    ),
    (
        "silence",
        later("Mettre en sourdine"),
        later("Ce qui en vient n’est montré qu’à ceux qui l’ont choisi."),
    ),
    ("noop", later("Laisser passer"), later("Sauf ce qui est coché ci-dessous.")),
)
SHORT: Final = {
    "suspend": later("bloqué"),
    "silence": later("en sourdine"),
    "noop": later("passe"),
}
STANDINGS: Final[tuple[tuple[Standing, str], ...]] = (
    ("suspended", later("bloqué")),
    ("silenced", later("en sourdine")),
)
CHOOSE: Final = later("Choisissez ce qui en est fait.")
UNKNOWN: Final = later("Personne de ce nom n’est connu ici. Écrivez-le ainsi : nom@exemple.org")
WHICH: Final = later("Choisissez un fichier, ou collez la liste.")
NOTHING_NEW: Final = later("Cette liste n’apporte rien de nouveau.")


@dataclass(frozen=True, slots=True)
class Found:
    blocks: Sequence[tuple[DomainBlock, float]]
    more: str
    people: Sequence[tuple[Actor, str]]
    """Somebody elsewhere, and what is done about them."""


async def blocks(visit: Visit) -> web.Response:
    """GET /desk/blocks; ``after`` a name."""
    return await _page(visit)


async def block(visit: Visit) -> web.Response:
    """POST /desk/blocks: ``domain``, ``severity``, ``reject_media``, ``reject_reports``,
    ``obfuscate``, ``reason`` for everybody and ``private`` for the desk."""
    try:
        severity = check_severity(visit.text("severity"))
    except Invalid:
        return await _page(visit, status=422, errors={"severity": CHOOSE})
    wanted = DomainBlock(
        visit.text("domain"),
        severity,
        reject_media=visit.ticked("reject_media"),
        reject_reports=visit.ticked("reject_reports"),
        reason=visit.text("reason"),
        private_reason=visit.text("private"),
        obfuscate=visit.ticked("obfuscate"),
    )
    try:
        made = await visit.store.write(actions.block_domain, visit.here, visit.me.actor, wanted)
    except (Invalid, Conflict) as error:
        return await _page(visit, status=error.status, errors={"domain": error.public})
    said = visit.say("C’est noté pour le site %(domain)s.", domain=made.domain)
    return visit.go("/desk/blocks", said)


async def lift(visit: Visit) -> web.Response:
    """GET /desk/blocks/lift: ``domain``."""
    name = visit.query("domain")[:300]
    if await visit.store.read(moderation.domain_block, name) is None:
        raise NotFound("Ce site n’est pas bloqué.")
    return visit.page("desk/lift.html", name=name)


async def lifted(visit: Visit) -> web.Response:
    """POST /desk/blocks/lift: ``domain``."""
    name = visit.text("domain")
    await visit.store.write(actions.unblock_domain, visit.here, visit.me.actor, name)
    said = visit.say("Le site %(domain)s est débloqué.", domain=name)
    return visit.go("/desk/blocks", said)


async def find(visit: Visit) -> web.Response:
    """POST /desk/blocks/person: ``who``, somebody elsewhere who is known here."""
    found = await visit.store.read(finding.by_handle, visit.here, visit.text("who"))
    if found is None:
        return await _page(visit, status=422, errors={"who": UNKNOWN})
    return visit.go(path_of(visit, found))


async def export(visit: Visit) -> web.Response:
    """GET /desk/blocks/export: the whole list, as other sites take it in."""
    found = await visit.store.read(moderation.domain_block_list)
    return web.Response(
        body=write_csv(found).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="domain_blocks.csv"',
            "Cache-Control": "private, no-store",
        },
    )


async def looked_at(visit: Visit) -> web.Response:
    """POST /desk/blocks/import: a ``file``, or the list as ``csv``. Nothing changes yet: what
    would is shown."""
    sent = visit.form.get("file")
    given = sent.file.read() if isinstance(sent, FileField) and sent.filename else b""
    source = sent.filename if isinstance(sent, FileField) and given else ""
    content = given or visit.text("csv").encode()
    if not content.strip():
        return await _page(visit, status=422, errors={"csv": WHICH})
    try:
        reading = read_csv(content)
    except Invalid as error:
        return await _page(visit, status=422, errors={"csv": error.public})
    planned = await visit.store.read(actions.plan_list, visit.here, reading.blocks)
    if not planned.changes and not reading.wrong and not reading.skipped:
        return await _page(visit, status=422, errors={"csv": NOTHING_NEW})
    return _planned(visit, reading, planned, source or visit.say("une liste collée"))


async def taken_in(visit: Visit) -> web.Response:
    """POST /desk/blocks/import/take: ``csv``, as it was looked at, and ``source``."""
    reading = read_csv(visit.text("csv"))
    plan = await visit.store.write(
        actions.import_list,
        visit.here,
        visit.me.actor,
        reading.blocks,
        visit.text("source")[:200],
    )
    said = visit.count("%(n)s site est pris.", "%(n)s sites sont pris.", len(plan.changes))
    return visit.go("/desk/blocks", said)


def _planned(visit: Visit, reading: Reading, planned: Plan, source: str) -> web.Response:
    return visit.page(
        "desk/import.html",
        csv=write_csv(planned.changes),
        source=source[:200],
        added=[(one.domain, visit.say(SHORT[one.severity])) for one in planned.added[:NAMED]],
        hardened=[(one.domain, visit.say(SHORT[one.severity])) for one in planned.hardened[:NAMED]],
        many=len(planned.changes),
        left_out=max(0, len(planned.added) - NAMED) + max(0, len(planned.hardened) - NAMED),
        kept=len(planned.kept),
        wrong=[*reading.wrong, *reading.skipped][:NAMED],
    )


async def _page(
    visit: Visit, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> web.Response:
    found = await visit.store.read(_found, visit.query("after")[:300] or None)
    typed = ("domain", "severity", "reason", "private", "who", "csv")
    ticks = ("reject_media", "reject_reports", "obfuscate")
    return visit.page(
        "desk/blocks.html",
        status=status,
        blocks=[(one, visit.say(SHORT[one.severity]), at) for one, at in found.blocks],
        more=found.more,
        people=[(one, path_of(visit, one), visit.say(said)) for one, said in found.people],
        severities=[(value, visit.say(said), visit.say(more)) for value, said, more in SEVERITIES],
        typed={name: visit.text(name) for name in typed},
        ticked={name: visit.ticked(name) for name in ticks},
        errors=errors or {},
    )


def _found(tx: Transaction, after: str | None) -> Found:
    rows = moderation.domain_block_page(tx, after=after, most=MOST + 1)
    ids = [(_elsewhere(tx, standing), said) for standing, said in STANDINGS]
    known = actors.by_ids(tx, {number for some, _ in ids for number in some})
    people = [(known[number], said) for some, said in ids for number in some if number in known]
    more = f"/desk/blocks?after={rows[MOST - 1][0].domain}" if len(rows) > MOST else ""
    return Found(rows[:MOST], more, people)


def _elsewhere(tx: Transaction, standing: Standing) -> list[int]:
    wanted = Wanted(local=False, standing=standing)
    return people_pages.page(tx, wanted, below=None, above=None, upward=False, most=PEOPLE)


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/blocks", blocks, who="mediator"),
    act("/desk/blocks", block, who="mediator"),
    show("/desk/blocks/lift", lift, who="mediator"),
    act("/desk/blocks/lift", lifted, who="mediator"),
    act("/desk/blocks/person", find, who="mediator"),
    show("/desk/blocks/export", export, who="mediator"),
    act("/desk/blocks/import", looked_at, who="mediator", body_bytes=BODY),
    act("/desk/blocks/import/take", taken_in, who="mediator", body_bytes=BODY),
)
