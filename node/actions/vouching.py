"""Standing up for somebody, by name and date; it can be taken back (aid.md §2). No scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.actions import notices
from node.errors import NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.membership import check_voucher
from node.social.notifications import Kind
from node.store import accounts, actors, vouches
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Voucher:
    who: Actor
    since: float


def vouch(tx: Transaction, here: Here, voucher: Actor, account_id: int) -> None:
    """`voucher` knows this person; to say so again changes nothing. Raises NotFound for somebody
    without an account here, Invalid for oneself."""
    account = accounts.by_actor(tx, voucher.id)
    check_voucher(
        account_id=account_id,
        voucher_id=voucher.id,
        voucher_confirmed=account is not None and account.confirmed_at is not None,
    )
    person = member(tx, account_id)
    if vouches.add(tx, account_id=person.id, voucher_id=voucher.id, now=here.clock.now()):
        notices.tell(tx, here, person, Kind.VOUCHED, dedupe=str(voucher.id), by=voucher)


def take_back(tx: Transaction, voucher: Actor, account_id: int) -> None:
    """Not any more. To take back what was never said changes nothing."""
    vouches.remove(tx, account_id=member(tx, account_id).id, voucher_id=voucher.id)


def vouchers_of(tx: Transaction, account_id: int) -> list[Voucher]:
    """Who stands up for somebody, the first one first; without those who left or are suspended."""
    return _there(tx, {one.voucher_id: one.created_at for one in vouches.for_(tx, account_id)})


def vouched_for(tx: Transaction, voucher_id: int) -> list[Voucher]:
    """For whom somebody stands up, the first one first; without those who left."""
    return _there(tx, {one.account_id: one.created_at for one in vouches.by(tx, voucher_id)})


def _there(tx: Transaction, since: Mapping[int, float]) -> list[Voucher]:
    people = actors.by_ids(tx, since)
    found = [Voucher(people[number], at) for number, at in since.items() if number in people]
    return [one for one in found if not one.who.gone and not one.who.suspended]


def member(tx: Transaction, account_id: int) -> Actor:
    """Somebody with an account here. Raises NotFound."""
    actor = actors.by_id(tx, account_id)
    if actor is None or actor.gone or actor.suspended or accounts.by_actor(tx, actor.id) is None:
        raise NotFound("Il n’y a personne de ce numéro ici.")
    return actor
