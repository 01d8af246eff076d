"""The Notification entity: of everything that apps are told, and of what of help stands for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from node.mastodon.entities.account import accounts
from node.mastodon.entities.report import report
from node.mastodon.entities.status import render
from node.mastodon.entities.times import moment
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.told import standard
from node.store import objects, reports
from node.store.notifications import Notification
from node.store.transaction import Transaction


def notifications(
    tx: Transaction, here: Here, me: Actor, found: Sequence[Notification]
) -> list[dict[str, Any]]:
    """All of a page, in a constant number of queries. What lost its status since is left out."""
    people = accounts(tx, here, {_cause(here, one) for one in found})
    statuses = shown(tx, here, me, {one.object_id for one in found if one.object_id})
    reported = reports_of(tx, here, found)
    made = []
    for one in found:
        account = people.get(_cause(here, one))
        status = statuses.get(one.object_id) if one.object_id else None
        if account is None or (one.object_id and status is None):
            continue
        entity: dict[str, Any] = {
            "id": str(one.id),
            "type": standard(one.kind),
            "created_at": moment(one.created_at),
            "group_key": one.group_key or f"ungrouped-{one.id}",
            "account": account,
        }
        if status is not None:
            entity["status"] = status
        if one.id in reported:
            entity["report"] = reported[one.id]
        made.append(entity)
    return made


def reports_of(
    tx: Transaction, here: Here, found: Sequence[Notification]
) -> dict[int, dict[str, Any]]:
    """By notification, of those that are about one; they come to mediators only."""
    about = {one.id: int(one.data["report"]) for one in found if one.data.get("report")}
    stored = reports.by_ids(tx, set(about.values()))
    return {
        identifier: report(tx, here, stored[number])
        for identifier, number in about.items()
        if number in stored
    }


def _cause(here: Here, one: Notification) -> int:
    """What nobody in particular caused is told by the quartier."""
    return one.actor_id or here.quartier.id


def shown(
    tx: Transaction, here: Here, me: Actor, ids: Collection[int]
) -> dict[int, dict[str, Any]]:
    """Statuses by their ids."""
    statuses = list(objects.by_ids(tx, ids).values())
    made = render(tx, here, me, statuses) if statuses else []
    return {int(one["id"]): one for one in made}
