"""The figures that an administrator sees, on both databases."""

from __future__ import annotations

from node.aid.lifecycle import State
from node.store import accounts, follows, journal
from node.store.engine import Store
from node.store.statistics import Statistics, statistics
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal, add_status
from tests.store.posting import publish, spoil


async def test_an_empty_node_counts_nothing(store: Store) -> None:
    """All figures are there and none."""
    assert await store.read(statistics) == Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


async def test_every_figure_counts_its_own(store: Store) -> None:
    """Ours and others' apart; only accepted follows, only what is open, waits, or is dead."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        bruno = add_actor(tx, "bruno")
        accounts.insert(
            tx,
            actor_id=amina,
            email="a@x.example",
            password_hash="x",
            role="member",
            confirmed_at=None,
            now=NOW,
        )
        for n in range(3):
            add_status(tx, zoe, n)
        add_status(tx, amina, 3, local=True)
        add_proposal(tx, amina, 4, local=True)
        add_proposal(tx, zoe, 5, state=State.PARTLY_MATCHED)
        add_proposal(tx, zoe, 6, state=State.DONE)
        add_proposal(tx, zoe, 7, shown=False)
        for follower, target, state in (
            (zoe, amina, "accepted"),
            (zoe, bruno, "accepted"),
            (bruno, amina, "accepted"),
            (amina, zoe, "pending"),
        ):
            follows.put(
                tx,
                follower_id=follower,
                target_id=target,
                state=state,
                activity_uri=f"f:{follower}:{target}",
                now=NOW,
            )
        for n in range(3):
            journal.record(
                tx,
                activity_uri=f"a:{n}",
                actor_uri="x",
                host="m.example",
                scheme="s",
                body=b"",
                now=NOW,
                handled=n == 0,
            )
        (held,) = journal.claim(tx, now=NOW, most=1)
        journal.put_back(tx, held, next_at=None, note="", aside=True)
        for n in range(3):
            publish(tx, amina, n, [f"https://h{n}.example/inbox"])
        spoil(tx, "h0.example")

    await store.write(unit)
    assert await store.read(statistics) == Statistics(
        statuses_local=2,
        statuses_remote=6,
        followers_local=1,
        followers_remote=2,
        accounts=1,
        actors_remote=1,
        proposals_open=2,
        inbox_pending=1,
        inbox_aside=1,
        deliveries_pending=2,
        deliveries_dead=1,
    )
