"""A unit of work that meets another's id makes a new one when it is run again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store import ledger


@pytest.fixture
async def store(empty_database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(empty_database_url, migrate=False)
    await opened.write(ledger.create)
    yield opened
    await opened.close()


async def test_an_id_that_is_taken_is_made_anew(store: Store) -> None:
    """The first id is another's; the unit succeeds with the next, and nobody hears of it."""
    ids = iter([1, 1, 2])

    def add(tx: Transaction) -> int:
        return ledger.add(tx, next(ids))

    assert await store.write(add) == 1
    assert await store.write(add) == 2
    assert await store.read(ledger.numbers) == [1, 2]


async def test_what_is_a_duplicate_by_its_nature_fails(store: Store) -> None:
    """A unit that always writes the same row fails after a few tries, alone."""
    await store.write(ledger.add, 1)
    with pytest.raises(sa.exc.IntegrityError):
        await store.write(ledger.add, 1)
    assert await store.read(ledger.numbers) == [1]
