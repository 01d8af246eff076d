"""Statuses, graves, reactions, shares and pins, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import graves, inboxes, objects, pins, reactions, shares, tables
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_status, status

ZOE = "https://m.example/users/zoe"


def tags_of(tx: Transaction, identifier: int) -> set[str]:
    slugs = tables.hashtags.c
    return {row.slug for row in tx.all(sa.select(slugs.slug).where(slugs.object_id == identifier))}


async def test_a_status_is_stored_once_and_read_back_whole(store: Store) -> None:
    """A replay with other words changes nothing."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        first = status(
            zoe,
            1,
            visibility=Visibility.DIRECT,
            name="n",
            summary="s",
            sensitive=True,
            url="https://m.example/@zoe/1",
            in_reply_to="https://n.example/1",
            context="https://n.example/c",
            updated=NOW + 5,
            document='{"é": 1}',
        )
        assert objects.insert(tx, first, addressed=["a", "b", "a"], tags=["vélo", "outils", "vélo"])
        replay = status(zoe, 2, uri=first.uri)
        assert not objects.insert(tx, replay, addressed=["c"], tags=["x"])
        assert objects.by_uri(tx, first.uri) == first
        assert objects.by_id(tx, first.id) == first
        assert objects.by_id(tx, replay.id) is None
        assert objects.by_uri(tx, "https://m.example/none") is None
        assert objects.recipients_of(tx, first.id) == {"a", "b"}
        assert objects.recipients_of(tx, 1) == set()
        assert tags_of(tx, first.id) == {"vélo", "outils"}
        assert objects.authors_of(tx, [first.uri, "https://m.example/none"]) == {first.uri: zoe}
        assert objects.authors_of(tx, []) == {}

    await store.write(unit)


async def test_the_same_status_from_many_sides_at_once_is_stored_once(store: Store) -> None:
    """Sixteen deliveries in one moment: one says that it is new."""
    zoe = await store.write(add_actor, "zoe", "m.example")
    uri = "https://m.example/objects/1"
    fresh = await asyncio.gather(
        *(store.write(objects.insert, status(zoe, n, uri=uri)) for n in range(16))
    )
    assert fresh.count(True) == 1


async def test_an_edit_changes_what_was_said_and_nothing_else(store: Store) -> None:
    """Words, language and tags; not the author, the date or the audience."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        first = status(zoe, 1, visibility=Visibility.FOLLOWERS)
        objects.insert(tx, first, addressed=["a"], tags=["un", "deux"])
        objects.update(
            tx,
            first.id,
            name="Titre",
            content="<p>autre</p>",
            summary=None,
            language="oc",
            sensitive=True,
            updated=NOW + 9,
            document='{"v": 2}',
            tags=["deux", "trois"],
        )
        found = objects.by_id(tx, first.id)
        assert found is not None
        assert (found.name, found.content, found.language) == ("Titre", "<p>autre</p>", "oc")
        assert (found.updated, found.document, found.sensitive) == (NOW + 9, '{"v": 2}', True)
        assert (found.author_id, found.published) == (zoe, first.published)
        assert found.visibility is Visibility.FOLLOWERS
        assert tags_of(tx, first.id) == {"deux", "trois"}
        assert objects.recipients_of(tx, first.id) == {"a"}

    await store.write(unit)


async def test_a_deleted_status_leaves_a_grave_and_nothing_else(store: Store) -> None:
    """All that hung on it is gone; one of ours is known to have been here, others only buried."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        ours = status(amina, 1, local=True)
        objects.insert(tx, ours, addressed=["a"], tags=["x"])
        reactions.add(tx, object_id=ours.id, actor_id=zoe, emoji="", activity_uri="l:1")
        shares.add(tx, object_id=ours.id, actor_id=zoe, activity_uri="s:1", published=NOW)
        pins.add(tx, actor_id=amina, object_id=ours.id, now=NOW)
        theirs = add_status(tx, zoe, 2)
        for one in (ours, theirs):
            objects.delete(tx, one, by=ZOE, now=NOW + 1)
            objects.delete(tx, one, by=ZOE, now=NOW + 2)
            assert objects.by_uri(tx, one.uri) is None
            assert graves.buried_by(tx, one.uri) == {ZOE}
        assert graves.local(tx, ours.uri) == ("Note", NOW + 1)
        assert graves.local(tx, theirs.uri) is None
        for table in (tables.recipients, tables.hashtags, tables.reactions, tables.shares):
            assert tx.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert objects.pinned(tx, amina) == []

    await store.write(unit)


async def test_graves_are_dug_before_the_thing_comes(store: Store) -> None:
    """Each actor's word is kept apart, so that a stranger's Delete bars nobody."""

    def unit(tx: Transaction) -> None:
        uri = "https://m.example/objects/9"
        assert graves.buried_by(tx, uri) == set()
        graves.bury(tx, uri, by=ZOE, now=NOW)
        graves.bury(tx, uri, by="https://evil.example/x", now=NOW)
        graves.bury(tx, uri, by=ZOE, now=NOW + 5)
        assert graves.buried_by(tx, uri) == {ZOE, "https://evil.example/x"}
        assert graves.local(tx, uri) is None

    await store.write(unit)


@pytest.mark.parametrize("most", [1, 4, 100])
async def test_statuses_are_paged_newest_first(store: Store, most: int) -> None:
    """By place, author and openness, with no gap and no duplicate while more arrive."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        kinds = list(Visibility)
        made = [
            add_status(
                tx,
                amina if n % 2 else zoe,
                n,
                local=bool(n % 2),
                visibility=kinds[n // 2 % len(kinds)],
            )
            for n in range(16)
        ]
        made.reverse()

        def pages(**which: object) -> list[Status]:
            found: list[Status] = []
            before: int | None = None
            while page := objects.latest(tx, before=before, most=most, **which):  # type: ignore[arg-type]
                found += page
                before = page[-1].id
            return found

        assert pages(public_only=False) == made
        assert pages() == [one for one in made if one.visibility.open]
        assert pages(local=True, public_only=False) == [one for one in made if one.local]
        assert pages(local=False) == [one for one in made if not one.local and one.visibility.open]
        assert pages(author_id=zoe, public_only=False) == [
            one for one in made if one.author_id == zoe
        ]
        assert pages(author_id=7) == []

    await store.write(unit)


async def test_replies_and_conversations_are_paged_oldest_first(store: Store) -> None:
    """Only what is public; in keyset pages."""
    root, talk = "https://n.example/1", "https://n.example/c"

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        made = [add_status(tx, zoe, n, in_reply_to=root, context=talk) for n in range(5)]
        add_status(tx, zoe, 6, in_reply_to=root, context=talk, visibility=Visibility.FOLLOWERS)
        add_status(tx, zoe, 7)
        readers: tuple[Callable[[int | None], list[tuple[int, str]]], ...] = (
            lambda after: objects.replies(tx, root, after=after, most=2),
            lambda after: objects.in_context(tx, talk, after=after, most=2),
        )
        for read in readers:
            found: list[tuple[int, str]] = []
            after: int | None = None
            while page := read(after):
                found += page
                after = page[-1][0]
            assert found == [(one.id, one.uri) for one in made]
        assert objects.replies(tx, talk, after=None, most=9) == []

    await store.write(unit)


async def test_reactions_count_once_and_are_taken_back_by_their_actor(store: Store) -> None:
    """A plain Like and each emoji are one apart; another cannot undo them."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        of = add_status(tx, amina, 1, local=True).id

        def react(actor: int, emoji: str, uri: str) -> bool:
            return reactions.add(tx, object_id=of, actor_id=actor, emoji=emoji, activity_uri=uri)

        assert react(zoe, "", "l:1")
        assert not react(zoe, "", "l:2")
        assert react(zoe, "🥕", "l:3")
        assert react(amina, "", "l:4")
        assert reactions.count(tx, of) == 3
        assert not reactions.remove(tx, activity_uri="l:1", actor_id=amina)
        assert reactions.remove(tx, activity_uri="l:1", actor_id=zoe)
        assert not reactions.remove(tx, activity_uri="l:1", actor_id=zoe)
        assert reactions.count(tx, of) == 2
        assert reactions.count(tx, 7) == 0

    await store.write(unit)


async def test_shares_count_once_and_name_their_announce(store: Store) -> None:
    """Shared again is not shared twice; taken back by its actor alone."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        of = add_status(tx, amina, 1, local=True).id
        assert not shares.has_any(tx, of)

        def share(uri: str) -> bool:
            return shares.add(tx, object_id=of, actor_id=zoe, activity_uri=uri, published=NOW)

        assert share("s:1")
        assert not share("s:2")
        assert shares.has_any(tx, of)
        assert shares.count(tx, of) == 1
        assert shares.activity_of(tx, object_id=of, actor_id=zoe) == "s:1"
        assert shares.activity_of(tx, object_id=of, actor_id=amina) is None
        assert not shares.remove(tx, activity_uri="s:1", actor_id=amina)
        assert shares.remove(tx, activity_uri="s:1", actor_id=zoe)
        assert not shares.remove(tx, activity_uri="s:1", actor_id=zoe)
        assert shares.count(tx, of) == 0

    await store.write(unit)


async def test_pins_are_listed_latest_first(store: Store) -> None:
    """Pinned once each; taken off; at most twenty are shown."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        made = [add_status(tx, amina, n, local=True) for n in range(22)]
        for n, one in enumerate(reversed(made)):
            assert pins.add(tx, actor_id=amina, object_id=one.id, now=NOW + n)
        assert not pins.add(tx, actor_id=amina, object_id=made[0].id, now=NOW + 99)
        assert objects.pinned(tx, amina) == made[:20]
        assert pins.remove(tx, actor_id=amina, object_id=made[0].id)
        assert not pins.remove(tx, actor_id=amina, object_id=made[0].id)
        assert objects.pinned(tx, amina) == made[1:21]

    await store.write(unit)


async def test_who_was_told_of_an_object_hears_of_its_end(store: Store) -> None:
    """Those elsewhere who reacted, shared or answered, one inbox per server, if they are well."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        of = add_status(tx, amina, 1, local=True)
        liked = add_actor(tx, "a", "liked.example")
        shared = add_actor(tx, "b", "shared.example")
        answered = add_actor(tx, "c", "answered.example", shared_inbox=None)
        also = add_actor(tx, "d", "liked.example")
        gone = add_actor(tx, "e", "gone.example")
        add_actor(tx, "f", "nothing.example")
        for n, one in enumerate((liked, also, amina, gone)):
            reactions.add(tx, object_id=of.id, actor_id=one, emoji="", activity_uri=f"l:{n}")
        shares.add(tx, object_id=of.id, actor_id=shared, activity_uri="s", published=NOW)
        add_status(tx, answered, 2, in_reply_to=of.uri)
        tx.execute(sa.update(tables.actors).where(tables.actors.c.id == gone).values(gone_at=NOW))
        assert sorted(inboxes.told_of(tx, of.uri)) == [
            "https://answered.example/users/c/inbox",
            "https://liked.example/inbox",
            "https://shared.example/inbox",
        ]
        assert inboxes.told_of(tx, "https://nowhere.example/1") == []

    await store.write(unit)


async def test_a_failing_unit_stores_no_part_of_a_status(store: Store) -> None:
    """Its neighbours in the same commit keep theirs."""
    zoe = await store.write(add_actor, "zoe", "m.example")

    def failing(tx: Transaction) -> None:
        objects.insert(tx, status(zoe, 99), addressed=["a"], tags=["x"])
        raise LookupError

    units = [
        store.write(failing) if n % 5 == 0 else store.write(objects.insert, status(zoe, n))
        for n in range(20)
    ]
    outcomes = await asyncio.gather(*units, return_exceptions=True)
    assert sum(one is True for one in outcomes) == 16
    found = await store.read(objects.latest, most=100)
    assert {one.uri.rsplit("/")[-1] for one in found} == {str(n) for n in range(20) if n % 5}
    assert await store.read(tags_of, status(zoe, 99).id) == set()


async def test_a_number_that_is_taken_loses_nothing(store: Store) -> None:
    """Two statuses that chance gave one number are two: the second one's unit is run again with
    another number, and it is never taken for one that is here already."""
    zoe = await store.write(add_actor, "zoe", "m.example")
    first = status(zoe, 1)
    assert await store.write(objects.insert, first)
    uri = "https://m.example/objects/another"
    numbers = iter([first.id, first.id + 1])

    def unit(tx: Transaction) -> bool:
        return objects.insert(tx, replace(status(zoe, 2, uri=uri), id=next(numbers)))

    assert await store.write(unit)
    assert await store.read(objects.by_id, first.id) == first
    found = await store.read(objects.by_uri, uri)
    assert found is not None
    assert found.id == first.id + 1
