"""Blocked servers, reports, and offers that wait for a person."""

from __future__ import annotations

import sqlalchemy as sa

from node.ids import new_id
from node.moderation.policy import DomainBlock
from node.store.tables import domain_blocks, offers, reports
from node.store.transaction import Transaction
from node.store.upsert import insert_new, insert_or_update

BELL = "policy"


def block_domain(
    tx: Transaction, *, domain: str, severity: str, reason: str = "", now: float
) -> None:
    insert_or_update(
        tx,
        domain_blocks,
        {"domain": domain, "severity": severity, "reason": reason, "created_at": now},
        key=("domain",),
    )
    tx.ring(BELL)


def unblock_domain(tx: Transaction, domain: str) -> bool:
    tx.ring(BELL)
    return tx.execute(sa.delete(domain_blocks).where(domain_blocks.c.domain == domain)).rowcount > 0


def domain_block_list(tx: Transaction) -> list[DomainBlock]:
    rows = tx.all(sa.select(domain_blocks.c.domain, domain_blocks.c.severity))
    return [DomainBlock(row.domain, row.severity) for row in rows]


def add_report(
    tx: Transaction,
    *,
    activity_uri: str | None,
    reporter_id: int,
    target_id: int | None,
    objects: list[str],
    content: str,
    now: float,
) -> bool:
    return insert_new(
        tx,
        reports,
        {
            "id": new_id(),
            "activity_uri": activity_uri,
            "reporter_id": reporter_id,
            "target_id": target_id,
            "objects": objects,
            "content": content,
            "state": "open",
            "created_at": now,
        },
    )


def open_report_count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).where(reports.c.state == "open")) or 0)


def add_offer(
    tx: Transaction,
    *,
    activity_uri: str,
    actor_id: int,
    object_uri: str | None,
    target_uri: str | None,
    document: str,
    now: float,
) -> bool:
    return insert_new(
        tx,
        offers,
        {
            "id": new_id(),
            "activity_uri": activity_uri,
            "actor_id": actor_id,
            "object_uri": object_uri,
            "target_uri": target_uri,
            "document": document,
            "state": "received",
            "created_at": now,
        },
    )


def withdraw_offer(tx: Transaction, *, activity_uri: str, actor_id: int) -> bool:
    return (
        tx.execute(
            sa.update(offers)
            .where(offers.c.activity_uri == activity_uri, offers.c.actor_id == actor_id)
            .values(state="withdrawn")
        ).rowcount
        > 0
    )
