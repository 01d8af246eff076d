"""The Report entity."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities import account as accounts
from node.mastodon.entities.times import maybe, moment
from node.moderation.reports import Category
from node.outbox.here import Here
from node.store import objects, reports
from node.store.reports import Report
from node.store.transaction import Transaction

STANDARD = {Category.SPAM, Category.LEGAL, Category.VIOLATION, Category.OTHER}


def category(one: Report) -> str:
    """In the words that apps know."""
    return one.category if one.category in STANDARD else Category.OTHER.value


def report(tx: Transaction, here: Here, one: Report) -> dict[str, Any]:
    """As who reported sees it: whether it was looked at, and no more."""
    target = accounts.accounts(tx, here, [one.target_id]) if one.target_id is not None else {}
    statuses = objects.ids_of(tx, one.objects)
    return {
        "id": str(one.id),
        "action_taken": one.state == reports.SETTLED,
        "action_taken_at": maybe(one.settled_at),
        "category": category(one),
        "comment": one.content,
        "forwarded": one.forwarded,
        "created_at": moment(one.created_at),
        "status_ids": [str(statuses[uri]) for uri in one.objects if uri in statuses],
        "rule_ids": None,
        "target_account": target.get(one.target_id or 0),
    }
