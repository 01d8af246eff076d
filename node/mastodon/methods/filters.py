"""What one does not want to read: filters, their words, and single statuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.actions.seeing import seen
from node.errors import Invalid
from node.mastodon.entities import filter as entities
from node.mastodon.method import Ask, Method, missing
from node.mastodon.parameters import Parameters
from node.social import filters as rules
from node.social.accounts import Actor
from node.social.filters import Filter, Keyword
from node.store import filters
from node.store.transaction import Transaction


def own(tx: Transaction, me: Actor, identifier: int) -> Filter:
    found = filters.by_id(tx, identifier, account_id=me.id)
    if found is None:
        raise missing()
    return found


async def every(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v2/filters."""
    found = await ask.store.read(filters.of, ask.person.actor.id)
    return [entities.whole(one) for one in found]


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/filters/:id."""
    return entities.whole(await ask.store.read(own, ask.person.actor, ask.number()))


# ── made and changed ─────────────────────────────────────────────────────────────────────────


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v2/filters."""
    read = ask.parameters
    made = await ask.store.write(
        _create,
        ask.person.actor,
        title=rules.check_title(read.text("title")),
        contexts=rules.check_contexts(read.texts("context")),
        action=rules.check_action(read.text("filter_action") or "warn"),
        expires_at=expiry(ask),
        words=_words(read),
    )
    return entities.whole(made)


def _create(
    tx: Transaction, /, me: Actor, *, words: Sequence[dict[str, Any]], **fields: Any
) -> Filter:
    if len(filters.of(tx, me.id)) >= rules.FILTERS_MOST:
        raise Invalid(f"Au plus {rules.FILTERS_MOST} filtres.")
    identifier = filters.add(tx, account_id=me.id, **fields)
    _put_words(tx, own(tx, me, identifier), words)
    return own(tx, me, identifier)


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v2/filters/:id: what is not sent stays."""
    read = ask.parameters
    changes: dict[str, Any] = {}
    if read.maybe("title") is not None:
        changes["title"] = rules.check_title(read.text("title"))
    if "context" in read:
        changes["contexts"] = list(rules.check_contexts(read.texts("context")))
    if read.maybe("filter_action"):
        changes["action"] = rules.check_action(read.text("filter_action"))
    if "expires_in" in read:
        changes["expires_at"] = expiry(ask)
    changed = await ask.store.write(_change, ask.person.actor, ask.number(), changes, _words(read))
    return entities.whole(changed)


def _change(
    tx: Transaction,
    me: Actor,
    identifier: int,
    changes: dict[str, Any],
    words: Sequence[dict[str, Any]],
) -> Filter:
    found = own(tx, me, identifier)
    filters.change(tx, found, **changes)
    _put_words(tx, found, words)
    return own(tx, me, identifier)


def expiry(ask: Ask) -> float | None:
    """`expires_in` seconds from now; none, or 0, for what lasts."""
    seconds = ask.parameters.maybe_integer("expires_in")
    if seconds is None:
        return None
    if seconds < 0:
        raise Invalid("expires_in is a number of seconds.")
    return ask.here.clock.now() + min(seconds, 10 * 365 * 86_400) if seconds else None


def _words(read: Parameters) -> list[dict[str, Any]]:
    """`keywords_attributes`: new words, and with an id those that change or go."""
    found = []
    for sent in read.trees("keywords_attributes"):
        identifier = sent.identifier("id")
        gone = sent.flag("_destroy")
        word = sent.maybe("keyword")
        if identifier is None and gone:
            continue
        if identifier is None or word is not None:
            word = rules.check_keyword(word or "")
        found.append(
            {
                "id": identifier,
                "gone": gone,
                "keyword": word,
                "whole_word": sent.maybe_flag("whole_word"),
            }
        )
    return found


def _put_words(tx: Transaction, one: Filter, words: Sequence[dict[str, Any]]) -> None:
    known = {word.id for word in one.keywords}
    fresh = sum(1 for word in words if word["id"] is None)
    if len(known) + fresh > rules.KEYWORDS_MOST:
        raise Invalid(f"Au plus {rules.KEYWORDS_MOST} mots dans un filtre.")
    for word in words:
        if word["id"] is None:
            whole = word["whole_word"] is not False
            filters.add_keyword(tx, one, word["keyword"], whole_word=whole)
        elif word["id"] not in known:
            raise missing()
        elif word["gone"]:
            filters.remove_keywords(tx, one, [word["id"]])
        else:
            changes = {
                name: word[name] for name in ("keyword", "whole_word") if word[name] is not None
            }
            filters.change_keyword(tx, one, word["id"], **changes)


async def remove(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v2/filters/:id."""
    await ask.store.write(_remove, ask.person.actor, ask.number())
    return {}


def _remove(tx: Transaction, me: Actor, identifier: int) -> None:
    filters.remove(tx, own(tx, me, identifier))


# ── words ────────────────────────────────────────────────────────────────────────────────────


def word_of(tx: Transaction, me: Actor, identifier: int) -> tuple[Filter, Keyword]:
    """A word, and the filter to which it belongs. Raises NotFound."""
    found = filters.of_keyword(tx, identifier, account_id=me.id)
    for word in found.keywords if found is not None else ():
        if found is not None and word.id == identifier:
            return found, word
    raise missing()


async def words(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v2/filters/:filter_id/keywords."""
    found = await ask.store.read(own, ask.person.actor, ask.number("filter_id"))
    return [entities.keyword(word) for word in found.keywords]


async def add_word(ask: Ask) -> dict[str, Any]:
    """POST /api/v2/filters/:filter_id/keywords."""
    read = ask.parameters
    made = await ask.store.write(
        _add_word,
        ask.person.actor,
        ask.number("filter_id"),
        rules.check_keyword(read.text("keyword")),
        whole_word=read.flag("whole_word", True),
    )
    return entities.keyword(made)


def _add_word(
    tx: Transaction, me: Actor, identifier: int, keyword: str, *, whole_word: bool
) -> Keyword:
    found = own(tx, me, identifier)
    if len(found.keywords) >= rules.KEYWORDS_MOST:
        raise Invalid(f"Au plus {rules.KEYWORDS_MOST} mots dans un filtre.")
    return filters.add_keyword(tx, found, keyword, whole_word=whole_word)


async def word(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/filters/keywords/:id."""
    _, found = await ask.store.read(word_of, ask.person.actor, ask.number())
    return entities.keyword(found)


async def change_word(ask: Ask) -> dict[str, Any]:
    """PUT /api/v2/filters/keywords/:id."""
    read = ask.parameters
    changes: dict[str, Any] = {}
    if read.maybe("keyword") is not None:
        changes["keyword"] = rules.check_keyword(read.text("keyword"))
    if read.maybe_flag("whole_word") is not None:
        changes["whole_word"] = read.flag("whole_word")
    return entities.keyword(
        await ask.store.write(_change_word, ask.person.actor, ask.number(), changes)
    )


def _change_word(tx: Transaction, me: Actor, identifier: int, changes: dict[str, Any]) -> Keyword:
    found, _ = word_of(tx, me, identifier)
    filters.change_keyword(tx, found, identifier, **changes)
    return word_of(tx, me, identifier)[1]


async def remove_word(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v2/filters/keywords/:id."""
    await ask.store.write(_remove_word, ask.person.actor, ask.number())
    return {}


def _remove_word(tx: Transaction, me: Actor, identifier: int) -> None:
    found, _ = word_of(tx, me, identifier)
    filters.remove_keywords(tx, found, [identifier])


# ── single statuses ──────────────────────────────────────────────────────────────────────────


async def statuses(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v2/filters/:filter_id/statuses."""
    found = await ask.store.read(own, ask.person.actor, ask.number("filter_id"))
    return [entities.status(*pair) for pair in found.statuses]


async def add_status(ask: Ask) -> dict[str, Any]:
    """POST /api/v2/filters/:filter_id/statuses."""
    wanted = ask.parameters.identifier("status_id") or 0
    pair = await ask.store.write(_add_status, ask.person.actor, ask.number("filter_id"), wanted)
    return entities.status(*pair)


def _add_status(tx: Transaction, me: Actor, identifier: int, status_id: int) -> tuple[int, int]:
    status, _ = seen(tx, me, status_id)
    filters.add_status(tx, own(tx, me, identifier), status.id)
    return next(pair for pair in own(tx, me, identifier).statuses if pair[1] == status.id)


def _status_of(tx: Transaction, me: Actor, number: int) -> tuple[Filter, tuple[int, int]]:
    found = filters.of_status(tx, number, account_id=me.id)
    for pair in found.statuses if found is not None else ():
        if found is not None and pair[0] == number:
            return found, pair
    raise missing()


async def status(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/filters/statuses/:id."""
    _, pair = await ask.store.read(_status_of, ask.person.actor, ask.number())
    return entities.status(*pair)


async def remove_status(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v2/filters/statuses/:id."""
    await ask.store.write(_remove_status, ask.person.actor, ask.number())
    return {}


def _remove_status(tx: Transaction, me: Actor, number: int) -> None:
    found, _ = _status_of(tx, me, number)
    filters.remove_status(tx, found, number)


_ALL = "/api/v2/filters"
_READ, _WRITE = "read:filters", "write:filters"

METHODS = (
    Method("GET", _ALL, every, scope=_READ),
    Method("POST", _ALL, create, scope=_WRITE),
    Method("GET", f"{_ALL}/keywords/{{id}}", word, scope=_READ),
    Method("PUT", f"{_ALL}/keywords/{{id}}", change_word, scope=_WRITE),
    Method("DELETE", f"{_ALL}/keywords/{{id}}", remove_word, scope=_WRITE),
    Method("GET", f"{_ALL}/statuses/{{id}}", status, scope=_READ),
    Method("DELETE", f"{_ALL}/statuses/{{id}}", remove_status, scope=_WRITE),
    Method("GET", f"{_ALL}/{{id}}", one, scope=_READ),
    Method("PUT", f"{_ALL}/{{id}}", change, scope=_WRITE),
    Method("DELETE", f"{_ALL}/{{id}}", remove, scope=_WRITE),
    Method("GET", f"{_ALL}/{{filter_id}}/keywords", words, scope=_READ),
    Method("POST", f"{_ALL}/{{filter_id}}/keywords", add_word, scope=_WRITE),
    Method("GET", f"{_ALL}/{{filter_id}}/statuses", statuses, scope=_READ),
    Method("POST", f"{_ALL}/{{filter_id}}/statuses", add_status, scope=_WRITE),
)
