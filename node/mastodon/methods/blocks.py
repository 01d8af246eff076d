"""Whom one blocked or muted, and the servers of which one wants to hear nothing."""

from __future__ import annotations

from typing import Any, Final

from node.actions import relating
from node.errors import Invalid
from node.mastodon.entities import account as accounts
from node.mastodon.entities.times import maybe
from node.mastodon.method import Ask, Bounds, Listing, Method, listed, ordered
from node.moderation.policy import check_domain
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import domain_mutes, mutes, relations
from node.store.transaction import Transaction

DOMAINS_MOST: Final = 2_000


async def blocked(ask: Ask) -> Listing:
    """GET /api/v1/blocks."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_blocked, ask.here, ask.person.actor.id, bounds)


def _blocked(tx: Transaction, here: Here, me: int, bounds: Bounds) -> Listing:
    found = relations.blocked(tx, me, **ordered(bounds))
    return listed(accounts.listed(tx, here, found), found, bounds)


async def muted(ask: Ask) -> Listing:
    """GET /api/v1/mutes: MutedAccount."""
    bounds = ask.bounds(default=40, most=80)
    return await ask.store.read(_muted, ask.here, ask.person.actor.id, bounds)


def _muted(tx: Transaction, here: Here, me: int, bounds: Bounds) -> Listing:
    found = mutes.page(tx, me, now=here.clock.now(), **ordered(bounds))
    people = accounts.accounts(tx, here, [one.target_id for one in found])
    shown = [
        people[one.target_id] | {"mute_expires_at": maybe(one.expires_at)}
        for one in found
        if one.target_id in people
    ]
    return listed(shown, [one.id for one in found], bounds)


# ── servers ──────────────────────────────────────────────────────────────────────────────────


async def domains(ask: Ask) -> Listing:
    """GET /api/v1/domain_blocks: names, the latest first."""
    bounds = ask.bounds(default=100, most=200)
    found = await ask.store.read(domain_mutes.page, ask.person.actor.id, **ordered(bounds))
    return listed([name for _, name in found], [number for number, _ in found], bounds)


async def mute_domain(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/domain_blocks."""
    domain = _domain(ask)
    await ask.store.write(_mute_domain, ask.here, ask.person.actor, domain)
    return {}


def _mute_domain(tx: Transaction, here: Here, me: Actor, domain: str) -> None:
    if domain_mutes.count(tx, me.id) >= DOMAINS_MOST:
        raise Invalid(f"Au plus {DOMAINS_MOST} serveurs.")
    relating.mute_domain(tx, here, me, domain)


async def unmute_domain(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/domain_blocks."""
    await ask.store.write(relating.unmute_domain, ask.person.actor, _domain(ask))
    return {}


def _domain(ask: Ask) -> str:
    domain = ask.parameters.text("domain").strip().lower()
    if not domain or domain == ask.here.domain.lower():
        raise Invalid("Validation failed: Domain is not a valid domain name")
    return check_domain(domain)


_DOMAINS = "/api/v1/domain_blocks"

METHODS = (
    Method("GET", "/api/v1/blocks", blocked, scope="read:blocks"),
    Method("GET", "/api/v1/mutes", muted, scope="read:mutes"),
    Method("GET", _DOMAINS, domains, scope="read:blocks"),
    Method("POST", _DOMAINS, mute_domain, scope="write:blocks"),
    Method("DELETE", _DOMAINS, unmute_domain, scope="write:blocks"),
)
