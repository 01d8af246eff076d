"""What is asked often is answered from indexes, in a fixed number of queries, whatever is stored.

Held on SQLite, whose planner says what it does; PostgreSQL has the same indexes.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from node.aid.lifecycle import State
from node.store import (
    actors,
    blocks,
    calendars,
    feeds,
    follows,
    gatherings,
    graves,
    inboxes,
    journal,
    leaving,
    objects,
    outbox,
    pins,
    proposals,
    reactions,
    series,
    shares,
    statistics,
    tables,
)
from node.store.engine import Store
from node.store.outbox import Delivery, HostChange, Postponed, Settlement
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal, add_status, uri_of
from tests.store.posting import publish

BIG = {
    "actors", "actor_keys", "follows", "objects", "recipients", "hashtags", "graves", "reactions",
    "shares", "pins", "proposals", "journal", "outbox", "deliveries",
}  # fmt: skip
ROWS = 1_500
Asked = Callable[[Transaction], object]

ENTRY = journal.Waiting(1, "a:1", "x", "m.example", "s", b"", 0, 1)
HELD = Delivery(1, 1, "https://h1.example/inbox", "h1.example", False, 0, NOW, 1)
SETTLED = Settlement(
    [HELD],
    [Postponed(HELD, NOW, False, True, 503, "no")],
    {
        "h1.example": HostChange(revived=True),
        "h2.example": HostChange(failures=5, failing_since=NOW, open_until=NOW + 60),
    },
)

HOT: dict[str, Asked] = {
    "is an activity known": lambda tx: journal.seen(tx, "a:1"),
    "claim entries": lambda tx: journal.claim(tx, now=NOW, most=16, busy_hosts=["x"], per_host=2),
    "when is an entry due": lambda tx: journal.next_due(tx, busy_hosts=["x"]),
    "finish an entry": lambda tx: journal.finish(tx, ENTRY),
    "put an entry back": lambda tx: journal.put_back(tx, ENTRY, next_at=NOW, note=""),
    "count entries": lambda tx: (journal.waiting_count(tx), journal.aside_count(tx)),
    "list what is aside": journal.aside,
    "drop old bodies": lambda tx: journal.drop_old_bodies(tx, before=NOW),
    "claim deliveries": lambda tx: outbox.claim(
        tx, now=NOW + 9e9, most=50, held={"x": 8}, per_host=2
    ),
    "when is a delivery due": lambda tx: outbox.next_due(tx, busy_hosts=["x"]),
    "settle deliveries": lambda tx: outbox.settle(tx, SETTLED, now=NOW),
    "what is in a parcel": lambda tx: outbox.parcel(tx, 1),
    "a public activity": lambda tx: outbox.public_activity(tx, "x"),
    "unlist an object": lambda tx: outbox.unlist_object(tx, "o:1"),
    "count an outbox": lambda tx: outbox.public_count(tx, 1),
    "an actor by its address": lambda tx: actors.by_uri(tx, uri_of("zoe", "m.example")),
    "actors by their addresses": lambda tx: actors.by_uris(tx, ["x", "y"]),
    "one of ours by name": lambda tx: actors.local_by_username(tx, "amina"),
    "a key": lambda tx: actors.key_by_id(tx, "k"),
    "the keys of an actor": lambda tx: actors.keys_of(tx, 1),
    "an inbox is gone": lambda tx: actors.at_inbox(tx, "i:7"),
    "inboxes of followers": lambda tx: inboxes.of_followers(tx, 1),
    "count follows": lambda tx: follows.counts(tx, 1),
    "a follow by its activity": lambda tx: follows.by_activity(tx, "f"),
    "is somebody blocked": lambda tx: blocks.stands(tx, actor_id=1, target_id=2),
    "a status by its address": lambda tx: objects.by_uri(tx, "x"),
    "a status by its id": lambda tx: objects.by_id(tx, 1),
    "is a thing buried": lambda tx: graves.buried_by(tx, "x"),
    "who was addressed": lambda tx: objects.recipients_of(tx, 1),
    "count reactions": lambda tx: reactions.count(tx, 1),
    "take a reaction back": lambda tx: reactions.remove(tx, activity_uri="l", actor_id=1),
    "was it shared": lambda tx: shares.has_any(tx, 1),
    "who was told": lambda tx: inboxes.told_of(tx, "x"),
    "what is over": lambda tx: proposals.expired(tx, now=NOW),
    "when is something over": proposals.next_moment,
    "mark copies as over": lambda tx: proposals.mark_expired_remote(tx, now=NOW),
    "what a neighbour is offered": lambda tx: proposals.to_offer(tx, now=NOW),
    "a list of proposals": lambda tx: proposals.listed(tx, now=NOW),
    "proposals with a tag": lambda tx: proposals.listed(tx, now=NOW, tag="x", before=10**17),
    "a feed": lambda tx: feeds.open_now(tx, now=NOW, group="care", urgencies=("high",)),
    "a calendar": lambda tx: feeds.dated(tx, after=NOW),
    "a person's calendar": lambda tx: calendars.appointments(tx, 1, after=NOW),
    "a gathering": lambda tx: (gatherings.by_id(tx, 1), gatherings.was_published(tx, "e:1")),
    "who keeps calendars": lambda tx: gatherings.calendar_inboxes(tx, 1),
    "which series are due": lambda tx: series.due(tx, before=NOW),
    "what comes of a series": lambda tx: series.upcoming(tx, 1, after=NOW),
    "forget an actor": lambda tx: leaving.forget(tx, 7, now=NOW),
}
PAGES: dict[str, Asked] = {
    "our statuses": lambda tx: objects.latest(tx, local=True, before=10**17),
    "the statuses of an actor": lambda tx: objects.latest(tx, author_id=1),
    "all statuses": lambda tx: objects.latest(tx, before=10**17),
    "replies": lambda tx: objects.replies(tx, "x", after=None, most=40),
    "a conversation": lambda tx: objects.in_context(tx, "x", after=1, most=40),
    "followers": lambda tx: follows.followers_page(tx, 1, before=10**17, most=40),
    "following": lambda tx: follows.following_page(tx, 1, before=None, most=40),
    "an outbox": lambda tx: outbox.public_page(tx, 1, before=10**17, most=40),
}


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(sqlite_url)
    yield opened
    await opened.close()


def fill(tx: Transaction) -> None:
    """Some thousand rows of what grows, so that the planner's statistics are those of a node."""
    chance = random.Random(7)
    tx.execute(
        tables.actors.insert(),
        [
            {
                "id": n,
                "uri": f"u:{n}",
                "local": n <= 20,
                "type": "Person",
                "username": f"n{n}",
                "domain": f"h{n % 90}.example",
                "inbox": f"i:{n}",
                "shared_inbox": f"https://h{n % 90}.example/inbox",
                "created_at": NOW,
                "updated_at": NOW,
            }
            for n in range(1, ROWS)
        ],
    )
    tx.execute(
        tables.follows.insert(),
        [
            {
                "id": n,
                "follower_id": n % (ROWS - 1) + 1,
                "target_id": n % 20 + 1,
                "state": "accepted",
                "activity_uri": f"f:{n}",
                "created_at": NOW,
            }
            for n in range(1, ROWS)
        ],
    )
    tx.execute(
        tables.objects.insert(),
        [
            {
                "id": n,
                "uri": f"o:{n}",
                "local": n % 9 == 0,
                "type": "Note",
                "author_id": chance.randrange(1, ROWS),
                "visibility": "public",
                "in_reply_to": f"o:{n // 7}" if n % 3 == 0 else None,
                "context": f"c:{n // 7}" if n % 3 == 0 else None,
                "published": NOW,
                "document": "{}",
            }
            for n in range(1, ROWS)
        ],
    )
    for table, own in (("reactions", {}), ("shares", {"published": NOW})):
        tx.execute(
            tables.metadata.tables[table].insert(),
            [
                {
                    "id": n,
                    "object_id": n,
                    "actor_id": chance.randrange(1, ROWS),
                    "activity_uri": f"r:{n}",
                    **own,
                }
                for n in range(1, ROWS)
            ],
        )
    tx.execute(
        tables.hashtags.insert(),
        [{"slug": f"t{n % 40}", "object_id": n} for n in range(1, ROWS)],
    )
    states = [state.value for state in State]
    tx.execute(
        tables.proposals.insert(),
        [
            {
                "object_id": n,
                "purpose": "offer",
                "topic": "goods.books",
                "mode": "gift",
                "title": "x",
                "language": "fr",
                "state": chance.choice(states) if n % 9 == 0 else "done",
                "urgency": "normal",
                "reach": "adjacent",
                "quantity": "1",
                "available": "1",
                "unit": "one",
                "expires_at": NOW + n,
                "origin": "x",
                "shown": n % 2 == 0,
                "create_activity": "{}",
            }
            for n in range(3, ROWS, 3)
        ],
    )
    tx.execute(
        tables.journal.insert(),
        [
            {
                "id": n,
                "activity_uri": f"a:{n}",
                "actor_uri": "x",
                "host": f"h{n % 90}.example",
                "scheme": "s",
                "body": b"x" if n % 20 == 0 else None,
                "state": "pending" if n % 20 == 0 else "aside" if n % 99 == 0 else "handled",
                "next_at": NOW,
                "received_at": NOW,
            }
            for n in range(1, ROWS)
        ],
    )
    for n in range(1, ROWS // 10):
        hosts = [f"https://h{(n + k) % 90}.example/inbox" for k in range(10)]
        publish(tx, 1, n, hosts, about=f"o:{n % 50}", urgent=n % 10 == 0)


def asked(tx: Transaction, unit: Asked) -> list[tuple[str, Any]]:
    """The statements that a unit runs, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        _, _, statement, parameters, _, many = args
        found.append((statement, parameters[0] if many else parameters))

    sa.event.listen(tx.connection, "before_cursor_execute", note)
    try:
        unit(tx)
    finally:
        sa.event.remove(tx.connection, "before_cursor_execute", note)
    return found


def plan(tx: Transaction, unit: Asked) -> list[str]:
    """How SQLite goes about each statement of a unit."""
    lines: list[str] = []
    for statement, parameters in asked(tx, unit):
        rows = tx.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        lines += [row[3] for row in rows]
    return lines


# These hold only what waits: to walk along them is to read just that.
SMALL = ("USING INDEX ix_journal_pending", "USING INDEX ix_journal_aside")


def scanned(lines: list[str]) -> list[str]:
    """The steps that read the whole of a table that grows; an alias counts as its table."""
    names = BIG | {"earlier"}
    return [
        line
        for line in lines
        if line.startswith("SCAN") and line.split()[1] in names and not line.endswith(SMALL)
    ]


async def test_reading_a_whole_table_is_noticed(store: Store) -> None:
    """These tests would see a query without an index."""

    def unit(tx: Transaction) -> None:
        actor = tables.actors.c
        lines = plan(tx, lambda tx: tx.all(sa.select(actor.id).where(actor.name == "x")))
        assert scanned(lines) == ["SCAN actors"]

    await store.write(unit)


@pytest.mark.parametrize("grown", [False, True], ids=["empty", "grown"])
async def test_what_is_asked_often_reads_no_whole_table(store: Store, grown: bool) -> None:
    """Claims, look-ups, deliveries, lists, with and without the planner's statistics."""
    if grown:
        await store.write(fill)
        await store.maintain()

    def unit(tx: Transaction) -> dict[str, list[str]]:
        return {name: scanned(plan(tx, hot)) for name, hot in HOT.items()}

    found = await store.write(unit)
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("grown", [False, True], ids=["empty", "grown"])
async def test_pages_are_read_in_the_order_of_an_index(store: Store, grown: bool) -> None:
    """Nothing is sorted to find the newest forty, and one query gives them."""
    if grown:
        await store.write(fill)
        await store.maintain()

    def unit(tx: Transaction) -> None:
        for name, page in PAGES.items():
            lines = plan(tx, page)
            assert scanned(lines) == [], name
            assert [line for line in lines if "TEMP B-TREE" in line] == [], name
            assert len(asked(tx, page)) == 1, name

    await store.write(unit)


async def test_a_claim_sorts_nothing_however_much_waits(store: Store) -> None:
    """Due deliveries and entries come from their index one by one."""
    await store.write(fill)
    await store.maintain()

    def unit(tx: Transaction) -> None:
        for name in ("claim deliveries", "when is a delivery due", "claim entries"):
            assert [line for line in plan(tx, HOT[name]) if "TEMP B-TREE" in line] == [], name

    await store.write(unit)


async def test_a_page_costs_as_many_queries_with_forty_rows_as_with_one(store: Store) -> None:
    """Statuses, proposals with all that is shown beside them, collections, pins, neighbours."""

    def count(tx: Transaction) -> list[int]:
        amina = actors.local_by_username(tx, "amina")
        assert amina is not None
        units: list[Asked] = [
            lambda tx: objects.latest(tx),
            lambda tx: objects.pinned(tx, amina.id),
            lambda tx: proposals.listed(tx, now=NOW),
            lambda tx: follows.followers_page(tx, amina.id, before=None, most=40),
            lambda tx: outbox.public_page(tx, amina.id, before=None, most=40),
            lambda tx: outbox.queue(tx),
            statistics.statistics,
        ]
        return [len(asked(tx, unit)) for unit in units]

    def grow(tx: Transaction, start: int, stop: int) -> None:
        amina = add_actor(tx, "amina")
        for n in range(start, stop):
            zoe = add_actor(tx, f"z{n}", "m.example")
            add_status(tx, amina, n, local=True)
            add_proposal(tx, zoe, 1_000 + n)
            pins.add(tx, actor_id=amina, object_id=objects.latest(tx, most=1)[0].id, now=NOW)
            follows.put(
                tx,
                follower_id=zoe,
                target_id=amina,
                state="accepted",
                activity_uri=f"f:{n}",
                now=NOW,
            )
            publish(tx, amina, n, ["https://m.example/inbox"])

    await store.write(grow, 0, 1)
    few = await store.write(count)
    await store.write(grow, 1, 45)
    assert await store.write(count) == few
    assert few[:6] == [1] * 6
