"""Telling people what happened: in their account, and from there by mail."""

from __future__ import annotations

from collections.abc import Mapping

from node.actions import mailing, telling, telling_apps
from node.aid.proposals import Urgency
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import URGENT, How, Kind, check_preferences
from node.store import accounts, blocks, notifications, proposals
from node.store.notifications import Notification
from node.store.transaction import Transaction

PRESSING = (Urgency.HIGH, Urgency.CRITICAL)


def tell(
    tx: Transaction,
    here: Here,
    person: Actor,
    kind: Kind,
    *,
    dedupe: str,
    by: Actor | None = None,
    object_id: int | None = None,
    agreement_id: int | None = None,
    data: Mapping[str, str] | None = None,
    urgent: bool = False,
) -> None:
    """Tell somebody with an account here; nothing happens for anybody else.

    `dedupe` names the occasion: the same is told once. `urgent` goes by mail at once, as do the
    steps of an agreement about an urgent proposal, unless the person wishes otherwise.
    """
    if person.id == here.quartier.id:
        telling.tell_asker(
            tx, here, kind, object_id=object_id, agreement_id=agreement_id, by=by, data=data or {}
        )
        return
    account = accounts.by_username(tx, person.username) if person.local else None
    if account is None or account.actor_id != person.id:
        return
    if by is not None and blocks.between(tx, person.id, by.id):
        return  # nothing of one whom somebody blocked reaches them
    urgent = urgent or (kind in URGENT and _is_pressing(tx, object_id))
    now = here.clock.now()
    how = mailing.goes_by_mail(here, account, kind.value, urgent)
    identifier = notifications.add(
        tx,
        account_id=person.id,
        kind=kind.value,
        dedupe=f"{kind.value} {dedupe}",
        actor_id=by.id if by else None,
        object_id=object_id,
        agreement_id=agreement_id,
        data=data or {},
        urgent=urgent,
        now=now,
        # What no mail tells now is told by no later one either, should the wish change.
        mailed_at=now if how is How.NEVER else None,
    )
    if identifier is not None:
        _tell_in_app(tx, here, person, kind, identifier, by)
    if identifier is None or how is How.NEVER:
        return
    if how is How.NOW:
        told = notifications.by_id(tx, person.id, identifier)
        if told is not None and mailing.send_news(
            tx, here, account, mailing.news_of(tx, here, told)
        ):
            notifications.mark_mailed(tx, [told.id], now=now)
            return
    mailing.plan_digest(tx, here, account)


def _tell_in_app(
    tx: Transaction, here: Here, person: Actor, kind: Kind, identifier: int, by: Actor | None
) -> None:
    told = notifications.by_id(tx, person.id, identifier)
    note = None if told is None else telling_apps.tell_in_app(tx, here, person, kind, told, by=by)
    if told is not None and note is not None:
        notifications.add_data(tx, told, letter=str(note))


def tell_roles(
    tx: Transaction,
    here: Here,
    kind: Kind,
    *,
    dedupe: str,
    roles: tuple[str, ...] = ("admin", "mediator"),
    by: Actor | None = None,
    object_id: int | None = None,
    agreement_id: int | None = None,
    data: Mapping[str, str] | None = None,
    urgent: bool = False,
) -> None:
    """Tell everybody who has one of the roles."""
    for person in accounts.with_roles(tx, roles):
        tell(
            tx,
            here,
            person,
            kind,
            dedupe=dedupe,
            by=by,
            object_id=object_id,
            agreement_id=agreement_id,
            data=data,
            urgent=urgent,
        )


def mark_read(tx: Transaction, here: Here, person: Actor, notification_id: int) -> Notification:
    """One is read; to say so twice changes nothing. Raises NotFound for what is not theirs."""
    notifications.mark_read(tx, person.id, now=here.clock.now(), one=notification_id)
    found = notifications.by_id(tx, person.id, notification_id)
    if found is None:
        raise NotFound("Il n’y a pas de nouvelle de ce numéro.")
    return found


def mark_all_read(tx: Transaction, here: Here, person: Actor, *, upto: int | None = None) -> int:
    """All, or all up to the id of the newest that the person saw. How many."""
    return notifications.mark_read(tx, person.id, now=here.clock.now(), upto=upto)


def set_preferences(tx: Transaction, person: Actor, wanted: Mapping[str, str]) -> None:
    """How somebody is told by mail. Raises Invalid."""
    accounts.change(tx, person.id, notify=check_preferences(wanted))


def _is_pressing(tx: Transaction, object_id: int | None) -> bool:
    stored = proposals.by_id(tx, object_id) if object_id is not None else None
    return stored is not None and stored.proposal.urgency in PRESSING
