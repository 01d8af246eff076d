"""Gatherings of ours, and the servers that keep calendars."""

from __future__ import annotations

import sqlalchemy as sa

from node.aid.events import Gathering
from node.aid.lifecycle import State
from node.store.follows import ACCEPTED
from node.store.tables import actors, follows, objects, outbox, proposals
from node.store.transaction import Transaction

_ONE = (
    sa.select(
        objects.c.id,
        objects.c.uri,
        objects.c.url,
        actors.c.uri.label("author_uri"),
        proposals.c.topic,
        proposals.c.state,
        proposals.c.title,
        proposals.c.text,
        proposals.c.language,
        proposals.c.quantity,
        proposals.c.available,
        proposals.c.unit,
        proposals.c.starts_at,
        proposals.c.ends_at,
        objects.c.published,
        sa.func.coalesce(objects.c.updated, objects.c.published).label("changed"),
        proposals.c.latitude,
        proposals.c.longitude,
        proposals.c.radius_m,
        proposals.c.urgency,
    )
    .select_from(
        proposals.join(objects, objects.c.id == proposals.c.object_id).join(
            actors, actors.c.id == objects.c.author_id
        )
    )
    .where(
        proposals.c.object_id == sa.bindparam("id"),
        proposals.c.gathering.is_(True),
        proposals.c.starts_at.is_not(None),
        objects.c.local.is_(True),
        objects.c.visibility == "public",
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    )
)


def by_id(tx: Transaction, object_id: int) -> Gathering | None:
    """A public gathering of ours that has a time."""
    row = tx.first(_ONE, {"id": object_id})
    if row is None:
        return None
    return Gathering(
        id=row.id,
        uri=row.uri,
        page=row.url or row.uri,
        author_uri=row.author_uri,
        topic=row.topic,
        state=State(row.state),
        title=row.title,
        text=row.text,
        language=row.language,
        quantity=row.quantity,
        available=row.available,
        unit=row.unit,
        starts=row.starts_at,
        ends=row.ends_at,
        created=row.published,
        updated=row.changed,
        latitude=row.latitude,
        longitude=row.longitude,
        radius_m=row.radius_m,
        urgent=row.urgency in ("high", "critical"),
    )


# Who follows as a server, not as a person, keeps what it hears for a calendar or passes it on:
# Gancio's one actor, Mobilizon's relay, WordPress's event bridge. A person of Mobilizon's is known
# by the words of their document.
_CALENDARS = (
    sa.select(sa.func.coalesce(actors.c.shared_inbox, actors.c.inbox).label("inbox"))
    .join(follows, follows.c.follower_id == actors.c.id)
    .where(
        follows.c.target_id == sa.bindparam("target"),
        follows.c.state == ACCEPTED,
        actors.c.local.is_(False),
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
        sa.or_(
            actors.c.type == "Application",
            actors.c.document.contains("https://joinmobilizon.org/ns#"),
        ),
    )
    .distinct()
)


def calendar_inboxes(tx: Transaction, group_id: int) -> list[str]:
    """One inbox per following server that keeps calendars."""
    return [row.inbox for row in tx.all(_CALENDARS, {"target": group_id})]


def was_published(tx: Transaction, event_uri: str) -> bool:
    """Whether servers may have the Event."""
    return bool(tx.scalar(sa.select(sa.exists().where(outbox.c.object_uri == event_uri))))
