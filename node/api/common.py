"""What several areas of the interface say in the same words."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from node.api.endpoint import PAGE, PAGE_MAX, Entity
from node.clock import to_iso
from node.social.accounts import Actor

Id = Annotated[str, Meta(pattern="^[0-9]{1,19}$", description="A 64-bit id, in order of time.")]
Moment = Annotated[
    str,
    Meta(
        description="xsd:dateTime in UTC, 2026-11-22T18:00:00Z.",
        extra_json_schema={"format": "date-time"},
    ),
]
Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX, description="How many at most.")]


class PageQuery(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of a list, newest first."""

    max_id: Id | None = None
    """Only what is older than this one."""
    limit: Limit = PAGE

    @property
    def before(self) -> int | None:
        """`max_id` as the number that it is; beyond 64 bits it means no bound."""
        if self.max_id is None or int(self.max_id) >= 2**63:
            return None
        return int(self.max_id)


class AccountEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody, here or elsewhere, as everybody may know them."""

    id: Id
    uri: str
    handle: str
    """`amina@croix-rousse.example`"""
    name: str
    kind: str | None
    """resident, association, informal-group, public-body, business, professional; null where
    it is not told."""
    local: bool
    url: str | None


def account_entity(actor: Actor) -> AccountEntity:
    return AccountEntity(
        id=str(actor.id),
        uri=actor.uri,
        handle=actor.handle,
        name=actor.name or actor.username,
        kind=actor.kind,
        local=actor.local,
        url=actor.url,
    )


def moment(seconds: float | None) -> str | None:
    return None if seconds is None else to_iso(seconds)
