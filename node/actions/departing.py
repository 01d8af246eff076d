"""Somebody elsewhere is gone for good: they said so (Delete), or their server does (410)."""

from __future__ import annotations

from node.actions import conversation, passing
from node.actions.agreements import part_from
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, graves, leaving, objects, shares
from node.store.transaction import Transaction

MOST = 100_000


def depart(tx: Transaction, here: Here, actor: Actor) -> None:
    """What was between them and people of ours ends, and all that they wrote is forgotten; graves
    keep it from coming back."""
    now = here.clock.now()
    for status in objects.latest(tx, author_id=actor.id, public_only=False, most=MOST):
        if shares.has_any(tx, status.id):
            passing.retract(tx, here, status.id, status.uri)
    conversation.left(tx, here, actor)
    part_from(tx, here, actor)
    for uri in leaving.forget(tx, actor.id, now=now):
        graves.bury(tx, uri, by=actor.uri, now=now)


def nobody_at(tx: Transaction, here: Here, inbox: str) -> None:
    """An inbox answered 410: whoever has it as their own is gone."""
    for actor in actors.at_inbox(tx, inbox):
        depart(tx, here, actor)
