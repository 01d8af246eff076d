"""Actors and their keys, on both databases."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from node.store import actors, blocks, follows, leaving, objects, reactions, shares
from node.store.actors import ActorWritten, KeyRow, PrivateKeyRow
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_status, uri_of

KEY = "https://m.example/users/zoe#main-key"


async def test_an_actor_is_found_by_its_uri_its_id_and_among_others(store: Store) -> None:
    """What was put is read back whole; what nobody knows is None or missing."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(
            tx,
            "zoe",
            "m.example",
            summary="<p>Bonjour</p>",
            also_known_as=["https://old.example/zoe"],
            manually_approves=True,
            territory="891fb466257ffff",
            document='{"id": "x"}',
            fetched_at=NOW,
        )
        found = actors.by_uri(tx, uri_of("zoe", "m.example"))
        assert found is not None
        assert found == actors.by_id(tx, zoe)
        assert (found.id, found.local, found.handle) == (zoe, False, "zoe@m.example")
        assert found.also_known_as == ("https://old.example/zoe",)
        assert found.manually_approves
        assert found.discoverable
        assert (found.indexable, found.suspended, found.gone) == (False, False, False)
        assert (found.created_at, found.updated_at) == (NOW, NOW)
        assert actors.document_of(tx, zoe) == '{"id": "x"}'
        assert actors.fetched_at(tx, found.uri) == NOW
        assert actors.by_uris(tx, [found.uri, "https://m.example/nobody"]) == {found.uri: found}
        assert actors.by_uris(tx, []) == {}
        assert actors.by_uri(tx, "https://m.example/nobody") is None
        assert actors.by_id(tx, 1) is None
        assert actors.document_of(tx, 1) is None
        assert actors.fetched_at(tx, "https://m.example/nobody") is None

    await store.write(unit)


async def test_putting_an_actor_again_changes_it_and_replaces_its_keys(store: Store) -> None:
    """The row keeps its id and its first date; old keys are gone; an actor comes back to life."""

    def unit(tx: Transaction) -> None:
        first = add_actor(tx, "zoe", "m.example", keys=((KEY, "rsa", "PEM 1", None),))
        leaving.forget(tx, first, now=NOW)
        again = add_actor(
            tx,
            "zoe",
            "m.example",
            keys=((KEY + "-2", "ed25519", "z6Mk", None),),
            now=NOW + 60,
            name="Zoé",
        )
        assert again == first
        found = actors.by_id(tx, first)
        assert found is not None
        assert (found.name, found.created_at, found.updated_at) == ("Zoé", NOW, NOW + 60)
        assert not found.gone
        assert actors.key_by_id(tx, KEY) is None
        assert actors.keys_of(tx, first) == [KeyRow(KEY + "-2", first, "ed25519", "z6Mk")]
        assert actors.private_keys_of(tx, first) == []

    await store.write(unit)


async def test_a_key_id_belongs_to_the_first_who_has_it(store: Store) -> None:
    """Another actor's document cannot take a key over; private keys are read apart."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example", keys=((KEY, "rsa", "PEM", None),))
        thief = add_actor(tx, "thief", "m.example", keys=((KEY, "rsa", "STOLEN", None),))
        amina = add_actor(tx, "amina", keys=((uri_of("amina") + "#k", "rsa", "PEM", "SECRET"),))
        assert actors.key_by_id(tx, KEY) == KeyRow(KEY, zoe, "rsa", "PEM")
        assert actors.keys_of(tx, thief) == []
        assert actors.private_keys_of(tx, zoe) == []
        assert actors.private_keys_of(tx, amina) == [
            PrivateKeyRow(uri_of("amina") + "#k", "rsa", "PEM", "SECRET")
        ]

    await store.write(unit)


async def test_writers_that_meet_the_same_actor_at_once_make_one_row(store: Store) -> None:
    """Sixteen requests of a server that nobody knew: one id for all."""
    ids = await asyncio.gather(*(store.write(add_actor, "zoe", "m.example") for _ in range(16)))
    assert len(set(ids)) == 1


async def test_ours_are_found_by_name_in_any_case(store: Store) -> None:
    """A remote actor of that name is not one of ours, and a name is given once."""

    def unit(tx: Transaction) -> None:
        add_actor(tx, "amina", "m.example")
        assert actors.local_by_username(tx, "amina") is None
        amina = add_actor(tx, "amina")
        for name in ("amina", "Amina", "AMINA"):
            found = actors.local_by_username(tx, name)
            assert found is not None
            assert found.id == amina
        assert actors.local_by_username(tx, "a_ina") is None

    def twice(tx: Transaction) -> None:
        add_actor(tx, "amina", uri="https://croix-rousse.example/users/other")

    await store.write(unit)
    with pytest.raises(sa.exc.IntegrityError):
        await store.write(twice)


async def test_our_own_actors_are_listed_by_type(store: Store) -> None:
    """In the order of their making, without those from elsewhere."""

    def unit(tx: Transaction) -> None:
        add_actor(tx, "far", "m.example", type="Group")
        quartier = add_actor(tx, "quartier", type="Group")
        node = add_actor(tx, "node", type="Application")
        add_actor(tx, "amina")
        found = [one.id for one in actors.locals_of_kind(tx, ["Group", "Application"])]
        assert found == sorted([quartier, node])

    await store.write(unit)


async def test_small_changes_of_an_actor(store: Store) -> None:
    """A move, a name, a territory; the territory of a domain is its Group's."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example", territory="person")
        group = add_actor(tx, "q", "m.example", type="Group")
        assert actors.group_territory(tx, "m.example") is None
        actors.mark_moved(tx, zoe, "https://n.example/zoe")
        actors.set_profile(tx, group, name="Presqu’île", territory="891fb466257ffff")
        moved, named = actors.by_id(tx, zoe), actors.by_id(tx, group)
        assert moved is not None
        assert moved.moved_to == "https://n.example/zoe"
        assert named is not None
        assert (named.name, named.territory) == ("Presqu’île", "891fb466257ffff")
        assert actors.group_territory(tx, "m.example") == "891fb466257ffff"
        assert actors.group_territory(tx, "nowhere.example") is None

    await store.write(unit)


async def test_whoever_remembers_actors_is_told_of_each_change(store: Store) -> None:
    """After the commit, once per change, and nothing of a unit that failed."""
    told: list[object] = []
    store.subscribe(told.append)
    zoe = await store.write(add_actor, "zoe", "m.example")
    await store.write(actors.mark_moved, zoe, "https://n.example/zoe")

    def failing(tx: Transaction) -> None:
        add_actor(tx, "yann", "m.example")
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert told == [ActorWritten(zoe), ActorWritten(zoe)]
    assert await store.read(actors.by_uri, uri_of("yann", "m.example")) is None


async def test_a_forgotten_actor_leaves_a_bare_row(store: Store) -> None:
    """Words, reactions, follows and keys go; the row stays gone, and so do others' things."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(
            tx, "zoe", "m.example", keys=((KEY, "rsa", "PEM", None),), document="{}", summary="x"
        )
        amina = add_actor(tx, "amina")
        theirs = add_status(tx, zoe, 1)
        ours = add_status(tx, amina, 2, local=True)
        reactions.add(tx, object_id=ours.id, actor_id=zoe, emoji="", activity_uri="l:1")
        shares.add(tx, object_id=ours.id, actor_id=zoe, activity_uri="s:1", published=NOW)
        for one, other in ((zoe, amina), (amina, zoe)):
            follows.put(
                tx,
                follower_id=one,
                target_id=other,
                state=follows.ACCEPTED,
                activity_uri=f"f:{one}",
                now=NOW,
            )
        blocks.put(tx, actor_id=amina, target_id=zoe, activity_uri=None, now=NOW)
        assert leaving.forget(tx, zoe, now=NOW + 5) == [theirs.uri]
        found = actors.by_id(tx, zoe)
        assert found is not None
        assert (found.gone, found.name, found.summary) == (True, "", "")
        assert actors.document_of(tx, zoe) is None
        assert actors.keys_of(tx, zoe) == []
        assert objects.by_uri(tx, theirs.uri) is None
        assert objects.by_uri(tx, ours.uri) == ours
        assert reactions.count(tx, ours.id) == 0
        assert shares.count(tx, ours.id) == 0
        assert follows.counts(tx, amina) == (0, 0)
        # It may come back under the same name: whom it disturbed stays protected.
        assert blocks.stands(tx, actor_id=amina, target_id=zoe)
        assert leaving.forget(tx, zoe, now=NOW + 6) == []

    await store.write(unit)


async def test_one_of_ours_retires_but_can_still_sign(store: Store) -> None:
    """Its words and follows go, its keys stay for the farewell, its name is not free."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina", keys=((uri_of("amina") + "#k", "rsa", "PEM", "SECRET"),))
        zoe = add_actor(tx, "zoe", "m.example")
        add_status(tx, amina, 1, local=True)
        follows.put(
            tx, follower_id=zoe, target_id=amina, state="accepted", activity_uri="f:1", now=NOW
        )
        leaving.retire_local(tx, amina, now=NOW)
        found = actors.local_by_username(tx, "amina")
        assert found is not None
        assert found.gone
        assert len(actors.private_keys_of(tx, amina)) == 1
        assert objects.latest(tx, author_id=amina) == []
        assert follows.counts(tx, amina) == (0, 0)

    await store.write(unit)


async def test_whose_inbox_it_is(store: Store) -> None:
    """Not those who share an inbox, not ours, and not who is gone."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        add_actor(tx, "yann", "m.example")
        add_actor(tx, "amina")
        assert actors.at_inbox(tx, "https://m.example/inbox") == []
        assert actors.at_inbox(tx, uri_of("amina") + "/inbox") == []
        inbox = uri_of("zoe", "m.example") + "/inbox"
        assert [one.id for one in actors.at_inbox(tx, inbox)] == [zoe]
        leaving.forget(tx, zoe, now=NOW)
        assert actors.at_inbox(tx, inbox) == []

    await store.write(unit)
