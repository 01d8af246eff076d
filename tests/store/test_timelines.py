"""Timelines against plain lists: what stands in them, and each page at every edge."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from node.ids import new_id
from node.social.visibility import Visibility
from node.store import blocks, feed, follows, lists, mutes, objects, shares, tags, timelines
from node.store.engine import Store
from node.store.tables import accounts, domain_mutes
from node.store.timelines import NOBODY, Entry, Wanted, Window
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_status, status, uri_of

Page = Callable[[Transaction, Window], list[Entry]]


def join(tx: Transaction, name: str) -> int:
    """An account of ours."""
    who = add_actor(tx, name)
    row = {
        "actor_id": who,
        "email": f"{name}@example.org",
        "password_hash": "",
        "role": "member",
        "created_at": NOW,
    }
    tx.execute(sa.insert(accounts), row)
    return who


def follow(tx: Transaction, who: int, whom: int) -> None:
    follows.put(
        tx,
        follower_id=who,
        target_id=whom,
        state=follows.ACCEPTED,
        activity_uri=f"f:{who}:{whom}",
        now=NOW,
    )


def share(tx: Transaction, who: int, object_id: int) -> None:
    uri = f"s:{who}:{object_id}"
    shares.add(tx, object_id=object_id, actor_id=who, activity_uri=uri, published=NOW)


def home(tx: Transaction, me: int, **window: Any) -> list[Entry]:
    asked = {"below": None, "above": None, "upward": False, "most": 40} | window
    unread = timelines.unread(tx, me, now=NOW)
    return timelines.home(tx, me, unread, Window(**asked))


def ids(found: Sequence[Entry]) -> list[int]:
    return [one.object_id for one in found]


# ── what stands in home ──────────────────────────────────────────────────────────────────────


def who_reads(tx: Transaction) -> None:
    me, zoe, yann = join(tx, "amina"), add_actor(tx, "zoe", "m.example"), join(tx, "yann")
    before = add_status(tx, zoe, 1)
    follow(tx, me, zoe)
    assert ids(home(tx, me)) == [before.id]  # what she wrote before comes along
    every = {
        visibility: add_status(tx, zoe, number, visibility=visibility).id
        for number, visibility in enumerate(Visibility, 2)
    }
    named = add_status_to(tx, zoe, 9, uri_of("amina"))
    own = add_status(tx, me, 10, local=True)
    assert set(ids(home(tx, me))) == {before.id, own.id, named} | {
        number for visibility, number in every.items() if visibility is not Visibility.DIRECT
    }
    assert home(tx, yann) == []
    follows.remove(tx, me, zoe)
    assert ids(home(tx, me)) == [own.id]


def add_status_to(tx: Transaction, author: int, number: int, *uris: str, **values: Any) -> int:
    made = status(author, number, visibility=Visibility.DIRECT, **values)
    assert objects.insert(tx, made, addressed=uris)
    return made.id


def answers(tx: Transaction) -> None:
    me, zoe, yann = join(tx, "amina"), add_actor(tx, "zoe", "m.example"), join(tx, "yann")
    follow(tx, me, zoe)
    first, theirs = add_status(tx, zoe, 1), add_status(tx, yann, 2, local=True)
    mine = add_status(tx, me, 3, local=True)
    to_self = add_status(tx, zoe, 4, in_reply_to=first.uri)
    to_other = add_status(tx, zoe, 5, in_reply_to=theirs.uri)
    to_me = add_status(tx, zoe, 6, in_reply_to=mine.uri)
    to_nobody = add_status(tx, zoe, 7, in_reply_to="https://m.example/not/here")
    shown = [to_me.id, to_self.id, mine.id, first.id]
    assert ids(home(tx, me)) == shown
    follow(tx, me, yann)
    after = add_status(tx, zoe, 8, in_reply_to=theirs.uri)
    assert after.id in ids(home(tx, me))
    public = timelines.public(tx, NOBODY, Window(None, None, False, 40))
    assert to_self.id in ids(public)
    assert not {to_other.id, to_me.id, to_nobody.id} & set(ids(public))


def shares_once(tx: Transaction) -> None:
    me, zoe, yann = join(tx, "amina"), add_actor(tx, "zoe", "m.example"), join(tx, "yann")
    far = add_actor(tx, "xavier", "n.example")
    follow(tx, me, zoe)
    follow(tx, me, yann)
    written = add_status(tx, far, 1)
    share(tx, zoe, written.id)
    share(tx, yann, written.id)  # it is there just now
    found = home(tx, me)
    assert [(one.object_id, one.shared_by) for one in found] == [(written.id, zoe)]
    shares.remove(tx, activity_uri=f"s:{zoe}:{written.id}", actor_id=zoe)
    assert home(tx, me) == []
    mutes.put(tx, account_id=me, target_id=far, notifications=True, expires_at=None)
    other = add_status(tx, far, 2)
    share(tx, zoe, other.id)
    assert home(tx, me) == []


def not_read(tx: Transaction) -> None:
    """Whoever is blocked, muted or of a muted server is not read, wherever they stood before."""
    me = join(tx, "amina")
    people = {name: add_actor(tx, name, f"{name}.example") for name in ("a", "b", "c", "d", "e")}
    for number, who in enumerate(people.values()):
        follow(tx, me, who)
        made = add_status(tx, who, number)
        share(tx, people["e"], made.id)
    assert len(home(tx, me)) == 5
    mutes.put(tx, account_id=me, target_id=people["a"], notifications=True, expires_at=None)
    mutes.put(tx, account_id=me, target_id=people["b"], notifications=True, expires_at=NOW - 1)
    blocks.put(tx, actor_id=people["c"], target_id=me, activity_uri=None, now=NOW)
    row = {"id": new_id(), "account_id": me, "domain": "d.example", "created_at": NOW}
    tx.execute(sa.insert(domain_mutes), row)
    authors = {objects.by_id(tx, one).author_id for one in ids(home(tx, me))}  # type: ignore[union-attr]
    assert authors == {people["b"], people["e"]}
    unread = timelines.unread(tx, me, now=NOW)
    public = ids(timelines.public(tx, unread, Window(None, None, False, 40)))
    assert {objects.by_id(tx, one).author_id for one in public} == authors  # type: ignore[union-attr]


def lists_and_tags(tx: Transaction) -> None:
    me, zoe, yann = join(tx, "amina"), add_actor(tx, "zoe", "m.example"), join(tx, "yann")
    follow(tx, me, zoe)
    old = add_status(tx, zoe, 1)
    made = lists.add(tx, account_id=me, title="L", replies_policy="none", exclusive=True)
    lists.put_in(tx, made.id, zoe)

    def in_list() -> list[int]:
        return ids(timelines.of_list(tx, made.id, NOBODY, Window(None, None, False, 40)))

    assert in_list() == [old.id]
    theirs = add_status(tx, yann, 2, local=True)
    add_status(tx, zoe, 3, in_reply_to=theirs.uri)
    new = add_status(tx, zoe, 4)
    assert in_list() == [new.id, old.id]
    assert ids(home(tx, me)) == [old.id]  # it is in the list alone
    tags.follow(tx, account_id=me, slug="jardin")
    tagged = status(yann, 5, local=True)
    assert objects.insert(tx, tagged, tags=["jardin", "lyon"])
    assert ids(home(tx, me)) == [tagged.id, old.id]
    tags.unfollow(tx, account_id=me, slug="jardin")
    assert ids(home(tx, me)) == [old.id]
    lists.take_out(tx, made.id, [zoe])
    assert in_list() == []


def trimmed(tx: Transaction) -> None:
    me = join(tx, "amina")
    made = [add_status(tx, me, number, local=True).id for number in range(9)]
    assert feed.trim(tx, kept=4) == 5
    assert ids(home(tx, me)) == made[:4:-1]
    assert feed.trim(tx, kept=4) == 0


@pytest.mark.parametrize(
    "told", [who_reads, answers, shares_once, not_read, lists_and_tags, trimmed]
)
async def test_what_stands_in_timelines(store: Store, told: Callable[[Transaction], None]) -> None:
    await store.write(told)


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def plain(numbers: Sequence[int], window: Window) -> list[int]:
    """The same of a plain list."""
    inside = sorted(
        one
        for one in numbers
        if (window.below is None or one < window.below)
        and (window.above is None or one > window.above)
    )
    chosen = inside[: window.most] if window.upward else inside[-window.most :]
    return chosen[::-1]


def every_page(tx: Transaction) -> None:
    chance = random.Random(44)
    me, zoe = join(tx, "amina"), add_actor(tx, "zoe", "m.example")
    yann = add_actor(tx, "yann", "n.example")
    follow(tx, me, zoe)
    made = lists.add(tx, account_id=me, title="L", replies_policy="list", exclusive=False)
    lists.put_in(tx, made.id, zoe)
    for number in chance.sample(range(1_000), 45):  # they do not come in order
        one = status(zoe, number)
        assert objects.insert(tx, one, tags=["lyon"])
    for number in range(2_000, 2_015):
        share(tx, zoe, add_status(tx, yann, number).id)
    wanted = Wanted(("public", "unlisted"))
    pages: dict[str, Page] = {
        "home": lambda tx, window: timelines.home(tx, me, NOBODY, window),
        "public": lambda tx, window: timelines.public(tx, NOBODY, window, local=False),
        "a tag": lambda tx, window: timelines.of_tag(tx, "lyon", NOBODY, window),
        "tags": lambda tx, window: timelines.of_tag(tx, "paris", NOBODY, window, any_of=["lyon"]),
        "an account": lambda tx, window: timelines.of_author(tx, zoe, wanted, NOBODY, window),
        "a list": lambda tx, window: timelines.of_list(tx, made.id, NOBODY, window),
    }
    for name, page in pages.items():
        whole = [one.number for one in page(tx, Window(None, None, False, 500))]
        assert len(whole) == len(set(whole)) >= 45, name
        edges = [None, 0, *whole, *(one + 1 for one in whole), 2**62]
        for _ in range(60):
            window = Window(
                chance.choice(edges),
                chance.choice(edges),
                chance.random() < 0.5,
                chance.choice((1, 2, 7, 20, 100)),
            )
            found = [one.number for one in page(tx, window)]
            assert found == plain(whole, window), (name, window)


async def test_every_page_is_that_of_a_plain_list(store: Store) -> None:
    await store.write(every_page)
