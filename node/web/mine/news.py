"""What one was told, in sentences; each leads to what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from node.actions import notices
from node.actions.mailing import all_news_of
from node.outbox.here import Here
from node.social.letters import News, sentence
from node.social.notifications import Kind
from node.store import notifications
from node.store.notifications import Notification
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, as_number, local, show

PAGE: Final = 30
_PLACES: Final[Mapping[str, str]] = {
    Kind.PROPOSAL_EXPIRING: "/edit/{object}",
    Kind.PROPOSAL_EXPIRED: "/edit/{object}",
    Kind.PROPOSAL_ASKS: "/edit/{object}",
    Kind.PROPOSAL_REOPENED: "/edit/{object}",
    Kind.PROPOSAL_RETURNED: "/write/{draft}/words",
    Kind.PROPOSAL_REMOVED: "/me/announcements",
    Kind.SERIES_PAUSED: "/me#own",
    Kind.REFERRAL_ASKED: "/me",
    Kind.SUGGESTION: "/me#suggestions",
    Kind.MESSAGE: "/me/messages",
    Kind.VOUCHED: "/me/profile",
    Kind.REPORT_SETTLED: "/me/news",
    Kind.JOIN_REQUEST: "/desk/requests",
    Kind.REVIEW_WAITING: "/desk/review",
    Kind.REPORT: "/desk/reports",
    Kind.DISPUTE: "/desk/conflicts",
    Kind.NEIGHBOUR_ASKED: "/desk/neighbours",
    Kind.INTRODUCTION: "/desk/neighbours",
    Kind.REFERRAL_RECEIVED: "/desk/referrals",
}
"""Kind → where one sees what it is about, where that is not an agreement or an announcement."""


@dataclass(frozen=True, slots=True)
class Item:
    id: int
    text: str
    note: str
    """What a mediator wrote."""
    at: float
    unread: bool
    link: str


async def listed(visit: Visit) -> web.Response:
    """GET /me/news."""
    before = as_number(visit.query("max_id"))
    found, told = await visit.store.read(
        told_to, visit.here, visit.me.actor.id, before=before, most=PAGE + 1
    )
    items = [item_of(visit, one, news) for one, news in zip(found, told, strict=True)]
    return visit.page(
        "mine/news.html",
        title=visit.say("Mes nouvelles"),
        items=items[:PAGE],
        newest=items[0].id if items else 0,
        unread=any(item.unread for item in items),
        more=f"/me/news?max_id={items[PAGE - 1].id}" if len(items) > PAGE else "",
    )


async def followed(visit: Visit) -> web.Response:
    """GET /me/news/{id}: read, and on to what it is about."""
    one = await visit.store.write(notices.mark_read, visit.here, visit.me.actor, visit.number())
    (told,) = await visit.store.read(all_news_of, visit.here, [one])
    return visit.go(_place(one, told))


async def read(visit: Visit) -> web.Response:
    """POST /me/news: all up to ``upto`` are read."""
    await visit.store.write(
        notices.mark_all_read, visit.here, visit.me.actor, upto=as_number(visit.text("upto"))
    )
    return visit.go("/me/news", notice=visit.say("Tout est lu."))


def told_to(
    tx: Transaction,
    here: Here,
    account_id: int,
    *,
    unread: bool = False,
    before: int | None = None,
    most: int,
) -> tuple[list[Notification], Sequence[News]]:
    """The newest, and what can be said of each: in three queries."""
    found = notifications.listed(tx, account_id, unread=unread, before=before, most=most)
    return found, all_news_of(tx, here, found)


def item_of(visit: Visit, one: Notification, told: News) -> Item:
    return Item(
        id=one.id,
        text=sentence(visit.language.code, told),
        note=one.data.get("reason", ""),
        at=one.created_at,
        unread=one.read_at is None,
        link=f"/me/news/{one.id}",
    )


def _place(one: Notification, told: News) -> str:
    if one.agreement_id is not None and one.kind != Kind.DISPUTE:
        return f"/me/agreements/{one.agreement_id}"
    place = _PLACES.get(one.kind)
    if place is not None and ("{object}" not in place or one.object_id):
        return place.format(object=one.object_id, draft=one.data.get("draft", ""))
    parts = urlsplit(told.link)
    return local(parts.path or "/me/news")


PAGES: Final[tuple[Page, ...]] = (
    show("/me/news", listed, who="member"),
    show("/me/news/{id}", followed, who="member"),
    act("/me/news", read, who="member"),
)
