"""The journal of what came in: once, held by one worker at a time, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from node.store import journal, tables
from node.store.engine import Store
from node.store.journal import LEASE_SECONDS, Waiting
from node.store.transaction import Transaction
from tests.store.people import NOW

END = NOW + LEASE_SECONDS


def record(
    tx: Transaction,
    number: int,
    host: str = "m.example",
    *,
    handled: bool = False,
    body: bytes | None = b'{"\xc3\xa9": 1}',
    now: float = NOW,
) -> int | None:
    return journal.record(
        tx,
        activity_uri=f"a:{number}",
        actor_uri=f"https://{host}/users/zoe",
        host=host,
        scheme="cavage-rsa",
        body=body,
        now=now,
        handled=handled,
        note=None,
    )


def row(tx: Transaction, entry: int) -> sa.Row[tuple[object, ...]]:
    found = tx.first(sa.select(tables.journal).where(tables.journal.c.id == entry))
    assert found is not None
    return found


async def claim_one(store: Store, now: float = NOW) -> Waiting:
    (held,) = await store.write(journal.claim, now=now, most=1)
    return held


async def test_an_activity_is_journalled_once_for_ever(store: Store) -> None:
    """A replay has no row, even when the first was handled and its body is dropped."""

    def unit(tx: Transaction) -> None:
        assert not journal.seen(tx, "a:1")
        first = record(tx, 1)
        assert first is not None
        assert journal.seen(tx, "a:1")
        assert record(tx, 1) is None
        (held,) = journal.claim(tx, now=NOW, most=9)
        assert held == Waiting(
            first,
            "a:1",
            "https://m.example/users/zoe",
            "m.example",
            "cavage-rsa",
            b'{"\xc3\xa9": 1}',
            0,
            1,
        )
        assert journal.finish(tx, held, "stored Note")
        journal.forget_body(tx, first)
        assert record(tx, 1) is None
        assert (row(tx, first).state, row(tx, first).note) == ("handled", "stored Note")
        assert row(tx, first).body is None
        assert journal.claim(tx, now=END + 1, most=9) == []

    await store.write(unit)


async def test_what_was_applied_at_once_never_waits(store: Store) -> None:
    """Nor what came inside another; a bell rings only for what waits."""
    bell = store.bell(journal.BELL)

    def unit(tx: Transaction) -> None:
        record(tx, 1, handled=True, body=None)
        journal.remember(tx, activity_uri="a:2", actor_uri="x", now=NOW)
        journal.remember(tx, activity_uri="a:2", actor_uri="x", now=NOW)

    await store.write(unit)
    assert not await bell.wait(0.05)
    assert await store.read(journal.seen, "a:2")
    assert await store.read(journal.waiting_count) == 0
    assert await store.read(journal.next_due) is None
    await store.write(record, 3)
    assert await bell.wait(1.0)
    assert await store.read(journal.waiting_count) == 1


async def test_the_same_activity_from_many_requests_is_journalled_once(store: Store) -> None:
    """Sixteen at once: one gets an id."""
    ids = await asyncio.gather(*(store.write(record, 1) for _ in range(16)))
    assert sum(one is not None for one in ids) == 1


async def test_an_entry_is_held_by_one_worker(store: Store) -> None:
    """Claims that meet never share an entry, and together they get all."""

    def fill(tx: Transaction) -> None:
        for n in range(40):
            record(tx, n)

    await store.write(fill)
    held = await asyncio.gather(*(store.write(journal.claim, now=NOW, most=7) for _ in range(8)))
    ids = [one.id for claimed in held for one in claimed]
    assert len(set(ids)) == len(ids)
    while rest := await store.write(journal.claim, now=NOW, most=7):
        ids += [one.id for one in rest]
    assert len(set(ids)) == len(ids) == 40


async def test_a_lease_ends_and_its_late_holder_changes_nothing(store: Store) -> None:
    """The next holder has another fencing number; only its word counts."""
    await store.write(record, 1)
    first = await claim_one(store)
    assert await store.read(journal.next_due) == END
    assert await store.write(journal.claim, now=END - 1, most=9) == []
    second = await claim_one(store, END)
    assert (second.id, second.fence) == (first.id, first.fence + 1)
    assert not await store.read(journal.is_held, first)
    assert await store.read(journal.is_held, second)
    assert not await store.write(journal.finish, first, "late")
    await store.write(journal.put_back, first, next_at=NOW, note="late", aside=True)
    await store.write(journal.release_leases, [first])
    assert await store.read(journal.is_held, second)
    assert await store.write(journal.claim, now=END + 1, most=9) == []
    assert await store.write(journal.finish, second)
    assert not await store.write(journal.finish, second)
    assert not await store.read(journal.is_held, second)
    await store.write(journal.put_back, second, next_at=NOW, note="too late")
    assert await store.read(journal.waiting_count) == 0


async def test_a_failed_try_is_due_again_and_then_put_aside(store: Store) -> None:
    """Tries are counted unless the database was away; what is aside waits for a person."""
    await store.write(record, 1)
    held = await claim_one(store)
    await store.write(journal.put_back, held, next_at=NOW + 60, note="x" * 900)
    assert await store.read(journal.next_due) == NOW + 60
    assert await store.write(journal.claim, now=NOW + 59, most=1) == []
    held = await claim_one(store, NOW + 60)
    assert (held.attempts, held.fence) == (1, 2)
    await store.write(journal.put_back, held, next_at=NOW + 90, note="away", count=False)
    held = await claim_one(store, NOW + 90)
    assert held.attempts == 1
    await store.write(journal.put_back, held, next_at=None, note="no", aside=True)
    assert await store.read(journal.next_due) is None
    assert await store.read(journal.waiting_count) == 0
    assert await store.read(journal.aside_count) == 1
    assert await store.read(journal.aside) == [
        (held.id, "a:1", "https://m.example/users/zoe", "no")
    ]
    bell = store.bell(journal.BELL)
    assert await store.write(journal.retry_aside, now=NOW + 99) == 1
    assert await bell.wait(1.0)
    assert await store.write(journal.retry_aside, now=NOW + 99) == 0
    held = await claim_one(store, NOW + 99)
    assert held.attempts == 0
    assert await store.read(journal.aside) == []


async def test_a_stop_gives_entries_back_untouched(store: Store) -> None:
    """They are due at once, in their old order, and others are woken for them."""

    def fill(tx: Transaction) -> None:
        for n in range(3):
            record(tx, n, now=NOW + n)

    await store.write(fill)
    held = await store.write(journal.claim, now=NOW + 5, most=9)
    bell = store.bell(journal.BELL)
    await store.write(journal.release_leases, held)
    assert await bell.wait(1.0)
    assert await store.read(journal.next_due) == NOW
    again = await store.write(journal.claim, now=NOW + 5, most=9)
    assert again == [replace(one, fence=2) for one in held]


async def test_no_server_takes_all_the_places(store: Store) -> None:
    """Of a loud one at most so many; busy ones not at all; the oldest first."""

    def fill(tx: Transaction) -> None:
        for n in range(60):
            record(tx, n, "loud.example")
        for n in range(60, 63):
            record(tx, n, "busy.example")
        record(tx, 70, "quiet.example")
        record(tx, 71, "other.example")

    await store.write(fill)
    held = await store.write(
        journal.claim, now=NOW, most=6, busy_hosts=["busy.example"], per_host=2
    )
    assert [one.activity_uri for one in held] == ["a:0", "a:1", "a:70", "a:71"]
    busy = ["loud.example", "busy.example"]
    assert await store.read(journal.next_due, busy_hosts=busy) == END
    assert await store.read(journal.next_due, busy_hosts=[*busy, "quiet.example"]) == END
    assert await store.read(journal.next_due) == NOW
    few = await store.write(journal.claim, now=NOW, most=3)
    assert [one.activity_uri for one in few] == ["a:2", "a:3", "a:4"]
    assert await store.write(journal.claim, now=NOW, most=0) == []


async def test_old_bodies_are_dropped_once_they_are_handled(store: Store) -> None:
    """What waits or was put aside keeps its bytes."""

    def unit(tx: Transaction) -> None:
        handled = record(tx, 1, handled=True)
        young = record(tx, 2, handled=True, now=NOW + 50)
        waiting = record(tx, 3)
        assert handled is not None
        assert young is not None
        assert waiting is not None
        assert journal.drop_old_bodies(tx, before=NOW + 10) == 1
        assert journal.drop_old_bodies(tx, before=NOW + 10) == 0
        assert row(tx, handled).body is None
        assert row(tx, young).body is not None
        assert row(tx, waiting).body is not None
        assert journal.seen(tx, "a:1")

    await store.write(unit)


async def test_an_entry_and_what_it_changes_are_one(store: Store) -> None:
    """When the handler fails nothing is marked, and the entry is still held."""
    await store.write(record, 1)
    held = await claim_one(store)

    def failing(tx: Transaction) -> None:
        record(tx, 2, handled=True)
        assert journal.finish(tx, held)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert await store.read(journal.is_held, held)
    assert not await store.read(journal.seen, "a:2")
