"""Words that a commit hands to every process of a node."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from node.store import sqlite
from node.store.bells import SocketBells
from node.store.engine import Store
from node.store.transaction import Call, CallsMissed, Transaction


def two_words(tx: Transaction) -> None:
    tx.ring("a bell")
    tx.call("first 1")
    tx.call("second 2")


def fails(tx: Transaction) -> None:
    tx.call("never 3")
    raise ValueError("not this")


async def heard(words: list[str], count: int) -> list[str]:
    async with asyncio.timeout(5):
        while len(words) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return words


def listen(store: Store) -> list[str]:
    words: list[str] = []

    def handler(event: object) -> None:
        match event:
            case Call(words=said):
                words.append(said)
            case CallsMissed():
                words.append("missed")

    store.subscribe(handler)
    return words


async def test_both_processes_hear_in_order(database_url: str) -> None:
    one = await Store.open(database_url)
    two = await Store.open(database_url)
    try:
        here, there = listen(one), listen(two)
        bell = two.bell("a bell")
        await one.write(two_words)
        with pytest.raises(ValueError, match="not this"):
            await one.write(fails)
        await one.write(two_words)
        expected = ["first 1", "second 2"] * 2
        assert await heard(here, 4) == expected
        assert await heard(there, 4) == expected
        assert await bell.wait(5)
    finally:
        await one.close()
        await two.close()


async def test_who_missed_a_call_is_told_so(tmp_path: Path) -> None:
    """A queue that was full: with the next call it is known that some were lost."""
    path = tmp_path / "db.sqlite3"
    sqlite.create_file(path)
    loop = asyncio.get_running_loop()
    words: list[str] = []
    speaker, listener = SocketBells(path), SocketBells(path)
    for one, said in ((speaker, list[str]()), (listener, words)):
        one.open(loop, lambda _: None, lambda: None, said.append, lambda: words.append("missed"))
    for number in range(2_000):  # nobody reads meanwhile: the queue of the socket runs full
        speaker.send([f"!{number}"])
    await asyncio.sleep(0.05)
    arrived = len(words)
    assert 0 < arrived < 2_000
    assert "missed" not in words
    speaker.send(["!last"])
    await heard(words, arrived + 2)
    assert words[-2:] == ["missed", "last"]
    speaker.send(["!again"])
    await heard(words, arrived + 3)
    assert words[-1] == "again"
    speaker.close()
    listener.close()
