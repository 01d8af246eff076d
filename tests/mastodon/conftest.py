from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from node.actions import passwords, signing_in
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.mastodon.signing_in import Town, town

__all__ = ["database_url", "postgres_url", "shared", "sqlite_url"]


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing: it is not they that are tested here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        nobody = cheap.hash("nobody's")
        for module in (passwords, signing_in):
            patch.setattr(module, "NOBODY", nobody)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A node with Amina and Benoît, for all tests of a module."""
    directory: Path = tmp_path_factory.mktemp("shared")
    async with town(directory, "amina", "benoit", url=new_sqlite(directory)) as here:
        yield here
