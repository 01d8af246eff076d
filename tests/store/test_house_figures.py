"""What the desk is told of the whole, on both databases: people who did something, what does not
arrive, when neighbours were heard, how much room it takes."""

from __future__ import annotations

from node.store import accounts, neighbours, outbox
from node.store.activity import activity
from node.store.engine import Store
from node.store.statistics import database_bytes
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal
from tests.store.posting import publish, spoil
from tests.store.test_neighbours import join


async def test_who_did_something_is_counted_once(store: Store) -> None:
    """Members who published, however much; not people elsewhere, nor what was before."""

    def unit(tx: Transaction) -> None:
        for name in ("amina", "bruno"):
            accounts.insert(
                tx,
                actor_id=add_actor(tx, name),
                email=f"{name}@x.example",
                password_hash="x",
                role="member",
                confirmed_at=None,
                now=NOW,
            )
        amina = add_actor(tx, "amina")
        zoe = add_actor(tx, "zoe", "m.example")
        for number in range(3):
            add_proposal(tx, amina, number, local=True)
        add_proposal(tx, zoe, 4)

    await store.write(unit)
    found = await store.read(activity, since=NOW - 86_400, now=NOW)
    assert (found.active, found.members) == (1, 2)
    assert (found.first_answer_s, found.answers_timed) == (None, 0)
    later = await store.read(activity, since=NOW + 86_400, now=NOW + 86_400)
    assert later.active == 0


async def test_what_does_not_arrive_is_told_by_server(store: Store) -> None:
    """The last reason of each; what was never tried is not among them."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        for number in range(2):
            publish(tx, amina, number, ["https://off.example/inbox"])
        publish(tx, amina, 3, ["https://well.example/inbox"])
        spoil(tx, "off.example", 503)

    await store.write(unit)
    (host,) = await store.read(outbox.by_host, most=10)
    assert (host.host, host.pending, host.dead, host.status) == ("off.example", 0, 2, 503)
    assert await store.read(outbox.by_host, most=0) == []


async def test_when_a_neighbour_was_heard(store: Store) -> None:
    """What it passed on last, or when it was looked up."""

    def unit(tx: Transaction) -> int:
        group = add_actor(tx, "quartier", "n.example")
        join(tx, group)
        neighbours.count_one(tx, group, "from", now=NOW + 60)
        return group

    group = await store.write(unit)
    assert await store.read(neighbours.heard_at) == {group: NOW + 60}


async def test_the_database_takes_room(store: Store) -> None:
    assert await store.read(database_bytes) > 10_000
