"""What mediators read: Admin::Account, Admin::Report, Admin::DomainBlock."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from node.mastodon.entities.account import accounts as public
from node.mastodon.entities.account import missing_pictures, role_entity
from node.mastodon.entities.report import category
from node.mastodon.entities.status import render
from node.mastodon.entities.times import maybe, moment
from node.moderation.policy import DomainBlock
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts as accounts_store
from node.store import actors, objects, reports, silences
from node.store.join_requests import JoinRequest
from node.store.reports import Report
from node.store.transaction import Transaction


def accounts(tx: Transaction, here: Here, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """By id; in a constant number of queries. No addresses of machines are kept."""
    found = {one.id: one for one in actors.by_ids(tx, set(ids)).values() if not one.gone}
    shown = public(tx, here, list(found))
    kept = accounts_store.by_actors(tx, list(found))
    silenced = silences.among(tx, list(found))
    told: dict[int, dict[str, Any]] = {}
    for one in found.values():
        account = kept.get(one.id)
        told[one.id] = {
            "id": str(one.id),
            "username": one.username,
            "domain": None if one.local else one.domain,
            "created_at": moment(account.created_at if account else one.created_at),
            "email": account.email if account else "",
            "ip": None,
            "ips": [],
            "locale": account.locale if account else "",
            "invite_request": None,
            "role": role_entity(account.role if account else "member"),
            "confirmed": account is not None and account.confirmed_at is not None,
            "approved": True,
            "disabled": False,
            "sensitized": False,
            "silenced": one.id in silenced,
            "suspended": one.suspended,
            "account": shown[one.id],
        }
        if account is not None and account.invited_by is not None:
            told[one.id]["invited_by_account_id"] = str(account.invited_by)
    return told


def waiting(here: Here, one: JoinRequest) -> dict[str, Any]:
    """Who asked to join: nobody yet."""
    uri = here.addresses.user(one.username)
    nothing: list[Any] = []
    return {
        "id": str(one.id),
        "username": one.username,
        "domain": None,
        "created_at": moment(one.created_at),
        "email": one.email,
        "ip": None,
        "ips": [],
        "locale": one.locale,
        "invite_request": one.text,
        "role": role_entity("member"),
        "confirmed": False,
        "approved": False,
        "disabled": False,
        "sensitized": False,
        "silenced": False,
        "suspended": False,
        "account": {
            "id": str(one.id),
            "username": one.username,
            "acct": one.username,
            "url": here.addresses.profile(one.username),
            "uri": uri,
            "display_name": one.name or one.username,
            "note": "",
            **missing_pictures(here),
            "locked": False,
            "fields": nothing,
            "emojis": nothing,
            "bot": False,
            "group": False,
            "discoverable": False,
            "indexable": False,
            "noindex": True,
            "created_at": moment(one.created_at),
            "last_status_at": None,
            "statuses_count": 0,
            "followers_count": 0,
            "following_count": 0,
            "hide_collections": None,
            "roles": nothing,
        },
    }


def reports_of(
    tx: Transaction, here: Here, me: Actor, found: Sequence[Report]
) -> list[dict[str, Any]]:
    people = accounts(
        tx,
        here,
        {
            identifier
            for one in found
            for identifier in (one.reporter_id, one.target_id, one.settled_by, one.assigned_to)
            if identifier is not None
        },
    )
    known = objects.ids_of(tx, list({uri for one in found for uri in one.objects}))
    rows = list(objects.by_ids(tx, known.values()).values())
    shown = dict(zip((row.id for row in rows), render(tx, here, me, rows), strict=True))
    statuses = {uri: shown[known[uri]] for uri in known if known[uri] in shown}
    return [_report(one, people, statuses) for one in found]


def _report(
    one: Report, people: dict[int, dict[str, Any]], statuses: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "action_taken": one.state == reports.SETTLED,
        "action_taken_at": maybe(one.settled_at),
        "category": category(one),
        "comment": one.content,
        "forwarded": one.forwarded,
        "created_at": moment(one.created_at),
        "updated_at": moment(one.settled_at or one.created_at),
        "account": people.get(one.reporter_id),
        "target_account": people.get(one.target_id or 0),
        "assigned_account": people.get(one.assigned_to or 0),
        "action_taken_by_account": people.get(one.settled_by or 0),
        "statuses": [statuses[uri] for uri in one.objects if uri in statuses],
        "rules": [],
    }


def domain_block(block: DomainBlock, created_at: float) -> dict[str, Any]:
    """Its name is its id."""
    return {
        "id": block.domain,
        "domain": block.domain,
        "digest": hashlib.sha256(block.domain.encode()).hexdigest(),
        "created_at": moment(created_at),
        "severity": block.severity,
        "reject_media": block.reject_media,
        "reject_reports": block.reject_reports,
        "private_comment": block.private_reason or None,
        "public_comment": block.reason or None,
        "obfuscate": block.obfuscate,
    }
