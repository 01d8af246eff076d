"""All that hangs on one person, over every table: to be handed to them, and to be deleted.

Both are here, beside each other, so that a new table is thought of in both: a test compares the
tables that point at a person with the ones named below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from node.store import personal_reading
from node.store.tables import (
    accounts,
    actors,
    agreement_events,
    agreements,
    blocks,
    dialogues,
    drafts,
    follows,
    invitations,
    journal,
    mediator_notes,
    notifications,
    objects,
    on_behalf,
    outbox,
    pictures,
    pins,
    proposals,
    reactions,
    recipients,
    reports,
    reveals,
    series,
    shares,
    silences,
    tokens,
    vouches,
)
from node.store.transaction import Transaction

# ── to be handed to them ─────────────────────────────────────────────────────────────────────

_OTHER = actors.alias("other")


def _mine(actor_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(agreements.c.author_id == actor_id, agreements.c.answerer_id == actor_id)


def _without(table: sa.Table, *left_out: str) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name not in left_out]


def export(tx: Transaction, actor_id: int) -> dict[str, list[dict[str, Any]]]:
    """Rows by what they are. No secret is in it: no hash, no key, no code."""
    own = sa.select(agreements.c.id).where(_mine(actor_id))
    handle = (_OTHER.c.username + "@" + _OTHER.c.domain).label("handle")
    selects: dict[str, sa.Select[Any]] = {
        "account": sa.select(
            actors.c.uri,
            actors.c.username,
            actors.c.name,
            actors.c.summary,
            actors.c.kind,
            *_without(accounts, "password_hash", "unsubscribe_key", "calendar_hash"),
        )
        .join(accounts, accounts.c.actor_id == actors.c.id)
        .where(actors.c.id == actor_id),
        "statuses": sa.select(*_without(objects, "document", "local", "author_id")).where(
            objects.c.author_id == actor_id
        ),
        "addressed_to": sa.select(recipients)
        .join(objects, objects.c.id == recipients.c.object_id)
        .where(objects.c.author_id == actor_id),
        "proposals": sa.select(
            objects.c.uri, *_without(proposals, "create_activity", "update_activity", "shown")
        )
        .join(objects, objects.c.id == proposals.c.object_id)
        .where(objects.c.author_id == actor_id),
        "drafts": sa.select(drafts).where(drafts.c.author_id == actor_id),
        "series": sa.select(series).where(series.c.author_id == actor_id),
        "agreements": sa.select(agreements).where(_mine(actor_id)),
        "agreement_events": sa.select(agreement_events).where(
            agreement_events.c.agreement_id.in_(own)
        ),
        "reveals": sa.select(reveals).where(reveals.c.actor_id == actor_id),
        "on_behalf": sa.select(on_behalf).where(on_behalf.c.writer_id == actor_id),
        "notifications": sa.select(*_without(notifications, "account_id", "dedupe")).where(
            notifications.c.account_id == actor_id
        ),
        "follows": sa.select(handle, _OTHER.c.uri, follows.c.state, follows.c.created_at)
        .join(_OTHER, _OTHER.c.id == follows.c.target_id)
        .where(follows.c.follower_id == actor_id),
        "followers": sa.select(handle, _OTHER.c.uri, follows.c.state, follows.c.created_at)
        .join(_OTHER, _OTHER.c.id == follows.c.follower_id)
        .where(follows.c.target_id == actor_id),
        "blocks": sa.select(handle, _OTHER.c.uri, blocks.c.created_at)
        .join(_OTHER, _OTHER.c.id == blocks.c.target_id)
        .where(blocks.c.actor_id == actor_id),
        "vouched_for_by": sa.select(handle, vouches.c.created_at)
        .join(_OTHER, _OTHER.c.id == vouches.c.voucher_id)
        .where(vouches.c.account_id == actor_id),
        "vouches_for": sa.select(handle, vouches.c.created_at)
        .join(_OTHER, _OTHER.c.id == vouches.c.account_id)
        .where(vouches.c.voucher_id == actor_id),
        "invitations": sa.select(*_without(invitations, "hash", "inviter_id")).where(
            invitations.c.inviter_id == actor_id
        ),
        "reactions": sa.select(objects.c.uri, reactions.c.emoji)
        .join(objects, objects.c.id == reactions.c.object_id)
        .where(reactions.c.actor_id == actor_id),
        "shares": sa.select(objects.c.uri, shares.c.published)
        .join(objects, objects.c.id == shares.c.object_id)
        .where(shares.c.actor_id == actor_id),
        "pins": sa.select(objects.c.uri, pins.c.added_at)
        .join(objects, objects.c.id == pins.c.object_id)
        .where(pins.c.actor_id == actor_id),
        "reports": sa.select(
            reports.c.objects, reports.c.content, reports.c.category, reports.c.created_at
        ).where(reports.c.reporter_id == actor_id),
        "pictures": sa.select(*_without(pictures, "owner_id")).where(
            pictures.c.owner_id == actor_id
        ),
        "tokens": sa.select(tokens.c.scopes, tokens.c.created_at, tokens.c.revoked_at).where(
            tokens.c.account_id == actor_id
        ),
    }
    selects |= personal_reading.selects(actor_id)
    return {name: [dict(row._mapping) for row in tx.all(one)] for name, one in selects.items()}


# ── to be deleted ────────────────────────────────────────────────────────────────────────────

_IN_ONE: Final = 500  # parameters of one statement


def object_uris(tx: Transaction, actor_id: int) -> list[str]:
    return [
        row.uri for row in tx.all(sa.select(objects.c.uri).where(objects.c.author_id == actor_id))
    ]


def titles(tx: Transaction, actor_id: int) -> set[str]:
    """Of what the person published."""
    rows = tx.all(
        sa.select(objects.c.name).where(
            objects.c.author_id == actor_id, objects.c.name.is_not(None)
        )
    )
    return {row.name for row in rows}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An agreement that is not over, as one of its two sides sees it."""

    id: int
    proposal_id: int
    state: str
    other_id: int
    own_proposal: bool


def unfinished_agreements(tx: Transaction, actor_id: int) -> list[Unfinished]:
    rows = tx.all(
        sa.select(
            agreements.c.id,
            agreements.c.proposal_id,
            agreements.c.state,
            agreements.c.author_id,
            agreements.c.answerer_id,
        )
        .where(_mine(actor_id), agreements.c.ended_at.is_(None))
        .order_by(agreements.c.id)
    )
    return [
        Unfinished(
            id=row.id,
            proposal_id=row.proposal_id,
            state=row.state,
            other_id=row.answerer_id if row.author_id == actor_id else row.author_id,
            own_proposal=row.author_id == actor_id,
        )
        for row in rows
    ]


def forget_sent(tx: Transaction, actor_id: int, said: Sequence[str]) -> None:
    """What went out, sent or not: before the farewells are written, which make all of it moot.
    `said`: the IRIs of what the person wrote."""
    tx.execute(sa.delete(outbox).where(outbox.c.actor_id == actor_id))
    forget_activities(tx, said)


def forget(tx: Transaction, actor_id: int, uri: str) -> None:
    """Everything else of a person of ours but the account's and the actor's rows, which others
    know how to end."""
    for table, column in (
        (agreements, agreements.c.author_id),
        (agreements, agreements.c.answerer_id),
        (drafts, drafts.c.author_id),
        (series, series.c.author_id),
        (on_behalf, on_behalf.c.writer_id),
        (dialogues, dialogues.c.peer_id),
        (dialogues, dialogues.c.speaker_id),
        (reveals, reveals.c.actor_id),
        (silences, silences.c.actor_id),
    ):
        tx.execute(sa.delete(table).where(column == actor_id))
    tx.execute(
        sa.update(agreement_events)
        .where(agreement_events.c.actor_id == actor_id)
        .values(actor_id=None, text="")
    )
    _forget_judgements(tx, actor_id)
    _forget_letters(tx, uri)
    # What came in and was handled is kept for looking into troubles only.
    tx.execute(
        sa.update(journal)
        .where(journal.c.state == "handled", journal.c.body.is_not(None))
        .values(body=None)
    )


def forget_activities(tx: Transaction, object_uris: Sequence[str]) -> None:
    """The activities about objects that are about to be deleted, with what they embed, sent or
    not. The answers that others sent to them go, too."""
    for start in range(0, len(object_uris), _IN_ONE):
        part = object_uris[start : start + _IN_ONE]
        tx.execute(sa.delete(outbox).where(outbox.c.object_uri.in_(part)))


def _forget_judgements(tx: Transaction, actor_id: int) -> None:
    """What was said about them to mediators goes with them, and the words of what they said;
    that there was a report stays."""
    tx.execute(
        sa.delete(mediator_notes).where(
            mediator_notes.c.about == "actor", mediator_notes.c.about_id == actor_id
        )
    )
    tx.execute(
        sa.update(mediator_notes)
        .where(mediator_notes.c.author_id == actor_id)
        .values(author_id=None)
    )
    tx.execute(sa.update(reports).where(reports.c.reporter_id == actor_id).values(content=""))
    tx.execute(
        sa.update(reports)
        .where(reports.c.target_id == actor_id)
        .values(
            content="",
            state="settled",
            outcome="account-deleted",
            settled_at=sa.func.coalesce(reports.c.settled_at, reports.c.created_at),
        )
    )


def _forget_letters(tx: Transaction, uri: str) -> None:
    """Messages that only they could read here."""
    to_them = sa.select(recipients.c.object_id).where(recipients.c.uri == uri)
    to_others = (
        sa.select(recipients.c.object_id)
        .join(actors, actors.c.uri == recipients.c.uri)
        .where(actors.c.local.is_(True), recipients.c.uri != uri)
    )
    private = sa.and_(
        objects.c.id.in_(to_them),
        objects.c.id.not_in(to_others),
        objects.c.visibility == "direct",
    )
    gone = [row.uri for row in tx.all(sa.select(objects.c.uri).where(private))]
    for start in range(0, len(gone), _IN_ONE):
        tx.execute(sa.delete(objects).where(objects.c.uri.in_(gone[start : start + _IN_ONE])))
    forget_activities(tx, gone)
