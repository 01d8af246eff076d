"""Invitations, requests, vouches, news, keys and the queue of mails, on both databases."""

from __future__ import annotations

import asyncio

from node.ids import new_id
from node.store import (
    accounts,
    invitations,
    join_requests,
    leases,
    mail_keys,
    mails,
    notifications,
    vouches,
)
from node.store.engine import Store
from node.store.invitations import Invitation
from node.store.join_requests import JoinRequest
from node.store.transaction import Transaction
from tests.store.people import NOW
from tests.store.test_accounts import add_account


async def account(store: Store, name: str) -> int:
    return await store.write(add_account, name, f"{name}@x.example")


async def test_the_last_use_of_an_invitation(store: Store) -> None:
    """Of many who use it at the same moment as many succeed as it has uses."""
    amina = await account(store, "amina")
    made = Invitation("h", amina, "resident", 2, NOW + 10, NOW, None)
    await store.write(invitations.add, made)
    used = await asyncio.gather(*(store.write(invitations.use, "h", now=NOW) for _ in range(5)))
    assert sorted(used) == [False, False, False, True, True]
    assert not await store.write(invitations.use, "h", now=NOW)
    left = await store.read(invitations.by_hash, "h")
    assert left is not None
    assert left.uses_left == 0
    assert not left.is_good(NOW)


async def test_an_invitation_that_is_over(store: Store) -> None:
    """By its time, or taken back by who made it; each sees their own, the newest first."""
    amina, bruno = await account(store, "amina"), await account(store, "bruno")

    def unit(tx: Transaction) -> None:
        for number in range(3):
            ends = NOW + 10 * number
            invitations.add(
                tx, Invitation(f"h{number}", amina, "resident", 1, ends, NOW + number, None)
            )
        assert not invitations.use(tx, "h0", now=NOW)
        assert not invitations.revoke(tx, "h1", inviter_id=bruno, now=NOW)
        assert invitations.revoke(tx, "h1", inviter_id=amina, now=NOW)
        assert not invitations.revoke(tx, "h1", inviter_id=amina, now=NOW)
        assert not invitations.use(tx, "h1", now=NOW)
        assert [one.hash for one in invitations.of(tx, amina)] == ["h2", "h1", "h0"]
        assert [one.is_good(NOW) for one in invitations.of(tx, amina)] == [True, False, False]
        assert invitations.of(tx, bruno) == []
        invitations.drop_of(tx, amina)
        assert invitations.by_hash(tx, "h2") is None

    await store.write(unit)


def asked(name: str, email: str) -> JoinRequest:
    return JoinRequest(new_id(), name, email, "argon", "resident", "N", "T", "fr", "waiting", NOW)


async def test_requests_to_join(store: Store) -> None:
    """One waits for each address; it is decided once, and its password's hash goes."""
    maya = await account(store, "maya")

    def unit(tx: Transaction) -> None:
        first, second = asked("lea", "lea@x.example"), asked("zoe", "zoe@x.example")
        for one in (first, second):
            join_requests.add(tx, one)
        assert join_requests.waiting_by_email(tx, "lea@x.example") == first
        assert join_requests.waiting_by_username(tx, "zoe") == second
        assert join_requests.listed(tx, before=None, most=9) == [second, first]
        assert join_requests.listed(tx, before=second.id, most=9) == [first]
        assert join_requests.decide(tx, first.id, state="declined", by=maya, now=NOW)
        assert not join_requests.decide(tx, first.id, state="accepted", by=None, now=NOW)
        found = join_requests.by_id(tx, first.id)
        assert found is not None
        assert (found.state, found.password_hash) == ("declined", "")
        assert join_requests.waiting_by_email(tx, "lea@x.example") is None
        again = asked("lea", "lea@x.example")
        join_requests.add(tx, again)
        assert join_requests.waiting_by_email(tx, "lea@x.example") == again
        join_requests.forget_person(tx, username="maya", email="zoe@x.example", actor_id=maya)
        assert join_requests.by_id(tx, second.id) is None

    await store.write(unit)


async def test_vouches(store: Store) -> None:
    """One for each pair, the first date counts; both directions go with a person."""
    amina, bruno = await account(store, "amina"), await account(store, "bruno")

    def unit(tx: Transaction) -> None:
        assert vouches.add(tx, account_id=amina, voucher_id=bruno, now=NOW)
        assert not vouches.add(tx, account_id=amina, voucher_id=bruno, now=NOW + 9)
        assert [one.created_at for one in vouches.for_(tx, amina)] == [NOW]
        assert [one.account_id for one in vouches.by(tx, bruno)] == [amina]
        assert vouches.remove(tx, account_id=amina, voucher_id=bruno)
        assert not vouches.remove(tx, account_id=amina, voucher_id=bruno)
        vouches.add(tx, account_id=amina, voucher_id=bruno, now=NOW)
        vouches.add(tx, account_id=bruno, voucher_id=amina, now=NOW)
        vouches.forget_person(tx, amina)
        assert vouches.for_(tx, amina) == vouches.for_(tx, bruno) == []

    await store.write(unit)


def add_news(tx: Transaction, account_id: int, dedupe: str, *, now: float = NOW) -> int | None:
    return notifications.add(
        tx,
        account_id=account_id,
        kind="comment",
        dedupe=dedupe,
        actor_id=None,
        object_id=None,
        agreement_id=None,
        data={"a": "é"},
        urgent=False,
        now=now,
    )


async def test_news(store: Store) -> None:
    """Told once for each occasion; pages, counts and marks are one person's alone."""
    amina, bruno = await account(store, "amina"), await account(store, "bruno")

    def unit(tx: Transaction) -> None:
        made = [add_news(tx, amina, str(number)) for number in range(4)]
        assert add_news(tx, amina, "0") is None
        theirs = add_news(tx, bruno, "0")
        ids = [one for one in made if one is not None]
        assert len(ids) == 4
        assert [one.id for one in notifications.listed(tx, amina, most=2)] == ids[:1:-1]
        older = notifications.listed(tx, amina, before=ids[2], most=9)
        assert [one.id for one in older] == ids[1::-1]
        assert older[0].data == {"a": "é"}
        assert theirs is not None
        assert notifications.by_id(tx, amina, theirs) is None
        assert notifications.mark_read(tx, amina, now=NOW, one=theirs) == 0
        assert notifications.mark_read(tx, amina, now=NOW, upto=ids[1]) == 2
        assert notifications.unread_count(tx, amina) == 2
        assert notifications.unread_count(tx, amina, most=1) == 1
        assert [one.id for one in notifications.to_mail(tx, amina, most=9)] == ids[2:]
        notifications.mark_mailed(tx, [ids[2]], now=NOW)
        assert [one.id for one in notifications.to_mail(tx, amina, most=9)] == ids[3:]
        assert notifications.mark_read(tx, amina, now=NOW) == 2
        assert notifications.listed(tx, amina, unread=True, most=9) == []
        assert notifications.unread_count(tx, bruno) == 1

    await store.write(unit)


async def test_keys_by_mail(store: Store) -> None:
    """The newest of each purpose, until its time."""
    amina = await account(store, "amina")

    def add(tx: Transaction, hash_: str, purpose: str) -> None:
        mail_keys.add(
            tx, hash=hash_, account_id=amina, purpose=purpose, email="a", now=NOW, ends=NOW + 9
        )

    def unit(tx: Transaction) -> None:
        for hash_, purpose in (("p1", "password"), ("e1", "email"), ("p2", "password")):
            add(tx, hash_, purpose)
        assert mail_keys.find(tx, "p1", now=NOW) is None
        assert mail_keys.find(tx, "p2", now=NOW + 9) is None
        found = mail_keys.find(tx, "p2", now=NOW)
        assert found is not None
        assert (found.account_id, found.purpose, found.email) == (amina, "password", "a")
        mail_keys.drop_of(tx, amina, purpose="password")
        assert mail_keys.find(tx, "p2", now=NOW) is None
        assert mail_keys.find(tx, "e1", now=NOW) is not None
        assert mail_keys.drop_expired(tx, now=NOW + 9) == 1

    await store.write(unit)


async def test_accounts_by_what_opens_them(store: Store) -> None:
    """By address, by the key in their mails, and by when their digest is due."""
    amina, bruno = await account(store, "amina"), await account(store, "bruno")

    def unit(tx: Transaction) -> None:
        accounts.change(tx, amina, unsubscribe_key="k", digest_at=NOW + 5, notify={"*": "now"})
        accounts.change(tx, bruno, digest_at=NOW)
        found = accounts.by_unsubscribe_key(tx, "k")
        assert found is not None
        assert (found.actor_id, found.notify) == (amina, {"*": "now"})
        assert accounts.by_unsubscribe_key(tx, "") is None
        assert accounts.by_email(tx, "bruno@x.example") is not None
        assert accounts.by_email(tx, "zoe@x.example") is None
        assert accounts.digests_due(tx, now=NOW, most=9) == [bruno]
        assert accounts.digests_due(tx, now=NOW + 5, most=9) == [bruno, amina]
        assert accounts.next_digest(tx) == NOW

    await store.write(unit)


def add_mail(tx: Transaction, to: str, *, urgent: bool = False, now: float = NOW) -> None:
    mails.add(tx, to=to, subject="S", text="T", headers={"X": "1"}, urgent=urgent, now=now)


async def test_the_queue_of_mails(store: Store) -> None:
    """Urgent ones first; one that is claimed is nobody else's until its lease is over; who lost
    it changes nothing any more; what is sent keeps no words and counts for the rate."""

    def fill(tx: Transaction) -> None:
        add_mail(tx, "a@x.example")
        add_mail(tx, "b@x.example", urgent=True)
        add_mail(tx, "c@x.example", now=NOW + 50)

    await store.write(fill)
    first = await store.write(mails.claim, now=NOW, most=9)
    assert [mail.to for mail in first] == ["b@x.example", "a@x.example"]
    assert first[0].headers == {"X": "1"}
    assert await store.write(mails.claim, now=NOW, most=9) == []
    assert await store.read(mails.next_due) == NOW + 50
    later = NOW + mails.LEASE_SECONDS + 1
    second = await store.write(mails.claim, now=later, most=9)
    assert [mail.to for mail in second] == ["b@x.example", "a@x.example", "c@x.example"]

    def settle(tx: Transaction) -> None:
        mails.dead(tx, first[0], error="late word")
        mails.sent(tx, second[0])
        mails.postponed(tx, second[1], next_at=later + 60, error="busy")
        mails.dead(tx, second[2], error="nobody")
        states = [(line.to, line.state, line.attempts) for line in mails.queue(tx, most=9)]
        assert states == [("a@x.example", "pending", 1), ("c@x.example", "dead", 1)]
        assert [line.to for line in mails.queue(tx, state="dead", most=9)] == ["c@x.example"]
        assert mails.count_since(tx, "b@x.example", NOW - 1) == 1
        assert mails.count_since(tx, "b@x.example", NOW) == 0
        assert [text for _, _, text in mails.waiting(tx, most=9)] == ["T", "T"]
        assert mails.next_due(tx) == later + 60
        assert mails.retry(tx, now=later) == 2
        assert mails.drop_sent(tx, before=NOW + 1) == 1
        mails.drop_to(tx, "c@x.example")
        assert [line.to for line in mails.queue(tx, most=9)] == ["a@x.example"]

    await store.write(settle)


async def test_two_workers_never_send_the_same(store: Store) -> None:
    """However many claim at once; and what a worker held that died is free for the next."""

    def fill(tx: Transaction) -> None:
        for number in range(10):
            add_mail(tx, f"{number}@x.example")

    await store.write(fill)
    claims = await asyncio.gather(*(store.write(mails.claim, now=NOW, most=4) for _ in range(4)))
    claims.append(await store.write(mails.claim, now=NOW, most=20))
    taken = [mail.id for claim in claims for mail in claim]
    assert len(taken) == len(set(taken)) == 10
    await store.write(leases.release_all)
    assert len(await store.write(mails.claim, now=NOW, most=20)) == 10
