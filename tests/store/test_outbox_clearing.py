"""What was delivered to everybody goes in its time, on both databases; nothing else does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from node.store import outbox, shares, tables
from node.store.engine import Store
from node.store.outbox import Cleared
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_status
from tests.store.posting import claim, done, failed, publish

A = "https://a.example/inbox"
B = "https://b.example/inbox"


@pytest.fixture
async def amina(store: Store) -> int:
    return await store.write(add_actor, "amina")


def left(tx: Transaction) -> list[int]:
    """The numbers of the activities that are still there."""
    rows = tx.all(sa.select(tables.outbox.c.activity_uri).order_by(tables.outbox.c.id))
    return [int(row.activity_uri.rpartition("/")[2]) for row in rows]


async def clear(store: Store, before: float = NOW + 1, most: int = 100) -> list[Cleared]:
    steps = [await store.write(outbox.drop_delivered, after=0, before=before, most=most)]
    while (after := steps[-1].last) is not None:
        assert len(steps) < 50
        steps.append(
            await store.write(outbox.drop_delivered, after=after, before=before, most=most)
        )
    return steps


async def test_only_what_nobody_waits_for_nor_may_read_goes(store: Store, amina: int) -> None:
    """Not what waits for one inbox more, nor what was given up on and may be resumed, nor what
    stands in an outbox for all, nor an announcement that may be listed again, nor what is young."""

    def unit(tx: Transaction) -> None:
        publish(tx, amina, 1, [A], public=False)  # delivered
        publish(tx, amina, 2, [A, B], public=False)  # to one of two
        publish(tx, amina, 3, [B], public=False)  # dead
        publish(tx, amina, 4, [], public=True)
        publish(tx, amina, 5, [], public=False)  # to nobody
        publish(tx, amina, 6, [], public=False)  # an announcement
        shared = add_status(tx, amina, 1)
        shares.add(
            tx,
            object_id=shared.id,
            actor_id=amina,
            activity_uri="https://croix-rousse.example/activities/6",
            published=NOW,
        )
        publish(tx, amina, 7, [], public=False, now=NOW + 1)

    await store.write(unit)
    held = await store.write(claim)
    await store.write(done, [one for one in held if one.inbox == A])
    dead = [one for one in held if one.inbox == B]
    await store.write(failed, dead[-1], again=NOW + 9, dead=True)
    [step] = await clear(store)
    assert step == Cleared(2, None)
    assert await store.read(left) == [2, 3, 4, 6, 7]
    # The second of two inboxes gets it, and what was dead is resumed; then they go, too.
    assert await store.write(outbox.revive_host, "b.example", now=NOW + 400) >= 1
    held = await store.write(claim, NOW + 400)
    assert [one.inbox for one in held] == [B, B]
    assert all([await store.read(outbox.parcel, one.outbox_id) for one in held])
    await store.write(done, held, NOW + 400)
    assert sum(one.dropped for one in await clear(store)) == 2
    assert await store.read(left) == [4, 6, 7]


@pytest.mark.parametrize("most", [1, 3, 10])
async def test_each_step_looks_at_so_many_and_goes_on_behind_them(
    store: Store, amina: int, most: int
) -> None:
    """However many stay in between; where the young ones begin it ends."""

    def unit(tx: Transaction) -> None:
        for number in range(9):
            publish(tx, amina, number, [], public=number % 3 == 0)
        for number in range(9, 30):
            publish(tx, amina, number, [], public=False, now=NOW + 1)

    await store.write(unit)
    steps = await clear(store, most=most)
    assert all(one.dropped <= most for one in steps)
    assert len(steps) == 9 // most + 1
    assert await store.read(left) == [0, 3, 6, *range(9, 30)]


async def test_what_went_may_be_said_again(store: Store, amina: int) -> None:
    """Published once more under its id, it goes out once more."""
    await store.write(publish, amina, 1, [A], public=False)
    await store.write(done, await store.write(claim))
    assert (await clear(store))[0].dropped == 1
    await store.write(publish, amina, 1, [A], public=False, now=NOW + 2)
    [again] = await store.write(claim, NOW + 2)
    assert await store.read(outbox.parcel, again.outbox_id) is not None
