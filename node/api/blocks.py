"""Whom a person blocked: nothing passes between the two any more."""

from __future__ import annotations

from node.actions import blocking
from node.api.common import AccountEntity, Id, PageQuery, account_entity
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, blocks
from node.store.transaction import Transaction


class BlockOf(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to block."""

    account_id: Id


async def listed(call: Call[PageQuery, Nothing]) -> Page[AccountEntity]:
    found = await call.store.read(
        _page, call.caller.actor.id, call.query.before, call.query.limit + 1
    )
    shown = found[: call.query.limit]
    more = len(found) > call.query.limit
    return Page(
        [account_entity(actor) for actor in shown], next=str(shown[-1].id) if more else None
    )


async def block(call: Call[Nothing, BlockOf]) -> AccountEntity:
    found = await call.store.write(
        _block, call.here, call.caller.actor, as_number(call.body.account_id)
    )
    return account_entity(found)


async def unblock(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(_unblock, call.here, call.caller.actor, call.number())


def as_number(text: str) -> int:
    """An id of a body; NotFound for what cannot be one."""
    number = int(text)
    if number >= 2**63:
        raise NotFound("Il n’y a personne de ce numéro ici.")
    return number


def somebody(tx: Transaction, account_id: int) -> Actor:
    """Raises NotFound."""
    found = actors.by_id(tx, account_id)
    if found is None or found.gone:
        raise NotFound("Il n’y a personne de ce numéro ici.")
    return found


def _page(tx: Transaction, actor_id: int, before: int | None, most: int) -> list[Actor]:
    found = actors.by_ids(tx, ids := blocks.made_by(tx, actor_id, before=before, most=most))
    return [found[one] for one in ids if one in found]


def _block(tx: Transaction, here: Here, who: Actor, target_id: int) -> Actor:
    target = somebody(tx, target_id)
    blocking.block(tx, here, who, target)
    return target


def _unblock(tx: Transaction, here: Here, who: Actor, target_id: int) -> None:
    target = actors.by_id(tx, target_id)
    if target is None:
        raise NotFound("Vous n’avez bloqué personne de ce numéro.")
    blocking.unblock(tx, here, who, target)


TAG = "blocks"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/blocks",
        handler=listed,
        summary="Whom one has blocked",
        tag=TAG,
        answer=list[AccountEntity],
        query=PageQuery,
        scope="read:blocks",
        paged=True,
    ),
    Endpoint(
        method="POST",
        path="/blocks",
        handler=block,
        summary="Block somebody, here or elsewhere; the follows both ways end",
        tag=TAG,
        answer=AccountEntity,
        body=BlockOf,
        scope="write:blocks",
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE",
        path="/blocks/{id}",
        handler=unblock,
        summary="Unblock somebody, by the id of the account",
        tag=TAG,
        scope="write:blocks",
        errors=(404,),
    ),
)
