"""Publishing, and the deliveries that workers hold and settle, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from node.store import outbox
from node.store.engine import Store
from node.store.outbox import LEASE_SECONDS, Delivery, Parcel, Settlement
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor
from tests.store.posting import claim, done, failed, publish

A = "https://a.example/inbox"
B = "https://b.example/inbox"
END = NOW + LEASE_SECONDS


@pytest.fixture
async def amina(store: Store) -> int:
    return await store.write(add_actor, "amina")


# ── publishing ───────────────────────────────────────────────────────────────────────────────


async def test_an_activity_goes_to_each_inbox_once(store: Store, amina: int) -> None:
    """Inboxes that repeat are one delivery; published again, only further ones are added."""
    bell = store.bell(outbox.BELL)
    first = await store.write(publish, amina, 1, [A, B, A], sync=True)
    assert await bell.wait(1.0)
    again = await store.write(publish, amina, 1, [B, "https://c.example/inbox"])
    assert again == first
    held = await store.write(claim)
    assert [one.inbox for one in held] == [A, B, "https://c.example/inbox"]
    assert {one.outbox_id for one in held} == {first}
    assert await store.read(outbox.parcel, first) == Parcel(amina, '{"é": 1}'.encode(), True)
    assert await store.read(outbox.parcel, 7) is None


async def test_what_goes_to_nobody_wakes_nobody(store: Store, amina: int) -> None:
    """It is kept for those who read the outbox."""
    bell = store.bell(outbox.BELL)
    await store.write(publish, amina, 1, [])
    assert not await bell.wait(0.05)
    assert await store.read(outbox.next_due) is None
    assert await store.read(outbox.public_count, amina) == 1


async def test_a_failing_unit_publishes_nothing(store: Store, amina: int) -> None:
    """Neither the activity, nor a delivery, nor a ring; its neighbours' are sent."""
    bell = store.bell(outbox.BELL)

    def failing(tx: Transaction) -> None:
        publish(tx, amina, 1, [A])
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert not await bell.wait(0.05)
    outcomes = await asyncio.gather(
        *(
            store.write(failing) if n % 4 == 0 else store.write(publish, amina, n, [A])
            for n in range(16)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, int) for one in outcomes) == 12
    assert len(await store.write(claim)) == 12
    assert await store.read(outbox.public_count, amina) == 12


@pytest.mark.parametrize("most", [1, 3, 50])
async def test_an_outbox_is_paged_newest_first(store: Store, amina: int, most: int) -> None:
    """Only what is public and of this actor; what told of a deleted object is no longer there."""

    def unit(tx: Transaction) -> None:
        bruno = add_actor(tx, "bruno")
        for n in range(7):
            publish(tx, amina, n, [])
        publish(tx, amina, 7, [], public=False)
        publish(tx, bruno, 8, [])
        outbox.unlist_object(tx, "o:3")
        found: list[tuple[int, str]] = []
        before: int | None = None
        while page := outbox.public_page(tx, amina, before=before, most=most):
            assert len(page) <= most
            found += page
            before = page[-1][0]
        assert [body for _, body in found] == [f'{{"é": {n}}}' for n in (6, 5, 4, 2, 1, 0)]
        assert outbox.public_count(tx, amina) == 6
        base = "https://croix-rousse.example/activities/"
        bodies = [outbox.public_activity(tx, f"{base}{n}") for n in (1, 3, 7, 99)]
        assert bodies == ['{"é": 1}', None, None, None]

    await store.write(unit)


# ── claiming ─────────────────────────────────────────────────────────────────────────────────


async def test_urgent_deliveries_go_first(store: Store, amina: int) -> None:
    """Then the oldest, within what the caller has room for."""

    def unit(tx: Transaction) -> None:
        for n in range(6):
            publish(tx, amina, n, [A], now=NOW + n)
        publish(tx, amina, 8, [A, B], urgent=True, now=NOW + 8)
        held = claim(tx, NOW + 9, most=4)
        assert [(one.urgent, one.inbox) for one in held] == [
            (True, A),
            (True, B),
            (False, A),
            (False, A),
        ]
        assert [one.created_at for one in held[2:]] == [NOW, NOW + 1]
        assert claim(tx, NOW + 9, most=0) == []

    await store.write(unit)


async def test_nothing_is_claimed_before_its_time(store: Store, amina: int) -> None:
    """And the next time is told, to the second, without what waits behind another."""
    assert await store.read(outbox.next_due) is None
    await store.write(publish, amina, 1, [A, B], now=NOW + 10)
    await store.write(publish, amina, 2, [B], urgent=True, now=NOW + 20)
    assert await store.read(outbox.next_due) == NOW + 10
    assert await store.read(outbox.next_due, busy_hosts=["a.example", "b.example"]) is None
    assert await store.write(claim, NOW + 9) == []
    assert len(await store.write(claim, NOW + 10)) == 2
    assert await store.read(outbox.next_due) == NOW + 20
    assert len(await store.write(claim, NOW + 20)) == 1
    assert await store.read(outbox.next_due) == NOW + 10 + LEASE_SECONDS


async def test_order_is_kept_per_object_and_inbox(store: Store, amina: int) -> None:
    """The Update waits until the Create is done; to another inbox, or of another object, no."""

    def publish_all(tx: Transaction) -> None:
        publish(tx, amina, 1, [A, B], about="o")
        publish(tx, amina, 2, [A, B], about="o", urgent=True)
        publish(tx, amina, 3, [A], about="p")

    await store.write(publish_all)
    held = await store.write(claim)
    assert [one.inbox for one in held] == [A, B, A]
    create_a, create_b, other = held
    assert await store.write(claim) == []
    bell = store.bell(outbox.BELL)
    await store.write(done, [create_a, other])
    assert await bell.wait(1.0)
    (update_a,) = await store.write(claim)
    assert (update_a.inbox, update_a.urgent) == (A, True)
    # Put off, it still stands before what came later; dead, it does not.
    await store.write(failed, create_b, again=NOW + 60)
    assert await store.write(claim, NOW + 59) == []
    assert await store.read(outbox.next_due) == NOW + 60
    (create_b,) = await store.write(claim, NOW + 60)
    await store.write(failed, create_b, again=NOW, dead=True)
    (update_b,) = await store.write(claim, NOW + 60)
    assert update_b.inbox == B


async def test_what_is_published_while_a_batch_is_written_down_is_not_forgotten(
    store: Store, amina: int
) -> None:
    """It dates from after the batch, and is woken for all the same."""
    await store.write(publish, amina, 1, [A], about="o")
    held = await store.write(claim)
    await store.write(publish, amina, 2, [A], about="o", now=NOW + 5)
    assert await store.write(claim, NOW + 6) == []
    bell = store.bell(outbox.BELL)
    await store.write(done, held, now=NOW + 4)
    assert await bell.wait(1.0)
    assert len(await store.write(claim, NOW + 6)) == 1


async def test_no_host_gets_beyond_its_share(store: Store, amina: int) -> None:
    """What is held already counts; the others are served; who has more waiting is named."""

    def unit(tx: Transaction) -> None:
        for n in range(50):
            publish(tx, amina, n, [A])
        for n in range(50, 53):
            publish(tx, amina, n, [B])
        publish(tx, amina, 60, ["https://c.example/inbox"])
        found = outbox.claim(tx, now=NOW, most=5, held={"a.example": 1, "c.example": 2}, per_host=2)
        assert [one.host for one in found.deliveries] == ["a.example", "b.example", "b.example"]
        assert found.full_hosts == {"a.example", "b.example", "c.example"}
        found = outbox.claim(tx, now=NOW, most=9, held={"a.example": 2, "b.example": 1}, per_host=2)
        assert [one.host for one in found.deliveries] == ["b.example", "c.example"]
        assert found.full_hosts == {"a.example"}

    await store.write(unit)


async def test_many_hosts_with_much_to_send_share_a_claim(store: Store, amina: int) -> None:
    """Ten hosts with thirty waiting each: two of each, and no more, in one claim."""

    def unit(tx: Transaction) -> None:
        for host in range(10):
            for n in range(30):
                publish(tx, amina, 100 * host + n, [f"https://h{host}.example/inbox"])
        found = outbox.claim(tx, now=NOW, most=50, held={}, per_host=2)
        hosts = [one.host for one in found.deliveries]
        assert sorted(hosts) == sorted(f"h{n}.example" for n in range(10) for _ in range(2))
        assert len(found.full_hosts) == 10

    await store.write(unit)


async def test_two_workers_never_hold_the_same(database_url: str) -> None:
    """Two processes claim at once, over and over: each delivery once, all of them."""
    one, other = await Store.open(database_url), await Store.open(database_url)
    try:
        amina = await one.write(add_actor, "amina")

        def fill(tx: Transaction) -> None:
            for n in range(60):
                publish(tx, amina, n, [A, B])

        await one.write(fill)
        held: list[Delivery] = []

        async def work(store: Store) -> None:
            while got := await store.write(claim, most=9):
                held.extend(got)

        await asyncio.gather(work(one), work(other), work(one), work(other))
        held += await one.write(claim)
        assert len(held) == len({delivery.id for delivery in held}) == 120
    finally:
        await one.close()
        await other.close()


# ── settling ─────────────────────────────────────────────────────────────────────────────────


async def test_a_lease_ends_and_its_late_holder_changes_nothing(store: Store, amina: int) -> None:
    """After a crash another holds it under another number: only its word counts."""
    await store.write(publish, amina, 1, [A])
    (first,) = await store.write(claim)
    assert await store.write(claim, END - 0.1) == []
    assert await store.read(outbox.next_due) == END
    (second,) = await store.write(claim, END)
    assert (second.id, second.fence) == (first.id, first.fence + 1)
    await store.write(done, [first])
    await store.write(failed, first, again=NOW, dead=True)
    (line,) = await store.read(outbox.queue)
    assert (line.state, line.attempts) == ("pending", 0)
    await store.write(done, [second])
    assert await store.read(outbox.queue) == []
    await store.write(done, [second])


async def test_a_failure_is_counted_dated_and_explained(store: Store, amina: int) -> None:
    """A try that never was is not counted; long errors are cut; the dead are kept."""
    await store.write(publish, amina, 1, [A])
    (held,) = await store.write(claim)
    bell = store.bell(outbox.BELL)
    await store.write(failed, held, again=NOW + 60, error="x" * 900)
    assert await bell.wait(1.0)
    (line,) = await store.read(outbox.queue)
    assert (line.attempts, line.next_at, line.status, line.error) == (1, NOW + 60, 503, "x" * 300)
    (held,) = await store.write(claim, NOW + 60)
    assert held.attempts == 1
    await store.write(failed, held, again=NOW + 90, count=False, status=None)
    (held,) = await store.write(claim, NOW + 90)
    assert held.attempts == 1
    await store.write(failed, held, again=NOW + 99, dead=True, status=500)
    assert await store.write(claim, NOW + 1e6) == []
    assert await store.read(outbox.next_due) is None
    (line,) = await store.read(outbox.queue, state="dead")
    assert (line.attempts, line.status, line.type) == (2, 500, "Create")
    assert line.activity_uri == "https://croix-rousse.example/activities/1"
    assert await store.read(outbox.queue, state="pending") == []


async def test_an_empty_settlement_changes_nothing(store: Store) -> None:
    """Nothing was tried, nothing is learned."""
    await store.write(outbox.settle, Settlement([], [], {}), now=NOW)
    assert await store.read(outbox.host_records) == []
    assert await store.read(outbox.queue) == []
