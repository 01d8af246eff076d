"""Who is a member here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from node.aid.proposals import DAY
from node.social.accounts import Actor
from node.store import accounts, actors, people_pages, silences
from node.store.accounts import Account
from node.store.people_pages import Standing, Wanted
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, as_number, show

MOST: Final = 40
ROLES: Final = {
    "member": later("membre"),
    "mediator": later("médiation"),
    "admin": later("administration"),
}
SHOWN: Final = (
    ("", later("Tout le monde")),
    ("new", later("Qui vient d’arriver")),
    ("roles", later("Qui a un rôle")),
    ("silenced", later("En sourdine")),
    ("suspended", later("Suspendus")),
)
STANDINGS: Final[dict[str, Standing]] = {"silenced": "silenced", "suspended": "suspended"}


@dataclass(frozen=True, slots=True)
class Member:
    actor: Actor
    account: Account
    silenced: bool


async def people(visit: Visit) -> web.Response:
    """GET /desk/people: ``q`` a part of a name, ``show`` who."""
    shown, name = visit.query("show"), visit.query("q").strip()[:100]
    wanted = Wanted(
        local=True,
        standing=STANDINGS.get(shown),
        roles=("mediator", "admin") if shown == "roles" else tuple(ROLES),
        called=name or None,
        since=visit.now - visit.here.settings.node.newcomer_days * DAY if shown == "new" else None,
    )
    found = await visit.store.read(_page_of, wanted, as_number(visit.query("max_id")))
    more = ""
    if len(found) > MOST:
        asked = {"q": name, "show": shown, "max_id": found[MOST - 1].actor.id}
        more = "/desk/people?" + urlencode({key: value for key, value in asked.items() if value})
    return visit.page(
        "desk/people.html",
        people=[(one, visit.say(ROLES[one.account.role])) for one in found[:MOST]],
        more=more,
        name=name,
        shown=[(value, visit.say(said)) for value, said in SHOWN],
        wanted=shown,
    )


def _page_of(tx: Transaction, wanted: Wanted, before: int | None) -> list[Member]:
    ids = people_pages.page(tx, wanted, below=before, above=None, upward=False, most=MOST + 1)
    known = actors.by_ids(tx, set(ids))
    owned = accounts.by_actors(tx, ids)
    quiet = silences.among(tx, ids)
    return [
        Member(known[number], owned[number], number in quiet)
        for number in ids
        if number in known and number in owned
    ]


PAGES: Final[tuple[Page, ...]] = (show("/desk/people", people, who="mediator"),)
