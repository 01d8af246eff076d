"""What is known of hosts, and what an administrator does with the queue, on both databases."""

from __future__ import annotations

import pytest

from node.store import outbox
from node.store.engine import Store
from node.store.outbox import LEASE_SECONDS, HostChange, HostRecord, Settlement
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor
from tests.store.posting import claim, failed, publish, spoil

A = "https://a.example/inbox"
B = "https://b.example/inbox"


@pytest.fixture
async def amina(store: Store) -> int:
    return await store.write(add_actor, "amina")


async def learn(store: Store, **hosts: HostChange) -> None:
    named = {f"{name}.example": change for name, change in hosts.items()}
    await store.write(outbox.settle, Settlement([], [], named), now=NOW)


async def states(store: Store) -> dict[str, tuple[str, float, int]]:
    """Inbox → state, when next, tries."""
    lines = await store.read(outbox.queue)
    return {line.inbox: (line.state, line.next_at, line.attempts) for line in lines}


async def test_what_was_learned_of_a_host_is_remembered(store: Store) -> None:
    """Each thing by itself, in one row per host, and other processes hear of it."""
    bell = store.bell(outbox.HOSTS_BELL)
    await store.write(outbox.remember_host, "a.example", scheme="cavage-rsa")
    assert await bell.wait(1.0)
    await learn(store, a=HostChange(failures=5, failing_since=NOW - 9, open_until=NOW + 60))
    await learn(store, a=HostChange(scheme="rfc9421-ed25519"), b=HostChange())
    assert await store.read(outbox.host_records) == [
        HostRecord("a.example", "rfc9421-ed25519", 5, NOW - 9, NOW + 60)
    ]
    await learn(store, a=HostChange(revived=True))
    assert await store.read(outbox.host_records) == [
        HostRecord("a.example", "rfc9421-ed25519", 0, None, None)
    ]


async def test_a_host_that_fails_is_left_alone_until_its_probe(store: Store, amina: int) -> None:
    """All that waits for it is put off, but for what is under way; other hosts are not."""

    def unit(tx: Transaction) -> None:
        publish(tx, amina, 1, [A], urgent=True)
        claim(tx)
        publish(tx, amina, 2, [A + "/2", B])
        publish(tx, amina, 3, [A + "/3"], now=NOW + 9_999)

    await store.write(unit)
    await learn(store, a=HostChange(failures=5, failing_since=NOW, open_until=NOW + 1_800))
    assert await states(store) == {
        A: ("pending", NOW + LEASE_SECONDS, 0),
        A + "/2": ("pending", NOW + 1_800, 0),
        B: ("pending", NOW, 0),
        A + "/3": ("pending", NOW + 9_999, 0),
    }


async def test_a_worker_that_died_does_not_keep_a_host_busy(store: Store, amina: int) -> None:
    """Once its lease is over, what it held is put off with the rest."""
    await store.write(publish, amina, 1, [A])
    await store.write(claim)
    later = NOW + LEASE_SECONDS
    change = {"a.example": HostChange(failures=5, failing_since=NOW, open_until=later + 60)}
    await store.write(outbox.settle, Settlement([], [], change), now=later)
    assert await states(store) == {A: ("pending", later + 60, 0)}


async def test_a_host_that_comes_back_gets_what_it_missed(store: Store, amina: int) -> None:
    """Waiting and dead ones, from the beginning; what it refused stays refused, what is held is
    left to its holder."""

    def unit(tx: Transaction) -> None:
        for n, (inbox, status) in enumerate(
            [(A + "/dead", 503), (A + "/silent", None), (A + "/limited", 429), (A + "/no", 403)]
        ):
            publish(tx, amina, n, [inbox])
            (held,) = claim(tx)
            failed(tx, held, again=NOW, dead=True, status=status)
        publish(tx, amina, 10, [A + "/waiting", B])
        for held in claim(tx):
            failed(tx, held, again=NOW + 500)
        publish(tx, amina, 11, [A + "/held"])
        claim(tx)

    await store.write(unit)
    bell = store.bell(outbox.BELL)
    assert await store.write(outbox.revive_host, "a.example", now=NOW + 1) == 4
    assert await bell.wait(1.0)
    assert await states(store) == {
        **{A + name: ("pending", NOW + 1, 0) for name in ("/dead", "/silent", "/limited")},
        A + "/no": ("dead", NOW, 1),
        A + "/waiting": ("pending", NOW + 1, 0),
        B: ("pending", NOW + 500, 1),
        A + "/held": ("pending", NOW + LEASE_SECONDS, 0),
    }
    held = await store.write(claim, NOW + 1)
    assert {one.created_at for one in held} == {NOW + 1}
    assert await store.write(outbox.revive_host, "new.example", now=NOW) == 0


async def test_the_queue_is_listed_by_state_and_host(store: Store, amina: int) -> None:
    """The oldest first, and only so many."""

    def unit(tx: Transaction) -> None:
        for n in range(3):
            publish(tx, amina, n, [A, B])
        spoil(tx, "b.example")

    await store.write(unit)
    every = await store.read(outbox.queue)
    assert [line.id for line in every] == sorted(line.id for line in every)
    assert len(every) == 6
    assert await store.read(outbox.queue, most=2) == every[:2]
    dead = await store.read(outbox.queue, state="dead")
    assert {line.host for line in dead} == {"b.example"}
    assert await store.read(outbox.queue, host="b.example") == dead
    assert await store.read(outbox.queue, state="pending", host="b.example") == []


async def test_an_administrator_tries_again(store: Store, amina: int) -> None:
    """By number, by host, or everything; with all tries anew; the host is not spared any more."""

    def unit(tx: Transaction) -> None:
        publish(tx, amina, 1, [A, B, "https://c.example/inbox"])
        for held in claim(tx):
            failed(tx, held, again=NOW + 9_999, dead=held.inbox == A)

    await store.write(unit)
    await learn(store, a=HostChange(failures=5, failing_since=NOW, open_until=NOW + 9_999))
    lines = {line.inbox: line for line in await store.read(outbox.queue)}
    bell = store.bell(outbox.BELL)
    assert await store.write(outbox.retry, now=NOW + 5, ids=[lines[A].id]) == 1
    assert await bell.wait(1.0)
    assert await store.read(outbox.host_records) == [HostRecord("a.example", None, 0, None, None)]
    assert (await states(store))[A] == ("pending", NOW + 5, 0)
    assert await store.write(outbox.retry, now=NOW + 6, host="b.example") == 1
    assert await store.write(outbox.retry, now=NOW + 7) == 3
    assert {when for _, when, _ in (await states(store)).values()} == {NOW + 7}
    (held, *_) = await store.write(claim, NOW + 7)
    assert held.created_at == NOW + 7
    assert await store.write(outbox.retry, now=NOW + 8) == 0  # all are under way
    assert await store.write(outbox.retry, now=NOW + 8, ids=[7]) == 0


async def test_an_administrator_gives_up(store: Store, amina: int) -> None:
    """Only what is named; what waited behind it is due."""

    def unit(tx: Transaction) -> None:
        publish(tx, amina, 1, [A, B], about="o")
        publish(tx, amina, 2, [A], about="o")

    await store.write(unit)
    lines = await store.read(outbox.queue)
    assert await store.write(outbox.drop) == 0
    assert await store.write(outbox.drop, ids=[lines[0].id], host="b.example") == 0
    assert await store.write(outbox.drop, ids=[lines[0].id, 7]) == 1
    assert await store.write(outbox.drop, host="b.example") == 1
    (held,) = await store.write(claim)
    assert held.id == lines[2].id
