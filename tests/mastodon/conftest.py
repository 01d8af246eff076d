from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.mastodon.signing_in import Town, town

__all__ = ["database_url", "fresh", "postgres_url", "shared", "sqlite_url"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A node with Amina and Benoît, for all tests of a module."""
    directory: Path = tmp_path_factory.mktemp("shared")
    async with town(directory, "amina", "benoit", url=new_sqlite(directory)) as here:
        yield here


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(tmp_path: Path) -> AsyncIterator[Town]:
    """The same for one test alone, where those of a module would hear each other."""
    async with town(tmp_path, "amina", "benoit", url=new_sqlite(tmp_path)) as here:
        yield here
