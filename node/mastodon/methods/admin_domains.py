"""Servers that the quartier wants nothing from, or less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.actions import blocklists as actions
from node.errors import Conflict, Invalid
from node.mastodon.entities.admin import domain_block
from node.mastodon.method import Answer, Ask, Listing, Method, missing
from node.mastodon.parameters import Parameters
from node.moderation.policy import DomainBlock, check_severity
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import moderation
from node.store.transaction import Transaction


async def every(ask: Ask) -> Listing:
    """GET /api/v1/admin/domain_blocks: by name; the name is the id."""
    ask.require("mediator")
    limit = ask.parameters.integer("limit", 100, least=1, most=200)
    found = await ask.store.read(
        moderation.domain_block_page, after=ask.parameters.maybe("max_id"), most=limit
    )
    shown = [domain_block(block, at) for block, at in found]
    last = found[-1][0].domain if found else None
    return Listing(shown, None, last, len(found) >= limit)


async def one(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/admin/domain_blocks/:id."""
    ask.require("mediator")
    return await ask.store.read(_one, ask.request.match_info["id"])


def _one(tx: Transaction, domain: str) -> dict[str, Any]:
    found = moderation.dated_domain_block(tx, domain)
    if found is None:
        raise missing()
    return domain_block(*found)


async def create(ask: Ask) -> dict[str, Any] | Answer:
    """POST /api/v1/admin/domain_blocks; 422 with the one that is there."""
    me = ask.require("mediator").actor
    domain = ask.parameters.text("domain")
    if not domain.strip():
        raise Invalid("Validation failed: Domain can't be blank")
    wanted = _changed(DomainBlock(domain, "silence"), ask.parameters)
    known = await ask.store.read(moderation.dated_domain_block, domain.strip().lower())
    if known is not None:
        told = {
            "error": "You have already imposed stricter limits on that domain",
            "existing_domain_block": domain_block(*known),
        }
        return Answer(told, 422)
    return await ask.store.write(_put, ask.here, me, wanted)


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/admin/domain_blocks/:id: what is not sent stays."""
    me = ask.require("mediator").actor
    known = await ask.store.read(moderation.domain_block, ask.request.match_info["id"])
    if known is None:
        raise missing()
    return await ask.store.write(_put, ask.here, me, _changed(known, ask.parameters))


def _put(tx: Transaction, here: Here, me: Actor, wanted: DomainBlock) -> dict[str, Any]:
    try:
        made = actions.block_domain(tx, here, me, wanted)
    except Conflict as error:
        raise Invalid(error.public) from error
    return _one(tx, made.domain)


def _changed(block: DomainBlock, read: Parameters) -> DomainBlock:
    severity = read.maybe("severity")
    return replace(
        block,
        severity=check_severity(severity) if severity else block.severity,
        reject_media=read.flag("reject_media", block.reject_media),
        reject_reports=read.flag("reject_reports", block.reject_reports),
        obfuscate=read.flag("obfuscate", block.obfuscate),
        reason=read.text("public_comment", block.reason),
        private_reason=read.text("private_comment", block.private_reason),
    )


async def remove(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/admin/domain_blocks/:id."""
    me = ask.require("mediator").actor
    domain = ask.request.match_info["id"]
    await ask.store.read(_one, domain)
    await ask.store.write(actions.unblock_domain, ask.here, me, domain)
    return {}


_ALL = "/api/v1/admin/domain_blocks"
_ONE = f"{_ALL}/{{id}}"
_READ, _WRITE = "admin:read:domain_blocks", "admin:write:domain_blocks"

METHODS = (
    Method("GET", _ALL, every, scope=_READ),
    Method("POST", _ALL, create, scope=_WRITE),
    Method("GET", _ONE, one, scope=_READ),
    Method("PUT", _ONE, change, scope=_WRITE),
    Method("DELETE", _ONE, remove, scope=_WRITE),
)
