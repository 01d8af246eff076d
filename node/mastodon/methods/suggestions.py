"""Whom one might want to follow, and the directory of those who want to be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from node.errors import Invalid
from node.mastodon.entities import account as entities
from node.mastodon.method import Ask, Method
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, blocks, directory, follows, mutes
from node.store.directory import Order
from node.store.transaction import Transaction

NOT_AGAIN_MOST: Final = 500
OFFSET_MOST: Final = 100_000


async def listed(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/directory."""
    read = ask.parameters
    order = read.text("order") or "active"
    if order not in get_args(Order):
        raise Invalid("order is active or new.")
    return await ask.store.read(
        _listed,
        ask.here,
        ask.me,
        order=order,
        local=read.flag("local"),
        skip=read.integer("offset", 0, most=OFFSET_MOST),
        most=read.integer("limit", 40, least=1, most=80),
    )


def _listed(tx: Transaction, /, here: Here, me: Actor | None, **which: Any) -> list[dict[str, Any]]:
    without = _unwanted(tx, here, me) if me is not None else set()
    return entities.listed(tx, here, directory.page(tx, without=without, **which))


def _unwanted(tx: Transaction, here: Here, me: Actor) -> set[int]:
    return blocks.of(tx, me.id) | mutes.of(tx, me.id, now=here.clock.now())


async def suggested(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v2/suggestions."""
    most = ask.parameters.integer("limit", 40, least=1, most=80)
    return await ask.store.read(_suggested, ask.here, ask.person.actor, most)


async def old_suggested(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/suggestions: the accounts alone."""
    return [one["account"] for one in await suggested(ask)]


def _suggested(tx: Transaction, here: Here, me: Actor, most: int) -> list[dict[str, Any]]:
    without = _unwanted(tx, here, me) | _not_again(tx, me.id)
    groups = [one.id for one in (here.quartier, here.urgent) if one.id not in without]
    first = [one for one in groups if follows.between(tx, me.id, one) is None]
    near = directory.friends_of_friends(tx, me.id, without=without, most=most)
    ours = directory.most_followed(tx, me.id, without=without, most=most)
    ids = list(dict.fromkeys((*first, *near, *ours)))[:most]
    people = entities.accounts(tx, here, ids)
    return [
        {
            "source": source,
            "sources": [why],
            "account": people[one],
        }
        for one in ids
        if one in people
        for source, why in [_why(one, first, near)]
    ]


def _why(one: int, first: Sequence[int], near: Sequence[int]) -> tuple[str, str]:
    """In Mastodon's words: that of old, that of now."""
    if one in first:  # the quartier, and what is urgent there
        return "staff", "featured"
    if one in near:
        return "past_interactions", "friends_of_friends"
    return "global", "most_followed"


async def dismiss(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/suggestions/:id: not suggested again."""
    await ask.store.write(_dismiss, ask.person.actor.id, ask.number())
    return {}


def _dismiss(tx: Transaction, me: int, other: int) -> None:
    account = accounts.by_actor(tx, me)
    if account is None:
        return
    kept = [one for one in account.preferences.get("not_suggested", []) if one != other]
    changed = dict(account.preferences) | {"not_suggested": [*kept, other][-NOT_AGAIN_MOST:]}
    accounts.change(tx, me, preferences=changed)


def _not_again(tx: Transaction, me: int) -> set[int]:
    account = accounts.by_actor(tx, me)
    return set(account.preferences.get("not_suggested", [])) if account is not None else set()


METHODS = (
    Method("GET", "/api/v1/directory", listed, who="reader"),
    Method("GET", "/api/v2/suggestions", suggested, scope="read:accounts"),
    Method("GET", "/api/v1/suggestions", old_suggested, scope="read:accounts"),
    Method("DELETE", "/api/v1/suggestions/{id}", dismiss, scope="read:accounts"),
)
