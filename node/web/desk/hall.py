"""The desk's first page: what waits, and the rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.aid.agreements import State as Agreed
from node.aid.referrals import Direction
from node.aid.referrals import State as Handed
from node.store import agreements, drafts, held, join_requests, on_behalf, referrals, reports
from node.store.transaction import Transaction
from node.web.desk.behalf import SOON_S
from node.web.site.visit import Page, Visit, show

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each wait, counted up to `MOST`."""

    review: int
    held: int
    requests: int
    reports: int
    conflicts: int
    referrals: int
    ending: int


def waiting(tx: Transaction, now: float) -> Waiting:
    asked = referrals.listed(tx, direction=Direction.FROM, state=Handed.HANDED_OVER, most=MOST)
    return Waiting(
        review=drafts.count_in_review(tx),
        held=sum(held.waiting(tx, now=now).values()),
        requests=len(join_requests.listed(tx, before=None, most=MOST)),
        reports=reports.open_count(tx),
        conflicts=len(agreements.at_home(tx, states=[Agreed.DISPUTED], most=MOST)),
        referrals=len(asked),
        ending=len(on_behalf.ending(tx, before=now + SOON_S, most=MOST)),
    )


async def hall(visit: Visit) -> web.Response:
    """GET /desk."""
    found = await visit.store.read(waiting, visit.now)
    count = visit.count
    rooms = [
        (
            "/desk/review",
            count("%(n)s annonce à relire", "%(n)s annonces à relire", found.review),
            found.review,
        ),
        (
            "/desk/review#held",
            count(
                "%(n)s annonce d’un voisin à regarder",
                "%(n)s annonces de voisins à regarder",
                found.held,
            ),
            found.held,
        ),
        (
            "/desk/requests",
            count(
                "%(n)s personne veut devenir membre",
                "%(n)s personnes veulent devenir membres",
                found.requests,
            ),
            found.requests,
        ),
        (
            "/desk/reports",
            count("%(n)s signalement", "%(n)s signalements", found.reports),
            found.reports,
        ),
        (
            "/desk/conflicts",
            count("%(n)s désaccord à régler", "%(n)s désaccords à régler", found.conflicts),
            found.conflicts,
        ),
        (
            "/desk/referrals",
            count(
                "%(n)s demande qu’un voisin nous confie",
                "%(n)s demandes que des voisins nous confient",
                found.referrals,
            ),
            found.referrals,
        ),
        (
            "/desk/behalf?show=ending",
            count(
                "%(n)s annonce écrite pour quelqu’un d’autre se termine",
                "%(n)s annonces écrites pour quelqu’un d’autre se terminent",
                found.ending,
            ),
            found.ending,
        ),
    ]
    return visit.page("desk/hall.html", waiting=[(path, said) for path, said, n in rooms if n])


PAGES: Final[tuple[Page, ...]] = (show("/desk", hall, who="mediator"),)
