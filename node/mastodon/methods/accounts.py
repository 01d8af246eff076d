"""Accounts are looked at, looked up, and opened."""

from __future__ import annotations

from typing import Any, Final

from node.actions import finding
from node.mastodon.entities import account as entities
from node.mastodon.entities.lists import shown as list_shown
from node.mastodon.entities.tag import featured
from node.mastodon.method import Ask, Bounds, Listing, Method, Person, listed, missing, ordered
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts as people
from node.store import actors, blocks, endorsements, featured_tags, lists, relations
from node.store.transaction import Transaction

SEVERAL_MOST: Final = 80


# ── one, or several ──────────────────────────────────────────────────────────────────────────


async def verify(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/accounts/verify_credentials: CredentialAccount."""
    return await ask.store.read(own, ask.here, ask.person)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/accounts/:id."""
    return await ask.store.read(_one, ask.here, ask.number())


async def several(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts?id[]=…"""
    wanted = list(dict.fromkeys(ask.parameters.identifiers("id")))[:SEVERAL_MOST]
    return await ask.store.read(entities.listed, ask.here, wanted)


async def lookup(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/accounts/lookup?acct=…: whoever is known here, without asking elsewhere."""
    return await ask.store.read(_lookup, ask.here, ask.parameters.text("acct"))


def own(tx: Transaction, here: Here, person: Person) -> dict[str, Any]:
    return entities.credential(tx, here, person.actor, person.account)


def known(tx: Transaction, identifier: int) -> Actor:
    """Raises NotFound for nobody, and for who left."""
    actor = actors.by_id(tx, identifier)
    if actor is None or actor.gone:
        raise missing()
    return actor


def _one(tx: Transaction, here: Here, identifier: int) -> dict[str, Any]:
    return entities.one(tx, here, known(tx, identifier))


def _lookup(tx: Transaction, here: Here, acct: str) -> dict[str, Any]:
    found = finding.by_handle(tx, here, acct)
    if found is None:
        raise missing()
    return entities.one(tx, here, found)


# ── whom they follow, and who follows them ───────────────────────────────────────────────────


async def followers(ask: Ask) -> Listing:
    """GET /api/v1/accounts/:id/followers."""
    return await _people(ask, "followers")


async def following(ask: Ask) -> Listing:
    """GET /api/v1/accounts/:id/following."""
    return await _people(ask, "following")


async def _people(ask: Ask, which: str) -> Listing:
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_related, ask.here, ask.me, ask.number(), which, bounds)


def _related(
    tx: Transaction, here: Here, me: Actor | None, identifier: int, which: str, bounds: Bounds
) -> Listing:
    whose = known(tx, identifier)
    if not _may_see(tx, me, whose):
        return Listing([])
    found = relations.people(tx, which, whose.id, **ordered(bounds))
    shown = entities.listed(tx, here, [other for _, other in found])
    return listed(shown, [number for number, _ in found], bounds)


def _may_see(tx: Transaction, me: Actor | None, whose: Actor) -> bool:
    if me is not None and me.id == whose.id:
        return True
    if whose.suspended or (me is not None and blocks.between(tx, me.id, whose.id)):
        return False
    return not people.people(tx, [whose.id]).get(whose.id, ("", {}))[1].get("hide_collections")


# ── what they show ───────────────────────────────────────────────────────────────────────────


async def tags(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/:id/featured_tags."""
    return await ask.store.read(_tags, ask.here, ask.number())


def _tags(tx: Transaction, here: Here, identifier: int) -> list[dict[str, Any]]:
    whose = known(tx, identifier)
    return featured(tx, here, whose, featured_tags.of(tx, whose.id))


async def endorsed(ask: Ask) -> Listing:
    """GET /api/v1/accounts/:id/endorsements."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_endorsed, ask.here, ask.number(), bounds)


async def own_endorsed(ask: Ask) -> Listing:
    """GET /api/v1/endorsements."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_endorsed, ask.here, ask.person.actor.id, bounds)


def _endorsed(tx: Transaction, here: Here, identifier: int, bounds: Bounds) -> Listing:
    whose = known(tx, identifier)
    found = endorsements.page(tx, whose.id, **ordered(bounds))
    shown = entities.listed(tx, here, [other for _, other in found])
    return listed(shown, [number for number, _ in found], bounds)


async def in_lists(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/:id/lists: those of one's own that they are in."""
    return await ask.store.read(_in_lists, ask.person.actor.id, ask.number())


def _in_lists(tx: Transaction, me: int, identifier: int) -> list[dict[str, Any]]:
    whose = known(tx, identifier)
    return [list_shown(one) for one in lists.containing(tx, account_id=me, actor_id=whose.id)]


async def proofs(ask: Ask) -> list[dict[str, Any]]:
    """GET /api/v1/accounts/:id/identity_proofs: none since 3.5, and apps still ask."""
    await ask.store.read(known, ask.number())
    return []


_ALL = "/api/v1/accounts"
_ONE = f"{_ALL}/{{id}}"
_READ = "read:accounts"

METHODS = (
    Method("GET", f"{_ALL}/verify_credentials", verify, scope=("profile", _READ)),
    Method("GET", f"{_ALL}/lookup", lookup, scope=_READ, who="reader"),
    Method("GET", _ALL, several, scope=_READ, who="reader"),
    Method("GET", _ONE, one, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/followers", followers, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/following", following, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/featured_tags", tags, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/endorsements", endorsed, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/identity_proofs", proofs, scope=_READ, who="reader"),
    Method("GET", f"{_ONE}/lists", in_lists, scope="read:lists"),
    Method("GET", "/api/v1/endorsements", own_endorsed, scope=_READ),
)
