"""Polls are looked at, and voted in. The id of a poll is that of its status."""

from __future__ import annotations

from typing import Any

from node.actions import voting
from node.actions.seeing import seen
from node.errors import Invalid
from node.mastodon.entities.poll import polls
from node.mastodon.method import Ask, Method, missing
from node.mastodon.parameters import identifier
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.transaction import Transaction


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/polls/:id."""
    return await ask.store.read(_shown, ask.here, ask.me, ask.number())


async def vote(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/polls/:id/votes."""
    choices = [_choice(text) for text in ask.parameters.texts("choices")]
    me = ask.person.actor
    await ask.store.write(voting.vote, ask.here, me, ask.number(), choices)
    return await ask.store.read(_shown, ask.here, me, ask.number())


def _choice(text: str) -> int:
    if text.strip() != "0" and not identifier(text.strip()):
        raise Invalid("The chosen vote option does not exist")
    return int(text)


def _shown(tx: Transaction, here: Here, me: Actor | None, number: int) -> dict[str, Any]:
    seen(tx, me, number)
    found = polls(tx, here, [number], me).get(number)
    if found is None:
        raise missing()
    return found


METHODS = (
    Method("GET", "/api/v1/polls/{id}", one, scope="read:statuses", who="reader"),
    Method("POST", "/api/v1/polls/{id}/votes", vote, scope="write:statuses"),
)
