"""Stores on both databases."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from node.store.engine import Store
from node.store.tables import metadata
from tests.databases import (
    database_url,
    empty_database_url,
    empty_postgres_url,
    empty_sqlite_url,
    new_postgres,
    new_sqlite,
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


@functools.cache
def _postgres() -> str:
    """One database for the repositories' tests: to empty it takes a tenth of making one."""
    return new_postgres()


def _empty(url: str) -> None:
    with psycopg.connect(url) as connection:  # faster than TRUNCATE, which makes files anew
        for table in reversed(metadata.sorted_tables):
            connection.execute(f"DELETE FROM {table.name}")


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with the schema of the node and no rows; runs the test on both databases."""
    url = new_sqlite(tmp_path) if request.param == "sqlite" else _postgres()
    opened = await Store.open(url)
    yield opened
    await opened.close()
    if request.param == "postgresql":
        _empty(url)
