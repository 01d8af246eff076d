"""Signing in and out, without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.pages.reading import reader
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("signing-in")
    async with serving(f"sqlite:///{directory}/node.db", directory) as there:
        await there.account("amina")
        yield there


async def test_in_and_out_again(node: Serving) -> None:
    async with reader(node) as somebody:
        page = await somebody.get("/signin?next=/display")
        page = await somebody.submit(page, "/signin", who="amina", password=PASSWORD)
        assert (page.status, page.path) == (200, "/display")
        page = await somebody.get("/signin?next=/display", follow=False)
        assert page.headers["Location"] == "/display"
