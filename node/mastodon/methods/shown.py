"""A status as it is answered after something was done with it."""

from __future__ import annotations

from typing import Any

from node.actions.posts import source_of
from node.actions.seeing import own
from node.mastodon.method import Ask
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store.transaction import Transaction


async def shown(ask: Ask, status: Status) -> dict[str, Any]:
    return {"id": str(status.id), "uri": status.uri, "url": status.url, "content": status.content}


async def shared(ask: Ask, status: Status) -> dict[str, Any]:
    return {"id": str(status.id), "reblog": await shown(ask, status)}


async def to_redraft(ask: Ask, identifier: int) -> dict[str, Any]:
    """One of one's own, with the text as it was typed."""
    status, text = await ask.store.read(_source, ask.person.actor, identifier)
    return await shown(ask, status) | {"text": text}


def _source(tx: Transaction, me: Actor, identifier: int) -> tuple[Status, str]:
    status = own(tx, me, identifier)
    return status, source_of(tx, status).text
