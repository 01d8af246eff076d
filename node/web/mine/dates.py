"""One's own dates, by day: what was agreed on, what is to be given back, where people meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from aiohttp import web

from node.actions import calendars as addresses
from node.aid.lifecycle import LIVE, State
from node.aid.proposals import DAY, Proposal
from node.moderation.rates import Rate
from node.store import calendars, proposals
from node.store.calendars import Appointment
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, show

ADDRESSES: Final = Rate("addresses of a calendar", 20, 3600.0)
PUBLISHED: Final = LIVE | {State.MATCHED}
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    at: float
    ends: float | None
    title: str
    with_whom: str
    link: str


@dataclass(frozen=True, slots=True)
class Found:
    agreed: Sequence[Appointment]
    own: Sequence[Proposal]
    has_address: bool


async def calendar(visit: Visit) -> web.Response:
    """GET /me/calendar."""
    return await _page(visit)


async def renewed(visit: Visit) -> web.Response:
    """POST /me/calendar: a new address. It is told here, once and in no other page: it would stay
    in the history of whatever telephone this is."""
    url = await visit.store.write(addresses.new_address, visit.here, visit.me.actor)
    return await _page(visit, url=url)


async def ended(visit: Visit) -> web.Response:
    """POST /me/calendar/end: no address opens it any more."""
    await visit.store.write(addresses.end_address, visit.me.actor)
    return visit.go("/me/calendar", notice=visit.say("L’adresse ne marche plus."))


async def _page(visit: Visit, *, url: str = "") -> web.Response:
    found = await visit.store.read(_found, visit.me.actor.id, visit.now)
    entries = sorted(_entries(visit, found), key=lambda one: (one.at, one.title))
    zone = visit.here.settings.node.time_zone
    days = [
        (day, list(some))
        for day, some in groupby(entries, lambda e: visit.language.date(e.at, zone))
    ]
    return visit.page(
        "mine/calendar.html",
        title=visit.say("Mon calendrier"),
        days=days,
        url=url,
        webcal=url.replace("https://", "webcal://").replace("http://", "webcal://"),
        has_address=found.has_address,
    )


def _found(tx: Transaction, me: int, now: float) -> Found:
    return Found(
        agreed=calendars.appointments(tx, me, after=now - DAY),
        own=proposals.of_author(tx, me, states=PUBLISHED, most=MOST),
        has_address=calendars.has_key(tx, me),
    )


def _entries(visit: Visit, found: Found) -> Iterator[Entry]:
    since = visit.now - DAY
    for row in found.agreed:
        if row.cancelled:
            continue
        loan, link = row.mode == "loan", f"/me/agreements/{row.id}"
        who = visit.say("avec %(who)s", who=row.other)
        starts = row.starts if row.starts is not None or loan else row.due
        if starts is not None and max(starts, row.ends or 0.0) > since:
            yield Entry(starts, row.ends, row.title, who, link)
        back = row.due if loan and row.state in ("accepted", "handed-over") else None
        if back is not None and back > since:
            yield Entry(back, None, visit.say("À rendre : %(title)s", title=row.title), who, link)
    for one in found.own:
        starts = one.starts_at
        if starts is None or max(starts, one.ends_at or 0.0) <= since:
            continue
        if one.gathering:
            yield Entry(starts, one.ends_at, one.title, visit.say("rencontre"), f"/edit/{one.id}")
        elif one.state is State.OPEN:
            waits = visit.say("personne n’a encore répondu")
            yield Entry(starts, one.ends_at, one.title, waits, f"/edit/{one.id}")


PAGES: Final[tuple[Page, ...]] = (
    show("/me/calendar", calendar, who="member"),
    act("/me/calendar", renewed, who="member", rate=ADDRESSES),
    act("/me/calendar/end", ended, who="member"),
)
