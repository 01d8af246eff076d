"""Blocked servers and suspended actors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from node.aid.lifecycle import CLOSED
from node.moderation.policy import Blocklist, DomainBlock, names_covering
from node.store import calls, follows, pushes
from node.store.actors import ActorWritten
from node.store.tables import (
    actors,
    domain_blocks,
    invitations,
    objects,
    proposals,
    tokens,
)
from node.store.transaction import Row, Transaction
from node.store.upsert import insert_or_update

BELL = "policy"
NAMES_MOST = 1_000  # in one question; more than that are looked up in the whole list


def block_domain(
    tx: Transaction,
    *,
    domain: str,
    severity: str,
    reject_media: bool = False,
    reject_reports: bool = False,
    reason: str = "",
    private_reason: str = "",
    obfuscate: bool = False,
    now: float,
) -> None:
    """Block a server, or change how; the caller has checked the domain and the severity."""
    insert_or_update(
        tx,
        domain_blocks,
        {
            "domain": domain,
            "severity": severity,
            "reject_media": reject_media,
            "reject_reports": reject_reports,
            "reason": reason,
            "private_reason": private_reason,
            "obfuscate": obfuscate,
            "created_at": now,
        },
        key=("domain",),
    )
    tx.ring(BELL)


def unblock_domain(tx: Transaction, domain: str) -> bool:
    tx.ring(BELL)
    return tx.execute(sa.delete(domain_blocks).where(domain_blocks.c.domain == domain)).rowcount > 0


_BLOCKS = sa.select(
    domain_blocks.c.domain,
    domain_blocks.c.severity,
    domain_blocks.c.reject_media,
    domain_blocks.c.reject_reports,
    domain_blocks.c.reason,
    domain_blocks.c.private_reason,
    domain_blocks.c.obfuscate,
)


def domain_block_list(tx: Transaction) -> list[DomainBlock]:
    return [_block(row) for row in tx.all(_BLOCKS)]


def blocks_covering(tx: Transaction, hosts: Iterable[str]) -> Blocklist:
    """The blocks that matter for these hosts (HOST[:PORT]): the whole list may be long."""
    names = {name for host in hosts for name in names_covering(host)}
    if len(names) > NAMES_MOST:
        return Blocklist(domain_block_list(tx))
    if not names:
        return Blocklist()
    rows = tx.all(_BLOCKS.where(domain_blocks.c.domain.in_(sorted(names))))
    return Blocklist(_block(row) for row in rows)


def domain_block(tx: Transaction, domain: str) -> DomainBlock | None:
    row = tx.first(_BLOCKS.where(domain_blocks.c.domain == domain))
    return None if row is None else _block(row)


def dated_domain_block(tx: Transaction, domain: str) -> tuple[DomainBlock, float] | None:
    """With when it was decided."""
    row = tx.first(
        _BLOCKS.add_columns(domain_blocks.c.created_at).where(domain_blocks.c.domain == domain)
    )
    return None if row is None else (_block(row), row.created_at)


def domain_block_page(
    tx: Transaction, *, after: str | None, most: int
) -> list[tuple[DomainBlock, float]]:
    """By name, with when each was decided."""
    statement = (
        _BLOCKS.add_columns(domain_blocks.c.created_at).order_by(domain_blocks.c.domain).limit(most)
    )
    if after is not None:
        statement = statement.where(domain_blocks.c.domain > after)
    return [(_block(row), row.created_at) for row in tx.all(statement)]


def _block(row: Row) -> DomainBlock:
    return DomainBlock(
        row.domain,
        row.severity,
        reject_media=bool(row.reject_media),
        reject_reports=bool(row.reject_reports),
        reason=row.reason,
        private_reason=row.private_reason,
        obfuscate=bool(row.obfuscate),
    )


# ── who lives there ──────────────────────────────────────────────────────────────────────────


def remote_domains(tx: Transaction) -> list[str]:
    """Every server of which an actor is known here."""
    rows = tx.all(sa.select(actors.c.domain).where(actors.c.local.is_(False)).distinct())
    return [row.domain for row in rows]


def end_follows_with(tx: Transaction, domains: Sequence[str]) -> None:
    """Nobody there follows anybody here any more, nor the other way round."""
    follows.remove_with(tx, domains)


def forget_pictures_of(tx: Transaction, domains: Sequence[str]) -> None:
    """Where the pictures of the people there are is known no more."""
    tx.execute(
        sa.update(actors)
        .where(actors.c.local.is_(False), actors.c.domain.in_(domains))
        .values(icon_url=None, header_url=None, emojis=[])
    )


def proposals_of(
    tx: Transaction,
    *,
    domains: Sequence[str] = (),
    author_id: int | None = None,
    shown: bool = True,
    most: int = 100_000,
) -> list[int]:
    """Object ids of what people elsewhere wrote and we show, or know and do not show."""
    theirs = actors.c.domain.in_(domains) if author_id is None else objects.c.author_id == author_id
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .join(objects, objects.c.id == proposals.c.object_id)
        .join(actors, actors.c.id == objects.c.author_id)
        .where(actors.c.local.is_(False), theirs, proposals.c.shown.is_(shown))
        .order_by(proposals.c.object_id)
        .limit(most)
    )
    return [row.object_id for row in rows]


def open_proposals_of(tx: Transaction, author_id: int) -> list[int]:
    """Object ids of what an author published and did not close for good, oldest first."""
    rows = tx.all(
        sa.select(proposals.c.object_id)
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(
            objects.c.author_id == author_id,
            proposals.c.state.not_in([state.value for state in CLOSED]),
        )
        .order_by(proposals.c.object_id)
    )
    return [row.object_id for row in rows]


def suspend(tx: Transaction, actor_id: int, *, at: float | None) -> None:
    """Suspended since then; None: no more."""
    tx.execute(sa.update(actors).where(actors.c.id == actor_id).values(suspended_at=at))
    tx.tell(ActorWritten(actor_id))


def end_tokens(tx: Transaction, account_id: int, *, now: float) -> int:
    """Every token of an account ends, and with it what it keeps open. How many."""
    calls.tokens_ended(tx, account_id)
    pushes.remove_of(tx, account_id)
    return tx.execute(
        sa.update(tokens)
        .where(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    ).rowcount


def end_invitations(tx: Transaction, inviter_id: int, *, now: float) -> None:
    tx.execute(
        sa.update(invitations)
        .where(invitations.c.inviter_id == inviter_id, invitations.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
