"""The Tag and FeaturedTag entities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import featured_tags
from node.store import tags as store
from node.store.featured_tags import FeaturedTag
from node.store.tags import DAY_S, Usage
from node.store.transaction import Transaction

DAYS: Final = 7


def tags(
    tx: Transaction, here: Here, slugs: Sequence[str], me: Actor | None
) -> list[dict[str, Any]]:
    """In the order of the names; in a constant number of queries."""
    now = here.clock.now()
    used = store.usage(tx, set(slugs), now=now, days=DAYS)
    followed = store.followed_among(tx, me.id, set(slugs)) if me is not None else set()
    shown = {one.slug for one in featured_tags.of(tx, me.id)} if me is not None else set()
    made = []
    for slug in slugs:
        entity: dict[str, Any] = {
            "id": slug,
            "name": slug,
            "url": here.addresses.tag(slug),
            "history": _history(used.get(slug, []), int(now) // DAY_S),
        }
        if me is not None:
            entity |= {"following": slug in followed, "featuring": slug in shown}
        made.append(entity)
    return made


def _history(used: Sequence[Usage], today: int) -> list[dict[str, str]]:
    """The newest day first, and those when nobody used it."""
    by_day = {one.day: one for one in used}
    return [
        {
            "day": str(day * DAY_S),
            "accounts": str(by_day[day].people if day in by_day else 0),
            "uses": str(by_day[day].uses if day in by_day else 0),
        }
        for day in range(today, today - DAYS, -1)
    ]


def featured(
    tx: Transaction, here: Here, whose: Actor, shown: Sequence[FeaturedTag]
) -> list[dict[str, Any]]:
    used = store.of_author(tx, whose.id, [one.slug for one in shown])
    made = []
    for one in shown:
        own = used.get(one.slug)
        last = own.last_at if own is not None else None
        made.append(
            {
                "id": str(one.id),
                "name": one.name,
                "url": here.addresses.tag(one.slug),
                "statuses_count": str(own.statuses if own is not None else 0),
                "last_status_at": None
                if last is None
                else f"{datetime.fromtimestamp(last, UTC):%Y-%m-%d}",
            }
        )
    return made
