"""The quartier's page: who we are, what is asked and offered here now, what the neighbours ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions.house import texts_of
from node.actions.looking import page_of
from node.actions.outlines import Quartier, names_of, quartiers
from node.activitypub.negotiation import negotiate
from node.outbox.here import Here
from node.store import accounts
from node.store.proposal_details import Entry, Reader
from node.store.proposal_filters import Cursor, Wanted
from node.store.transaction import Transaction
from node.web.cards import Card, card_of, reader_of
from node.web.looking import Looked, chips, choices, looked, near_of, wanted_of
from node.web.plan import plan_of
from node.web.quartier.opening import may_look
from node.web.site.visit import Page, Visit, as_number, show, to_document

HERE: Final = 10
BESIDE: Final = 6
"""Announcements of ours and of the neighbours on the first page."""
PAGE: Final = 20
"""…and on one that shows only one of the two."""
SAID_MAX: Final = 300
"""Characters of what the association says of itself; all of it stands at /about."""
SIDES: Final = ("here", "beside")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for on one side, and how much of it."""

    here: Wanted | None
    beside: Wanted | None


@dataclass(frozen=True, slots=True)
class Side:
    found: list[Entry]
    after: Cursor | None


NOTHING: Final = Side([], None)


@dataclass(frozen=True, slots=True)
class Whole:
    quartiers: list[Quartier]
    said: str
    """What the association says of itself."""
    people: int
    urgent: int
    """What is urgent here, counted for whom nothing more is shown."""
    here: Side
    beside: Side


async def front(visit: Visit) -> web.Response:
    """GET /: fields of `Looked`, and ``side`` and ``after`` of a page that goes on."""
    if negotiate(visit.request.headers.get("Accept"), default="html") == "activity":
        return to_document(visit.here.quartier.uri)
    what, side = looked(visit), visit.query("side")
    side = side if side in SIDES else ""
    open_ = may_look(visit)
    asked = _asked(visit, what, side) if open_ else Asked(None, None)
    urgent = None if open_ else Wanted(now=visit.now, local=True, urgencies=("critical", "high"))
    whole = await visit.store.read(_whole, visit.here, asked, urgent, reader_of(visit.person))
    node, names = visit.here.settings.node, names_of(whole.quartiers)
    middle = (node.latitude, node.longitude)
    plan = await asyncio.to_thread(plan_of, whole.quartiers, [], middle)
    going_on = bool(visit.query("after"))
    return visit.page(
        "quartier/front.html",
        open=open_,
        whole=whole,
        neighbours=len(whole.quartiers) - 1,
        plan=plan,
        what=what,
        side=side,
        first=not (side or what.any),
        going_on=going_on,
        chips=chips(visit, what, "/"),
        offered=choices(visit),
        here=_cards(visit, what, whole.here, names),
        beside=_cards(visit, what, whole.beside, names),
        more_here=_more(what, "here", whole.here),
        more_beside=_more(what, "beside", whole.beside),
        everything=what.address("/"),
        charted=what.address("/map"),
        joining=node.joining,
    )


def _asked(visit: Visit, what: Looked, side: str) -> Asked:
    number = as_number(visit.query("after")) if side else None
    after = None if number is None else Cursor(number)

    def of(one: str, most: int, *, local: bool) -> Wanted | None:
        if side not in ("", one):
            return None
        return wanted_of(visit, what, local=local, most=PAGE if side else most, after=after)

    return Asked(of("here", HERE, local=True), of("beside", BESIDE, local=False))


def _whole(
    tx: Transaction, here: Here, asked: Asked, urgent: Wanted | None, reader: Reader
) -> Whole:
    """As many queries however much is stored."""
    return Whole(
        quartiers=quartiers(tx, here),
        said=_beginning(texts_of(tx, here).description),
        people=accounts.count(tx),
        urgent=0 if urgent is None else len(page_of(tx, urgent, reader)[0]),
        here=_side(tx, asked.here, reader),
        beside=_side(tx, asked.beside, reader),
    )


def _beginning(text: str) -> str:
    """A sentence or two: the first paragraph, as far as one reads it at a glance."""
    first = " ".join(text.strip().partition("\n\n")[0].split())
    if len(first) <= SAID_MAX:
        return first
    cut = first[:SAID_MAX]
    end = max(cut.rfind(f"{mark} ") for mark in ".!?…")
    return cut[: end + 1] if end > 0 else f"{cut.rpartition(' ')[0]}…"


def _side(tx: Transaction, wanted: Wanted | None, reader: Reader) -> Side:
    return NOTHING if wanted is None else Side(*page_of(tx, wanted, reader))


def _cards(visit: Visit, what: Looked, side: Side, names: Mapping[str, str]) -> list[Card]:
    near = near_of(visit, what)
    return [card_of(visit, one, near=near, names=names) for one in side.found]


def _more(what: Looked, side: str, found: Side) -> str:
    """Where the rest is; "" where there is none."""
    return what.address("/", side=side, after=found.after.id) if found.after is not None else ""


PAGES: Final[tuple[Page, ...]] = (show("/", front),)
