"""A status as it is answered after something was done with it."""

from __future__ import annotations

from typing import Any

from node.actions.posts import source_of
from node.actions.seeing import own
from node.mastodon.entities.status import page, render
from node.mastodon.method import Ask, missing
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import deeds
from node.store.transaction import Transaction


async def shown(ask: Ask, status: Status) -> dict[str, Any]:
    return await ask.store.read(_shown, ask.here, ask.person.actor, status)


def _shown(tx: Transaction, here: Here, me: Actor, status: Status) -> dict[str, Any]:
    found = render(tx, here, me, [status])
    if not found:
        raise missing()
    return found[0]


async def shared(ask: Ask, status: Status) -> dict[str, Any]:
    """That one shared it."""
    return await ask.store.read(_shared, ask.here, ask.person.actor, status)


def _shared(tx: Transaction, here: Here, me: Actor, status: Status) -> dict[str, Any]:
    entry = deeds.sharing(tx, me.id, status.id)
    found = page(tx, here, me, [entry]) if entry is not None else []
    if not found:
        raise missing()
    return found[0]


async def to_redraft(ask: Ask, identifier: int) -> dict[str, Any]:
    """One of one's own, with the text as it was typed."""
    return await ask.store.read(_to_redraft, ask.here, ask.person.actor, identifier)


def _to_redraft(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
    status = own(tx, me, identifier)
    return _shown(tx, here, me, status) | {"text": source_of(tx, status).text}
