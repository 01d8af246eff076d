"""Telling people what happened: in their account, and from there by mail."""

from __future__ import annotations

from collections.abc import Mapping

from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import accounts, blocks, notifications
from node.store.transaction import Transaction


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

    `dedupe` names the occasion: the same is told once. `urgent` goes by mail at once.
    """
    if not person.local or accounts.by_username(tx, person.username) is None:
        return
    if by is not None and blocks.between(tx, person.id, by.id):
        return  # nothing of one whom somebody blocked reaches them
    notifications.add(
        tx,
        account_id=person.id,
        kind=kind.value,
        dedupe=f"{kind.value} {dedupe}",
        actor_id=by.id if by else None,
        object_id=object_id,
        agreement_id=agreement_id,
        data=data or {},
        urgent=urgent,
        now=here.clock.now(),
    )


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
