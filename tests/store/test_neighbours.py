"""Neighbours, passes, node keys and what waits to be confirmed, on both databases."""

from __future__ import annotations

from node.store import neighbours, objects
from node.store.engine import Store
from node.store.neighbours import NodeKeyRow
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal, uri_of

ORIGIN = "https://presquile.example"


def join(tx: Transaction, actor_id: int, state: str = "joined", now: float = NOW) -> None:
    neighbours.put(
        tx,
        actor_id=actor_id,
        domain="presquile.example",
        state=state,
        territory="891fb466257ffff",
        follow_uri=None,
        now=now,
    )


async def test_what_is_between_two_quartiers_is_one_row(store: Store) -> None:
    """Since when it is known stays as it is; since when it is joined stays through a pause."""

    def unit(tx: Transaction) -> None:
        group = add_actor(tx, "quartier", "presquile.example", type="Group")
        assert neighbours.by_actor(tx, group) is None
        join(tx, group, "asked")
        asked = neighbours.by_actor(tx, group)
        assert asked is not None
        assert (asked.actor_uri, asked.name) == (
            uri_of("quartier", "presquile.example"),
            "Quartier",
        )
        assert (asked.state, asked.created_at, asked.joined_at) == ("asked", NOW, None)
        steps = (
            ("joined", 10, NOW + 10),
            ("joined", 15, NOW + 10),
            ("paused", 20, NOW + 10),
            ("joined", 30, NOW + 10),
            ("stopped", 40, None),
            ("joined", 50, NOW + 50),
        )
        for state, after, joined in steps:
            join(tx, group, state, NOW + after)
            found = neighbours.by_actor(tx, group)
            assert found is not None
            assert (found.state, found.created_at, found.joined_at) == (state, NOW, joined)
        assert neighbours.every(tx) == [found]

    await store.write(unit)


async def test_territories_and_the_end_of_a_neighbour(store: Store) -> None:
    """By domain; a removed neighbour is forgotten with what it was known to have."""

    def unit(tx: Transaction) -> None:
        group = add_actor(tx, "quartier", "presquile.example", type="Group")
        join(tx, group)
        assert neighbours.territory_at(tx, "presquile.example") == "891fb466257ffff"
        assert neighbours.territory_at(tx, "m.example") is None
        neighbours.set_territory(tx, group, "x y")
        assert neighbours.territory_at(tx, "presquile.example") == "x y"
        made = add_proposal(tx, add_actor(tx, "zoe", "m.example"), 1)
        neighbours.passed(tx, object_id=made.id, neighbour_id=group, direction="to", now=NOW)
        assert neighbours.remove(tx, group)
        assert not neighbours.remove(tx, group)
        assert neighbours.every(tx) == []
        assert neighbours.having(tx, made.id) == {}

    await store.write(unit)


async def test_neighbours_are_listed_in_the_order_of_their_making(store: Store) -> None:
    """Not of their last change."""

    def unit(tx: Transaction) -> None:
        groups = [add_actor(tx, "q", f"n{n}.example", type="Group") for n in range(3)]
        for n, group in enumerate(groups):
            join(tx, group, now=NOW + n)
        join(tx, groups[0], "paused", now=NOW + 99)
        assert [row.actor_id for row in neighbours.every(tx)] == groups

    await store.write(unit)


async def test_who_has_a_proposal_is_noted_once(store: Store) -> None:
    """The first word counts: what a neighbour sent us is not sent to it."""

    def unit(tx: Transaction) -> None:
        one, other = (add_actor(tx, "q", f"n{n}.example", type="Group") for n in range(2))
        join(tx, one)
        join(tx, other)
        made = add_proposal(tx, add_actor(tx, "zoe", "m.example"), 1)

        def note(group: int, direction: str) -> bool:
            return neighbours.passed(
                tx, object_id=made.id, neighbour_id=group, direction=direction, now=NOW
            )

        assert note(one, "from")
        assert not note(one, "to")
        assert note(other, "to")
        assert neighbours.having(tx, made.id) == {one: "from", other: "to"}
        assert neighbours.having(tx, 1) == {}
        of = objects.by_id(tx, made.id)
        assert of is not None
        objects.delete(tx, of, by="x", now=NOW)
        assert neighbours.having(tx, made.id) == {}

    await store.write(unit)


async def test_node_keys_are_kept_by_who_told_them(store: Store) -> None:
    """Met ourselves, or by a neighbour's word; what the origin tells voids all others."""

    def unit(tx: Transaction) -> None:
        def remember(key: str, voucher: str, now: float = NOW) -> None:
            neighbours.remember_key(
                tx,
                origin=ORIGIN,
                key=key,
                voucher=voucher,
                actor_uri=f"{ORIGIN}/actor",
                statement="{}" if voucher else None,
                now=now,
            )

        remember("z6MkOld", "")
        remember("z6MkOld", "https://v.example")
        remember("z6MkNew", "https://v.example")
        remember("z6MkNew", "https://v.example", NOW + 1)
        assert len(neighbours.keys_of(tx, ORIGIN)) == 3
        assert neighbours.keys_of(tx, "https://m.example") == []
        assert [row.key for row in neighbours.met_keys(tx)] == ["z6MkOld"]
        neighbours.forget_other_keys(tx, origin=ORIGIN, key="z6MkNew")
        assert neighbours.keys_of(tx, ORIGIN) == [
            NodeKeyRow(ORIGIN, "z6MkNew", "https://v.example", f"{ORIGIN}/actor", "{}", NOW + 1)
        ]
        assert neighbours.met_keys(tx) == []

    await store.write(unit)


async def test_what_is_unconfirmed_is_asked_until_it_is_confirmed(store: Store) -> None:
    """Due at once, then when it is put off to; the first voucher stays; it goes with its object."""

    def unit(tx: Transaction) -> tuple[int, int]:
        zoe = add_actor(tx, "zoe", "m.example")
        assert neighbours.next_to_confirm(tx) is None
        first, second = (add_proposal(tx, zoe, n).id for n in range(2))
        for n, one in enumerate((first, second, first)):
            neighbours.mark_unconfirmed(tx, object_id=one, voucher=f"https://v{n}", now=NOW + n)
        assert neighbours.next_to_confirm(tx) == NOW
        assert neighbours.to_confirm(tx, now=NOW - 1) == []
        assert neighbours.to_confirm(tx, now=NOW + 1) == [(first, 0), (second, 0)]
        assert neighbours.to_confirm(tx, now=NOW + 1, most=1) == [(first, 0)]
        neighbours.ask_again(tx, first, next_at=NOW + 60)
        assert neighbours.to_confirm(tx, now=NOW + 60) == [(second, 0), (first, 1)]
        assert neighbours.confirm(tx, second)
        assert not neighbours.confirm(tx, second)
        assert neighbours.next_to_confirm(tx) == NOW + 60
        of = objects.by_id(tx, first)
        assert of is not None
        objects.delete(tx, of, by="x", now=NOW)
        assert neighbours.next_to_confirm(tx) is None
        return first, second

    bell = store.bell(neighbours.BELL_UNCONFIRMED)
    await store.write(unit)
    assert await bell.wait(1.0)
