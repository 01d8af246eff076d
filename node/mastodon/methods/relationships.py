"""What one decides about somebody: follow, block, mute, show, keep words about them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

from node.actions import blocking, relating
from node.actions import follows as following
from node.errors import Conflict, Forbidden, NotFound
from node.mastodon.entities.account import accounts
from node.mastodon.entities.relationship import relationship, relationships
from node.mastodon.method import Ask, Handler, Method
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, relations
from node.store.transaction import Transaction

FOLLOWS: Final = Rate("follows", 400, 86_400.0)
ASKED_MOST: Final = 40
FAMILIAR_MOST: Final = 1_000

Unit = Callable[[Transaction, Here, Actor, Actor], None]


# ── what lies between ────────────────────────────────────────────────────────────────────────


async def between(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/relationships."""
    wanted = list(dict.fromkeys(ask.parameters.identifiers("id")))
    return await ask.store.read(
        _between,
        ask.here,
        ask.person.actor.id,
        wanted,
        with_suspended=ask.parameters.flag("with_suspended"),
    )


def _between(
    tx: Transaction, here: Here, me: int, wanted: list[int], *, with_suspended: bool
) -> list[dict[str, Any]]:
    known = actors.by_ids(tx, wanted)
    there = [
        one
        for one in wanted
        if one in known and not known[one].gone and (with_suspended or not known[one].suspended)
    ]
    return relationships(tx, me, there, now=here.clock.now())


async def familiar(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/familiar_followers: who of those whom one follows follows them too."""
    wanted = list(dict.fromkeys(ask.parameters.identifiers("id")))[:ASKED_MOST]
    return await ask.store.read(_familiar, ask.here, ask.person.actor.id, wanted)


def _familiar(tx: Transaction, here: Here, me: int, wanted: list[int]) -> list[dict[str, Any]]:
    found = relations.familiar(tx, me, wanted, most=FAMILIAR_MOST)
    people = accounts(tx, here, {one for some in found.values() for one in some})
    return [
        {
            "id": str(one),
            "accounts": [people[other] for other in found.get(one, []) if other in people],
        }
        for one in wanted
    ]


# ── decided ──────────────────────────────────────────────────────────────────────────────────


async def follow(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/accounts/:id/follow."""
    read = ask.parameters
    return await ask.store.write(
        _follow,
        ask.here,
        ask.person.actor,
        ask.number(),
        shares=read.maybe_flag("reblogs"),
        notify=read.maybe_flag("notify"),
        languages=read.texts("languages") if "languages" in read else None,
    )


def _follow(
    tx: Transaction, /, here: Here, me: Actor, identifier: int, **wishes: Any
) -> dict[str, Any]:
    target = relating.somebody(tx, identifier)
    relating.follow(tx, here, me, target, **wishes)
    return relationship(tx, me.id, target.id, now=here.clock.now())


async def mute(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/accounts/:id/mute."""
    read = ask.parameters
    return await ask.store.write(
        _mute,
        ask.here,
        ask.person.actor,
        ask.number(),
        notifications=read.flag("notifications", True),
        seconds=read.integer("duration", 0),
    )


def _mute(
    tx: Transaction, /, here: Here, me: Actor, identifier: int, **wishes: Any
) -> dict[str, Any]:
    target = relating.somebody(tx, identifier)
    relating.mute(tx, here, me, target, **wishes)
    return relationship(tx, me.id, target.id, now=here.clock.now())


async def note(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/accounts/:id/note."""
    return await ask.store.write(
        _note, ask.here, ask.person.actor, ask.number(), ask.parameters.text("comment")
    )


def _note(tx: Transaction, here: Here, me: Actor, identifier: int, text: str) -> dict[str, Any]:
    target = relating.somebody(tx, identifier)
    relating.keep_note(tx, me, target, text)
    return relationship(tx, me.id, target.id, now=here.clock.now())


def _decide(unit: Unit) -> Handler:
    def decided(tx: Transaction, here: Here, me: Actor, identifier: int) -> dict[str, Any]:
        target = relating.somebody(tx, identifier)
        unit(tx, here, me, target)
        return relationship(tx, me.id, target.id, now=here.clock.now())

    async def handler(ask: Ask) -> dict[str, Any]:
        return await ask.store.write(decided, ask.here, ask.person.actor, ask.number())

    return handler


def _block(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    try:
        blocking.block(tx, here, me, target)
    except Conflict as error:
        raise Forbidden(error.public) from error


def _unblock(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    with contextlib.suppress(NotFound):  # it is as was asked
        blocking.unblock(tx, here, me, target)


def _unmute(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    relating.unmute(tx, me, target)


def _endorse(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    relating.endorse(tx, me, target)


def _unendorse(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    relating.unendorse(tx, me, target)


def _remove(tx: Transaction, here: Here, me: Actor, target: Actor) -> None:
    with contextlib.suppress(NotFound):
        following.refuse(tx, here, me, target)


_ALL = "/api/v1/accounts"
_ONE = f"{_ALL}/{{id}}"
_FOLLOWS, _BLOCKS, _MUTES, _ACCOUNTS = (
    f"write:{one}" for one in ("follows", "blocks", "mutes", "accounts")
)

METHODS = (
    Method("GET", f"{_ALL}/relationships", between, scope="read:follows"),
    Method("GET", f"{_ALL}/familiar_followers", familiar, scope="read:follows"),
    Method("POST", f"{_ONE}/follow", follow, scope=_FOLLOWS, rate=FOLLOWS),
    Method("POST", f"{_ONE}/unfollow", _decide(following.unfollow), scope=_FOLLOWS),
    Method("POST", f"{_ONE}/remove_from_followers", _decide(_remove), scope=_FOLLOWS),
    Method("POST", f"{_ONE}/block", _decide(_block), scope=_BLOCKS),
    Method("POST", f"{_ONE}/unblock", _decide(_unblock), scope=_BLOCKS),
    Method("POST", f"{_ONE}/mute", mute, scope=_MUTES),
    Method("POST", f"{_ONE}/unmute", _decide(_unmute), scope=_MUTES),
    Method("POST", f"{_ONE}/note", note, scope=_ACCOUNTS),
    Method("POST", f"{_ONE}/pin", _decide(_endorse), scope=_ACCOUNTS),
    Method("POST", f"{_ONE}/unpin", _decide(_unendorse), scope=_ACCOUNTS),
    Method("POST", f"{_ONE}/endorse", _decide(_endorse), scope=_ACCOUNTS),
    Method("POST", f"{_ONE}/unendorse", _decide(_unendorse), scope=_ACCOUNTS),
)
