"""Filters as apps before version 4 know them: each is one word."""

from __future__ import annotations

from typing import Any, Final

from node.errors import Invalid
from node.mastodon.entities.filter import old
from node.mastodon.method import Ask, Method
from node.mastodon.methods.filters import expiry, word_of
from node.social import filters as rules
from node.social.accounts import Actor
from node.social.filters import Filter, Keyword
from node.store import filters
from node.store.transaction import Transaction

SEVERAL: Final = (
    "These parameters cannot be changed from this application because they apply to more than one "
    "filter keyword. Use a more recent application or the web interface."
)


async def every(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/filters."""
    found = await ask.store.read(filters.of, ask.person.actor.id)
    return [old(one, word) for one in found for word in one.keywords]


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/filters/:id."""
    return old(*await ask.store.read(word_of, ask.person.actor, ask.number()))


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/filters."""
    made = await ask.store.write(
        _create, ask.person.actor, _asked(ask), whole_word=ask.parameters.flag("whole_word")
    )
    return old(*made)


def _asked(ask: Ask) -> dict[str, Any]:
    read = ask.parameters
    phrase = rules.check_keyword(read.text("phrase"))
    return {
        "title": phrase[: rules.TITLE_MAX],
        "contexts": rules.check_contexts(read.texts("context")),
        "action": "hide" if read.flag("irreversible") else "warn",
        "expires_at": expiry(ask),
        "phrase": phrase,
    }


def _create(
    tx: Transaction, me: Actor, asked: dict[str, Any], *, whole_word: bool
) -> tuple[Filter, Keyword]:
    if len(filters.of(tx, me.id)) >= rules.FILTERS_MOST:
        raise Invalid(f"Au plus {rules.FILTERS_MOST} filtres.")
    phrase = asked.pop("phrase")
    identifier = filters.add(tx, account_id=me.id, **asked)
    made = filters.by_id(tx, identifier, account_id=me.id)
    if made is None:
        raise Invalid("Ce filtre n’a pas pu être gardé.")
    word = filters.add_keyword(tx, made, phrase, whole_word=whole_word)
    return word_of(tx, me, word.id)


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/filters/:id."""
    read = ask.parameters
    changed = await ask.store.write(
        _change, ask.person.actor, ask.number(), _asked(ask), read.maybe_flag("whole_word")
    )
    return old(*changed)


def _change(
    tx: Transaction, me: Actor, identifier: int, asked: dict[str, Any], whole_word: bool | None
) -> tuple[Filter, Keyword]:
    found, word = word_of(tx, me, identifier)
    phrase = asked.pop("phrase")
    if len(found.keywords) == 1:
        filters.change(tx, found, **asked | {"contexts": list(asked["contexts"])})
    elif (asked["contexts"], asked["action"], asked["expires_at"]) != (
        found.contexts,
        found.action,
        found.expires_at,
    ):
        raise Invalid(SEVERAL)
    whole = word.whole_word if whole_word is None else whole_word
    filters.change_keyword(tx, found, word.id, keyword=phrase, whole_word=whole)
    return word_of(tx, me, identifier)


async def remove(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/filters/:id: the word, and its filter when it was the last."""
    await ask.store.write(_remove, ask.person.actor, ask.number())
    return {}


def _remove(tx: Transaction, me: Actor, identifier: int) -> None:
    found, word = word_of(tx, me, identifier)
    filters.remove_keywords(tx, found, [word.id])
    if len(found.keywords) == 1 and not found.statuses:
        filters.remove(tx, found)


_ALL = "/api/v1/filters"
_READ, _WRITE = "read:filters", "write:filters"

METHODS = (
    Method("GET", _ALL, every, scope=_READ),
    Method("POST", _ALL, create, scope=_WRITE),
    Method("GET", f"{_ALL}/{{id}}", one, scope=_READ),
    Method("PUT", f"{_ALL}/{{id}}", change, scope=_WRITE),
    Method("DELETE", f"{_ALL}/{{id}}", remove, scope=_WRITE),
)
