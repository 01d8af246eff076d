"""What somebody does with a status: favourite, boost, bookmark, pin, mute, and each taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from node.actions import quoting, reacting
from node.mastodon.method import Ask, Handler, Method
from node.mastodon.methods.shown import shared, shown
from node.social.posts import policy_of
from node.social.statuses import Status

Unit = Callable[..., Status]


def _public(unit: Unit) -> Handler:
    """Others hear of it."""

    async def handler(ask: Ask) -> dict[str, Any]:
        status = await ask.store.write(unit, ask.here, ask.person.actor, ask.number())
        return await shown(ask, status)

    return handler


def _private(unit: Unit) -> Handler:
    """Only the person knows of it."""

    async def handler(ask: Ask) -> dict[str, Any]:
        status = await ask.store.write(unit, ask.person.actor, ask.number())
        return await shown(ask, status)

    return handler


async def reblog(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/statuses/:id/reblog: the boost, with what is boosted in it."""
    me = ask.person.actor
    status = await ask.store.write(reacting.share, ask.here, me, ask.number())
    return await shared(ask, status)


async def revoke(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/statuses/:id/quotes/:quoting/revoke: the status that quoted."""
    me = ask.person.actor
    numbers = ask.number(), ask.number("quoting")
    status = await ask.store.write(quoting.revoke, ask.here, me, *numbers)
    return await shown(ask, status)


async def policy(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/statuses/:id/interaction_policy."""
    wanted = policy_of(ask.parameters.text("quote_approval_policy") or "public")
    me = ask.person.actor
    status = await ask.store.write(quoting.set_policy, ask.here, me, ask.number(), wanted)
    return await shown(ask, status)


_ONE = "/api/v1/statuses/{id}"

METHODS = (
    Method("POST", f"{_ONE}/favourite", _public(reacting.like), scope="write:favourites"),
    Method("POST", f"{_ONE}/unfavourite", _public(reacting.unlike), scope="write:favourites"),
    Method("POST", f"{_ONE}/reblog", reblog, scope="write:statuses"),
    Method("POST", f"{_ONE}/unreblog", _public(reacting.unshare), scope="write:statuses"),
    Method("POST", f"{_ONE}/bookmark", _private(reacting.bookmark), scope="write:bookmarks"),
    Method("POST", f"{_ONE}/unbookmark", _private(reacting.unbookmark), scope="write:bookmarks"),
    Method("POST", f"{_ONE}/pin", _public(reacting.pin), scope="write:accounts"),
    Method("POST", f"{_ONE}/unpin", _public(reacting.unpin), scope="write:accounts"),
    Method("POST", f"{_ONE}/quotes/{{quoting}}/revoke", revoke, scope="write:statuses"),
    Method("PUT", f"{_ONE}/interaction_policy", policy, scope="write:statuses"),
    Method("POST", f"{_ONE}/mute", _private(reacting.silence), scope="write:mutes"),
    Method("POST", f"{_ONE}/unmute", _private(reacting.unsilence), scope="write:mutes"),
)
