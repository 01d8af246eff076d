"""Blocked servers: one by one, and whole lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from node.actions import audit, passing
from node.actions import neighbours as joining
from node.actions.moderation import show_again
from node.aid.neighbours import Event
from node.errors import Conflict, NotFound
from node.moderation.blocklists import Plan, plan
from node.moderation.policy import Blocklist, DomainBlock, check_domain
from node.moderation.reports import check_reason
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, moderation, neighbours, proposals
from node.store.transaction import Transaction


def block_domain(tx: Transaction, here: Here, who: Actor | None, block: DomainBlock) -> DomainBlock:
    """Block a server, or change how it is blocked. Raises Invalid, and Conflict for our own."""
    wanted = replace(
        block,
        domain=check_domain(block.domain),
        reason=check_reason(block.reason, needed=False),
        private_reason=check_reason(block.private_reason, needed=False),
    )
    _apply(tx, here, [wanted])
    audit.record(
        tx, here, who, f"domain.{_verb(wanted)}", wanted.domain,
        wanted.reason or wanted.private_reason,
    )  # fmt: skip
    return wanted


def unblock_domain(tx: Transaction, here: Here, who: Actor | None, domain: str) -> None:
    """Raises NotFound when it is not blocked."""
    name = check_domain(domain)
    before = Blocklist(moderation.domain_block_list(tx))
    if not moderation.unblock_domain(tx, name):
        raise NotFound(f"Le serveur {name} n’est pas bloqué : entraide domain list")
    _show_what_may_be(tx, here, before)
    audit.record(tx, here, who, "domain.unblock", name)


def import_list(
    tx: Transaction, here: Here, who: Actor | None, wanted: Sequence[DomainBlock], source: str
) -> Plan:
    """Take a list in: what is new, and what is harder than here. `source` says in the audit where
    it comes from. The plan as it was carried out."""
    planned = plan_list(tx, here, wanted)
    if planned.changes:
        _apply(tx, here, planned.changes)
    for block in planned.changes:
        audit.record(tx, here, who, f"domain.{_verb(block)}", block.domain, source)
    return planned


def plan_list(tx: Transaction, here: Here, wanted: Sequence[DomainBlock]) -> Plan:
    """What `import_list` would do now. Our own domain is never blocked by a list."""
    ours = [block for block in wanted if _covers_us(here, block)]
    rest = [block for block in wanted if block not in ours]
    planned = plan(moderation.domain_block_list(tx), rest)
    return replace(planned, kept=(*planned.kept, *(block.domain for block in ours)))


def _apply(tx: Transaction, here: Here, blocks: Sequence[DomainBlock]) -> None:
    for block in blocks:
        if _covers_us(here, block):
            raise Conflict("C’est ce quartier lui-même : il ne peut pas se bloquer.")
    before = Blocklist(moderation.domain_block_list(tx))
    wanted = Blocklist(blocks)
    there = [name for name in moderation.remote_domains(tx) if wanted.covering(name)]
    suspended = [name for name in there if wanted.suspends(name) and not before.suspends(name)]
    _part(tx, here, suspended)
    for block in blocks:
        moderation.block_domain(
            tx,
            domain=block.domain,
            severity=block.severity,
            reject_media=block.reject_media,
            reject_reports=block.reject_reports,
            reason=block.reason,
            private_reason=block.private_reason,
            obfuscate=block.obfuscate,
            now=here.clock.now(),
        )
    after = Blocklist(moderation.domain_block_list(tx))
    moderation.forget_pictures_of(tx, [name for name in there if after.rejects_media(name)])
    hidden = [name for name in there if after.suspends(name) or after.silences(name)]
    for object_id in moderation.proposals_of(tx, domains=hidden):
        stored = proposals.by_id(tx, object_id)
        if stored is not None:
            passing.unlist(tx, here, stored.proposal)
    _show_what_may_be(tx, here, before)


def _part(tx: Transaction, here: Here, domains: Sequence[str]) -> None:
    """Said while they still hear us: we are no neighbours any more. The follows end unsaid, as
    everything between the two servers does."""
    gone = set(domains)
    for row in neighbours.every(tx):
        group = actors.by_id(tx, row.actor_id) if row.domain in gone else None
        if group is not None:
            joining.heard(tx, here, group, Event.WE_STOP, None)
    if domains:
        moderation.end_follows_with(tx, domains)


def _show_what_may_be(tx: Transaction, here: Here, before: Blocklist) -> None:
    """What neighbours passed on from servers that are hidden no more."""
    after = Blocklist(moderation.domain_block_list(tx))
    freed = [
        name
        for name in moderation.remote_domains(tx)
        if (before.suspends(name) or before.silences(name))
        and not (after.suspends(name) or after.silences(name))
    ]
    if not freed:
        return
    for object_id in moderation.proposals_of(tx, domains=freed, shown=False):
        show_again(tx, here, object_id)


def _covers_us(here: Here, block: DomainBlock) -> bool:
    return Blocklist([block]).covering(here.domain) is not None


def _verb(block: DomainBlock) -> str:
    return "limit" if block.severity == "noop" else block.severity
