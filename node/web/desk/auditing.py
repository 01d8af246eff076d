"""The log of what people with a role did: nobody changes it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from node.store import audit
from node.store.transaction import Transaction
from node.web.desk import audit_words
from node.web.desk.audit_words import Line
from node.web.site.visit import Page, Visit, as_number, show

MOST: Final = 60


async def log(visit: Visit) -> web.Response:
    """GET /desk/audit; ``target`` is a handle, ``max_id`` the one before the first."""
    target = visit.query("target")[:300]
    lines, last = await visit.store.read(_page, visit, target, as_number(visit.query("max_id")))
    more = {"target": target, "max_id": last} if target else {"max_id": last}
    return visit.page(
        "desk/audit.html",
        lines=lines,
        target=target,
        more=f"/desk/audit?{urlencode(more)}" if last else "",
    )


def _page(
    tx: Transaction, visit: Visit, target: str, before: int | None
) -> tuple[list[Line], int | None]:
    found = audit.listed(tx, before=before, target=target or None, most=MOST + 1)
    last = found[MOST - 1].id if len(found) > MOST else None
    return audit_words.lines(tx, visit, found[:MOST]), last


PAGES: Final[tuple[Page, ...]] = (show("/desk/audit", log, who="mediator"),)
