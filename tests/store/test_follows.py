"""Follows, the inboxes and collections that follow from them, and blocks, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from node.store import actors, blocks, follows, inboxes, tables
from node.store.engine import Store
from node.store.follows import ACCEPTED, PENDING
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, uri_of


def follow(
    tx: Transaction, follower_id: int, target_id: int, state: str = ACCEPTED, uri: str = ""
) -> None:
    follows.put(
        tx,
        follower_id=follower_id,
        target_id=target_id,
        state=state,
        activity_uri=uri or f"f:{follower_id}-{target_id}",
        now=NOW,
    )


def suspend(tx: Transaction, actor_id: int) -> None:
    tx.execute(
        sa.update(tables.actors).where(tables.actors.c.id == actor_id).values(suspended_at=NOW)
    )


async def test_a_follow_is_found_both_ways_accepted_and_removed(store: Store) -> None:
    """By its two sides or by its activity; there is one per pair, and removing twice is no."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        follow(tx, zoe, amina, PENDING, "f:1")
        asked = follows.between(tx, zoe, amina)
        assert asked is not None
        assert (asked.state, asked.activity_uri) == (PENDING, "f:1")
        assert follows.by_activity(tx, "f:1") == asked
        assert follows.between(tx, amina, zoe) is None
        assert follows.by_activity(tx, "f:0") is None
        assert follows.counts(tx, amina) == (0, 0)
        follows.accept(tx, asked)
        assert follows.counts(tx, amina) == (1, 0)
        assert follows.counts(tx, zoe) == (0, 1)
        follow(tx, zoe, amina, ACCEPTED, "f:2")
        again = follows.between(tx, zoe, amina)
        assert again is not None
        assert (again.id, again.activity_uri) == (asked.id, "f:2")
        assert follows.by_activity(tx, "f:1") is None
        assert follows.counts(tx, amina) == (1, 0)
        assert follows.remove(tx, zoe, amina)
        assert not follows.remove(tx, zoe, amina)
        assert follows.counts(tx, amina) == (0, 0)

    await store.write(unit)


async def test_one_inbox_per_server_of_the_followers_who_are_well(store: Store) -> None:
    """Shared where there is one; not ours, not those who only asked, not gone or suspended."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        remote = {
            name: add_actor(tx, name, "m.example")
            for name in ("zoe", "yann", "asking", "gone", "suspended")
        }
        for name, one in remote.items():
            follow(tx, one, amina, PENDING if name == "asking" else ACCEPTED)
        follow(tx, add_actor(tx, "bruno"), amina)
        alone = add_actor(tx, "alone", "n.example", shared_inbox=None)
        group = add_actor(tx, "g", "q.example", type="Group")
        gone = add_actor(tx, "away", "gone.example")
        hushed = add_actor(tx, "hushed", "hushed.example")
        for one in (alone, group, gone, hushed):
            follow(tx, one, amina)
        tx.execute(sa.update(tables.actors).where(tables.actors.c.id == gone).values(gone_at=NOW))
        suspend(tx, hushed)
        expected = {
            "https://m.example/inbox",
            "https://n.example/users/alone/inbox",
            "https://q.example/inbox",
        }
        found = inboxes.of_followers(tx, amina)
        assert set(found) == expected
        assert len(found) == len(expected)
        without = inboxes.of_followers(tx, amina, but_types=("Group",))
        assert set(without) == expected - {"https://q.example/inbox"}
        assert inboxes.of_followers(tx, group) == []
        assert set(inboxes.every(tx)) == expected
        asked = [uri_of("zoe", "m.example"), uri_of("amina"), uri_of("hushed", "hushed.example")]
        assert inboxes.of_actors(tx, asked) == {asked[0]: asked[0] + "/inbox"}
        assert inboxes.of_actors(tx, []) == {}

    await store.write(unit)


async def test_a_deletion_reaches_servers_that_nobody_follows(store: Store) -> None:
    """Every server that we ever met, once."""

    def unit(tx: Transaction) -> None:
        for n in range(3):
            add_actor(tx, f"a{n}", "m.example")
        add_actor(tx, "b", "n.example", shared_inbox=None)
        add_actor(tx, "amina")
        assert sorted(inboxes.every(tx)) == [
            "https://m.example/inbox",
            "https://n.example/users/b/inbox",
        ]

    await store.write(unit)


@pytest.mark.parametrize("most", [1, 3, 7, 100])
async def test_collections_are_paged_newest_first_without_gaps(store: Store, most: int) -> None:
    """Seven followers and seven followed, in pages of any size, while one more arrives."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        others = [add_actor(tx, f"a{n}", "m.example") for n in range(7)]
        for one in others:
            follow(tx, one, amina)
            follow(tx, amina, one)
        follow(tx, add_actor(tx, "asking", "m.example"), amina, PENDING)
        expected = [uri_of(f"a{n}", "m.example") for n in reversed(range(7))]
        for page_of in (follows.followers_page, follows.following_page):
            found: list[tuple[int, str]] = []
            before: int | None = None
            while page := page_of(tx, amina, before=before, most=most):
                assert len(page) <= most
                found += page
                before = page[-1][0]
                late = add_actor(tx, f"late{page_of.__name__}{len(found)}", "m.example")
                follow(tx, late, amina)
                follow(tx, amina, late)
            assert [uri for _, uri in found if "/late" not in uri] == expected
            assert len({identifier for identifier, _ in found}) == len(found)
            assert [i for i, _ in found] == sorted((i for i, _ in found), reverse=True)

    await store.write(unit)


async def test_followers_of_one_server_and_of_ours(store: Store) -> None:
    """FEP-8fcf's partial collection is exact: no wildcard, no other case, no longer name."""

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        zoe = add_actor(tx, "zoe", "m.example")
        yann = add_actor(tx, "yann", "m.example")
        longer = add_actor(tx, "x", "m.example.evil.example")
        other = add_actor(tx, "y", "mXexample.example")
        for one in (zoe, yann, longer, other, bruno):
            follow(tx, one, amina)
        follow(tx, add_actor(tx, "asking", "m.example"), amina, PENDING)
        here = [uri_of("yann", "m.example"), uri_of("zoe", "m.example")]
        assert follows.followers_at(tx, amina, "https://m.example/") == here
        for prefix in ("https://M.example/", "https://m_example/", "https://%/"):
            assert follows.followers_at(tx, amina, prefix) == []
        everywhere = {
            *here,
            uri_of("x", "m.example.evil.example"),
            uri_of("y", "mXexample.example"),
        }
        assert set(follows.all_follower_uris(tx, amina)) == everywhere
        assert follows.local_follower_uris(tx, amina) == [uri_of("bruno")]
        follow(tx, amina, zoe, PENDING)
        follow(tx, bruno, zoe)
        assert set(follows.local_followers(tx, zoe)) == {amina, bruno}
        assert follows.local_follower_uris(tx, zoe) == [uri_of("bruno")]

    await store.write(unit)


async def test_a_block_ends_the_follows_between_two(store: Store) -> None:
    """Both ways; it stands once, and is lifted by its two sides or by its own activity."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        yann = add_actor(tx, "yann", "m.example")
        for one, other in ((amina, zoe), (zoe, amina), (yann, amina)):
            follow(tx, one, other)

        def block() -> bool:
            return blocks.put(tx, actor_id=zoe, target_id=amina, activity_uri="b:1", now=NOW)

        assert block()
        assert not block()
        assert blocks.stands(tx, actor_id=zoe, target_id=amina)
        assert not blocks.stands(tx, actor_id=amina, target_id=zoe)
        assert follows.counts(tx, amina) == (1, 0)
        assert not blocks.remove_by_activity(tx, activity_uri="b:1", actor_id=yann)
        assert blocks.remove_by_activity(tx, activity_uri="b:1", actor_id=zoe)
        assert not blocks.stands(tx, actor_id=zoe, target_id=amina)
        assert block()
        assert blocks.remove(tx, actor_id=zoe, target_id=amina)
        assert not blocks.remove(tx, actor_id=zoe, target_id=amina)
        assert follows.between(tx, zoe, amina) is None

    await store.write(unit)


async def test_a_failing_unit_leaves_no_half_block(store: Store) -> None:
    """The follow that it had ended is there again."""

    def before(tx: Transaction) -> tuple[int, int]:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        follow(tx, zoe, amina)
        return amina, zoe

    amina, zoe = await store.write(before)

    def failing(tx: Transaction) -> None:
        blocks.put(tx, actor_id=amina, target_id=zoe, activity_uri=None, now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert await store.read(follows.between, zoe, amina) is not None
    assert not await store.read(blocks.stands, actor_id=amina, target_id=zoe)
    assert await store.read(actors.by_id, zoe) is not None
