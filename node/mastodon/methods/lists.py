"""Lists: some of those whom one follows, to be read by themselves."""

from __future__ import annotations

from typing import Any, Final

from node.errors import Invalid, NotFound
from node.mastodon.entities import account as accounts
from node.mastodon.entities.lists import shown
from node.mastodon.method import Ask, Listing, Method, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.membership import one_line
from node.store import follows, lists
from node.store.lists import List
from node.store.transaction import Transaction

POLICIES: Final = ("followed", "list", "none")
TITLE_MAX: Final = 256
LISTS_MOST: Final = 50
MEMBERS_MOST: Final = 5_000


async def every(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/lists."""
    found = await ask.store.read(lists.of, ask.person.actor.id)
    return [shown(one) for one in found]


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/lists/:id."""
    return shown(await ask.store.read(own, ask.person.actor, ask.number()))


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/lists."""
    made = await ask.store.write(
        _create,
        ask.person.actor,
        title=_title(ask.parameters.text("title")),
        replies_policy=_policy(ask.parameters.text("replies_policy") or "list"),
        exclusive=ask.parameters.flag("exclusive"),
    )
    return shown(made)


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/lists/:id: what is not sent stays."""
    read = ask.parameters
    changes: dict[str, Any] = {}
    if read.maybe("title") is not None:
        changes["title"] = _title(read.text("title"))
    if read.maybe("replies_policy") is not None:
        changes["replies_policy"] = _policy(read.text("replies_policy"))
    if read.maybe_flag("exclusive") is not None:
        changes["exclusive"] = read.flag("exclusive")
    return shown(await ask.store.write(_change, ask.person.actor, ask.number(), changes))


async def remove(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/lists/:id."""
    await ask.store.write(_remove, ask.person.actor, ask.number())
    return {}


def own(tx: Transaction, me: Actor, identifier: int) -> List:
    found = lists.by_id(tx, identifier, account_id=me.id)
    if found is None:
        raise missing()
    return found


def _create(tx: Transaction, /, me: Actor, **fields: Any) -> List:
    if len(lists.of(tx, me.id)) >= LISTS_MOST:
        raise Invalid(f"Au plus {LISTS_MOST} listes.")
    return lists.add(tx, account_id=me.id, **fields)


def _change(tx: Transaction, me: Actor, identifier: int, changes: dict[str, Any]) -> List:
    found = own(tx, me, identifier)
    whole: dict[str, Any] = {
        "title": found.title,
        "replies_policy": found.replies_policy,
        "exclusive": found.exclusive,
    }
    lists.change(tx, identifier, **(whole | changes))
    return own(tx, me, identifier)


def _remove(tx: Transaction, me: Actor, identifier: int) -> None:
    lists.remove(tx, own(tx, me, identifier).id)


def _title(text: str) -> str:
    title = one_line(text, TITLE_MAX, "Le titre")
    if not title:
        raise Invalid("Validation failed: Title can't be blank")
    return title


def _policy(word: str) -> str:
    if word not in POLICIES:
        raise Invalid(f"'{word[:40]}' is not a valid replies_policy")
    return word


# ── members ──────────────────────────────────────────────────────────────────────────────────


async def members(ask: Ask) -> Listing:
    """GET /api/v1/lists/:id/accounts; limit=0 is all of them."""
    everybody = ask.parameters.maybe_integer("limit") == 0
    bounds = ask.bounds(default=40, most=80)
    found = await ask.store.read(
        _members,
        ask.person.actor,
        ask.number(),
        **(ordered(bounds) | ({"most": MEMBERS_MOST} if everybody else {})),
    )
    people = await ask.store.read(accounts.listed, ask.here, [other for _, other in found])
    if everybody:
        return Listing(people)
    return listed(people, [number for number, _ in found], bounds)


def _members(tx: Transaction, /, me: Actor, identifier: int, **page: Any) -> list[tuple[int, int]]:
    return lists.members_page(tx, own(tx, me, identifier).id, **page)


async def put_in(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/lists/:id/accounts."""
    wanted = ask.parameters.identifiers("account_ids")
    await ask.store.write(_put_in, ask.here, ask.person.actor, ask.number(), wanted)
    return {}


def _put_in(tx: Transaction, here: Here, me: Actor, identifier: int, wanted: list[int]) -> None:
    """Those whom one follows, or asked to; all of them, or none."""
    found = own(tx, me, identifier)
    for other in wanted:
        if other != me.id and follows.between(tx, me.id, other) is None:
            raise NotFound("Record not found")
        if not lists.put_in(tx, found.id, other):
            raise Invalid("Validation failed: Account has already been taken")
    if lists.members_count(tx, found.id) > MEMBERS_MOST:
        raise Invalid(f"Au plus {MEMBERS_MOST} personnes dans une liste.")


async def take_out(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/lists/:id/accounts."""
    wanted = ask.parameters.identifiers("account_ids")
    await ask.store.write(_take_out, ask.person.actor, ask.number(), wanted)
    return {}


def _take_out(tx: Transaction, me: Actor, identifier: int, wanted: list[int]) -> None:
    lists.take_out(tx, own(tx, me, identifier).id, wanted)


_ALL = "/api/v1/lists"
_ONE = f"{_ALL}/{{id}}"

METHODS = (
    Method("GET", _ALL, every, scope="read:lists"),
    Method("POST", _ALL, create, scope="write:lists"),
    Method("GET", _ONE, one, scope="read:lists"),
    Method("PUT", _ONE, change, scope="write:lists"),
    Method("DELETE", _ONE, remove, scope="write:lists"),
    Method("GET", f"{_ONE}/accounts", members, scope="read:lists"),
    Method("POST", f"{_ONE}/accounts", put_in, scope="write:lists"),
    Method("DELETE", f"{_ONE}/accounts", take_out, scope="write:lists"),
)
