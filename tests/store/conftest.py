"""Stores on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from node.store.engine import Store
from tests.databases import (
    database_url,
    empty_database_url,
    empty_postgres_url,
    empty_sqlite_url,
    postgres_url,
    sqlite_url,
)

__all__ = [
    "database_url",
    "empty_database_url",
    "empty_postgres_url",
    "empty_sqlite_url",
    "postgres_url",
    "sqlite_url",
    "store",
]


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store with the schema of the node; the test runs on both databases."""
    opened = await Store.open(database_url)
    yield opened
    await opened.close()
