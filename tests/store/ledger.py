"""A table of the tests' own, and units of work on it: the engine is tested apart from the node's
schema. Run as a program it is the other process of a test.
"""

from __future__ import annotations

import asyncio
import sys

import sqlalchemy as sa

from node.store.engine import Store
from node.store.tables import commits
from node.store.transaction import Transaction

metadata = sa.MetaData()
entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "parent",
        sa.Integer,
        sa.ForeignKey("ledger_entries.id", deferrable=True, initially="DEFERRED"),
    ),
)

commits.to_metadata(metadata)

BELL = "ledger"


def create(tx: Transaction) -> None:
    metadata.create_all(tx.connection)


def add(tx: Transaction, number: int, text: str = "", parent: int | None = None) -> int:
    tx.execute(entries.insert(), {"id": number, "text": text, "parent": parent})
    return number


def add_and_ring(tx: Transaction, number: int, event: object = None) -> None:
    add(tx, number)
    tx.ring(BELL)
    if event is not None:
        tx.tell(event)


def add_and_fail(tx: Transaction, number: int) -> None:
    add_and_ring(tx, number, "never told")
    raise LookupError(number)


def count(tx: Transaction) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(entries)))


def numbers(tx: Transaction) -> list[int]:
    return [row.id for row in tx.all(sa.select(entries.c.id).order_by(entries.c.id))]


async def ring_once(url: str) -> None:
    store = await Store.open(url, migrate=False)
    await store.write(add_and_ring, 1_000)
    await store.close()


async def add_for_ever(url: str) -> None:
    """Print every number once its unit is answered; the test kills us in the middle."""
    store = await Store.open(url, migrate=False)

    async def one(start: int) -> None:
        for number in range(start, 10_000_000, 64):
            await store.write(add, number, "x" * 500)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    await asyncio.gather(*(one(start) for start in range(64)))


if __name__ == "__main__":
    asyncio.run({"ring": ring_once, "add": add_for_ever}[sys.argv[1]](sys.argv[2]))
