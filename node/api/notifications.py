"""What one was told."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from node.actions import notices
from node.actions.mailing import news_of
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.outbox.here import Here
from node.social.letters import sentence
from node.store import actors, notifications
from node.store.notifications import Notification
from node.store.transaction import Transaction


class NotificationsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of what one was told."""

    unread: bool = False
    """Only what one did not read yet."""


class NotificationEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something happened."""

    id: Id
    kind: str
    text: str
    """In one sentence, in the reader's language."""
    account: AccountEntity | None
    """Who caused it."""
    proposal_id: Id | None
    """The announcement, or the comment on one, that it is about."""
    agreement_id: Id | None
    data: dict[str, str]
    urgent: bool
    read: bool
    created_at: Moment


class Unread(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many were not read, counted up to 1000."""

    count: int


class ReadUpTo(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest one that was seen; what came since stays unread. Left out: all."""

    max_id: Annotated[Id, Meta(description="Up to this one.")] | None = None


def _entity(tx: Transaction, here: Here, told: Notification, language: str) -> NotificationEntity:
    who = actors.by_id(tx, told.actor_id) if told.actor_id else None
    return NotificationEntity(
        id=str(told.id),
        kind=told.kind,
        text=sentence(language, news_of(tx, here, told)),
        account=account_entity(who) if who is not None and not who.gone else None,
        proposal_id=str(told.object_id) if told.object_id else None,
        agreement_id=str(told.agreement_id) if told.agreement_id else None,
        data={name: str(value) for name, value in told.data.items()},
        urgent=told.urgent,
        read=told.read_at is not None,
        created_at=moment(told.created_at) or "",
    )


def _list(
    tx: Transaction, here: Here, account_id: int, query: NotificationsQuery, language: str
) -> list[NotificationEntity]:
    found = notifications.listed(
        tx, account_id, unread=query.unread, before=query.before, most=query.limit
    )
    return [_entity(tx, here, one, language) for one in found]


async def listed(call: Call[NotificationsQuery, Nothing]) -> Page[NotificationEntity]:
    found = await call.store.read(_list, call.here, call.caller.actor.id, call.query, call.language)
    return Page(found, found[-1].id if len(found) == call.query.limit else None)


async def unread(call: Call[Nothing, Nothing]) -> Unread:
    count = await call.store.read(notifications.unread_count, call.caller.actor.id)
    return Unread(count=count)


async def mark_read(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(notices.mark_read, call.here, call.caller.actor, call.number())


async def mark_all_read(call: Call[Nothing, ReadUpTo]) -> None:
    upto = None if call.body.max_id is None else min(int(call.body.max_id), 2**63 - 1)
    await call.store.write(notices.mark_all_read, call.here, call.caller.actor, upto=upto)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/notifications", handler=listed, tag="notifications",
        summary="What one was told, newest first.", query=NotificationsQuery,
        answer=list[NotificationEntity], paged=True, scope="read:notifications",
    ),
    Endpoint(
        method="GET", path="/notifications/unread", handler=unread, tag="notifications",
        summary="How many one did not read.", answer=Unread, scope="read:notifications",
    ),
    Endpoint(
        method="POST", path="/notifications/read", handler=mark_all_read, tag="notifications",
        summary="All are read, or all up to one.", body=ReadUpTo, scope="write:notifications",
    ),
    Endpoint(
        method="POST", path="/notifications/{id}/read", handler=mark_read, tag="notifications",
        summary="One is read.", scope="write:notifications",
    ),
)  # fmt: skip
