"""Whole nodes as processes, and other people's servers beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.lyon import Lyon, lyon
from tests.peers.process import NodeProcess

pytest.register_assert_rewrite("tests.nodes.storm")


@pytest.fixture
async def croix_rousse(tmp_path: Path) -> AsyncIterator[NodeProcess]:
    """A running node with the resident Amina."""
    async with NodeProcess(tmp_path / "croix-rousse") as node:
        await node.account("amina")
        yield node


@pytest.fixture
async def three(tmp_path: Path) -> AsyncIterator[Lyon]:
    """Three quartiers in a row, none of them started."""
    async with lyon(tmp_path) as nodes:
        yield nodes
