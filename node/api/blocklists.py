"""Blocked servers: by mediators, one by one and as lists in Mastodon's CSV."""

from __future__ import annotations

import hashlib
from typing import Annotated

from msgspec import Meta

from node.actions import blocklists as actions
from node.api.common import Limit, Moment, moment
from node.api.endpoint import PAGE, Call, Endpoint, Entity, Nothing, Raw
from node.moderation.blocklists import BYTES_MAX, Line, Plan, obfuscated, read_csv, write_csv
from node.moderation.policy import DomainBlock, Severity
from node.moderation.reports import REASON_MAX
from node.store import moderation

Domain = Annotated[str, Meta(min_length=1, max_length=260)]
Words = Annotated[str, Meta(max_length=REASON_MAX)]


class DomainBlockDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a server, with all its subdomains, is to be blocked."""

    domain: Domain
    severity: Severity
    """`silence`: served, but not shown to everybody. `suspend`: nothing comes in and nothing goes
    out. `noop`: only what the two flags say."""
    reject_media: bool = False
    reject_reports: bool = False
    reason: Words = ""
    """For everybody here."""
    private_reason: Words = ""
    """For the mediators."""
    obfuscate: bool = False
    """Half hide the name from everybody but mediators."""


class DomainBlockEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A blocked server, as mediators see it."""

    domain: str
    severity: Severity
    reject_media: bool
    reject_reports: bool
    reason: str
    private_reason: str
    obfuscate: bool
    created_at: Moment


class PublicBlock(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A blocked server, as everybody with an account sees it."""

    domain: str
    digest: str
    """SHA-256 of the whole name, hex: who knows it can tell that it is meant."""
    severity: Severity
    reason: str


class ListQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page, by name."""

    after: Domain | None = None
    limit: Limit = PAGE


class DomainQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server, by name."""

    domain: Domain


class ImportDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list to take in. Without `apply` nothing changes: the answer says what would."""

    csv: Annotated[str, Meta(max_length=BYTES_MAX)]
    """`#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate`, as Mastodon
    exports it, or one domain in each line."""
    apply: bool = False
    source: Annotated[str, Meta(max_length=200)] = ""
    """Where it comes from: it stands in the audit."""


class LineEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the file, and what is to be said about it."""

    line: int
    text: str


class ImportAnswer(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list changes, or would."""

    applied: bool
    added: list[str]
    hardened: list[str]
    """Blocked before, and now harder."""
    kept: list[str]
    """As hard or harder before: a list loosens nothing."""
    wrong: list[LineEntity]
    skipped: list[LineEntity]


async def listed(call: Call[ListQuery, Nothing]) -> list[DomainBlockEntity]:
    found = await call.store.read(
        moderation.domain_block_page, after=call.query.after, most=call.query.limit
    )
    return [_entity(block, since) for block, since in found]


async def shown(call: Call[ListQuery, Nothing]) -> list[PublicBlock]:
    found = await call.store.read(
        moderation.domain_block_page, after=call.query.after, most=call.query.limit
    )
    return [
        PublicBlock(
            domain=obfuscated(block.domain) if block.obfuscate else block.domain,
            digest=hashlib.sha256(block.domain.encode()).hexdigest(),
            severity=block.severity,
            reason=block.reason,
        )
        for block, _ in found
    ]


async def block(call: Call[Nothing, DomainBlockDraft]) -> DomainBlockEntity:
    body = call.body
    made = await call.store.write(
        actions.block_domain,
        call.here,
        call.caller.actor,
        DomainBlock(
            body.domain,
            body.severity,
            reject_media=body.reject_media,
            reject_reports=body.reject_reports,
            reason=body.reason,
            private_reason=body.private_reason,
            obfuscate=body.obfuscate,
        ),
    )
    return _entity(made, call.here.clock.now())


async def unblock(call: Call[DomainQuery, Nothing]) -> None:
    await call.store.write(actions.unblock_domain, call.here, call.caller.actor, call.query.domain)


async def take_in(call: Call[Nothing, ImportDraft]) -> ImportAnswer:
    reading = read_csv(call.body.csv)
    if call.body.apply:
        plan = await call.store.write(
            actions.import_list,
            call.here,
            call.caller.actor,
            reading.blocks,
            call.body.source or "import",
        )
    else:
        plan = await call.store.read(actions.plan_list, call.here, reading.blocks)
    return _answer(plan, reading.wrong, reading.skipped, applied=call.body.apply)


async def export(call: Call[Nothing, Nothing]) -> Raw:
    found = await call.store.read(moderation.domain_block_list)
    return Raw(
        write_csv(found).encode(),
        "text/csv; charset=utf-8",
        {"Content-Disposition": 'attachment; filename="domain_blocks.csv"'},
    )


def _entity(found: DomainBlock, since: float) -> DomainBlockEntity:
    return DomainBlockEntity(
        domain=found.domain,
        severity=found.severity,
        reject_media=found.reject_media,
        reject_reports=found.reject_reports,
        reason=found.reason,
        private_reason=found.private_reason,
        obfuscate=found.obfuscate,
        created_at=moment(since) or "",
    )


def _answer(
    plan: Plan, wrong: tuple[Line, ...], skipped: tuple[Line, ...], *, applied: bool
) -> ImportAnswer:
    return ImportAnswer(
        applied=applied,
        added=[one.domain for one in plan.added],
        hardened=[one.domain for one in plan.hardened],
        kept=list(plan.kept),
        wrong=[LineEntity(line=one.number, text=one.text) for one in wrong],
        skipped=[LineEntity(line=one.number, text=one.text) for one in skipped],
    )


TAG = "servers"
_BLOCKS = "/moderation/domain-blocks"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/domain-blocks",
        handler=shown,
        summary="Which servers are blocked here, and why",
        tag=TAG,
        answer=list[PublicBlock],
        query=ListQuery,
        scope="read",
    ),
    Endpoint(
        method="GET",
        path=f"{_BLOCKS}/export",
        handler=export,
        summary="The whole list as Mastodon's CSV",
        tag=TAG,
        scope="read",
        role="mediator",
        media_types=("text/csv",),
        answer=str,
    ),
    Endpoint(
        method="POST",
        path=f"{_BLOCKS}/import",
        handler=take_in,
        summary="Take a list in; without `apply`, say what that would change",
        tag=TAG,
        answer=ImportAnswer,
        body=ImportDraft,
        scope="write",
        role="mediator",
    ),
    Endpoint(
        method="GET",
        path=_BLOCKS,
        handler=listed,
        summary="Blocked servers, by name",
        tag=TAG,
        answer=list[DomainBlockEntity],
        query=ListQuery,
        scope="read",
        role="mediator",
    ),
    Endpoint(
        method="PUT",
        path=_BLOCKS,
        handler=block,
        summary="Block a server, or change how",
        tag=TAG,
        answer=DomainBlockEntity,
        body=DomainBlockDraft,
        scope="write",
        role="mediator",
        errors=(409,),
    ),
    Endpoint(
        method="DELETE",
        path=_BLOCKS,
        handler=unblock,
        summary="Unblock a server",
        tag=TAG,
        query=DomainQuery,
        scope="write",
        role="mediator",
        errors=(404,),
    ),
)
