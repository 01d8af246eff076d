"""Three real quartiers of Lyon in a row, each a process: the middle one touches the other two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers.process import NodeProcess


@dataclass(frozen=True, slots=True)
class Lyon:
    """The nodes, initialised, not started; whoever runs is stopped at the end."""

    croix_rousse: NodeProcess
    presquile: NodeProcess
    guillotiere: NodeProcess

    async def start(self, *nodes: NodeProcess) -> None:
        """Start some, or all, at the same time."""
        await asyncio.gather(*[node.start() for node in nodes or self.nodes])

    @property
    def nodes(self) -> tuple[NodeProcess, NodeProcess, NodeProcess]:
        return (self.croix_rousse, self.presquile, self.guillotiere)


@asynccontextmanager
async def lyon(directory: Path) -> AsyncIterator[Lyon]:
    """Croix-Rousse, Presqu'île and Guillotière; when the test fails, the end of their logs."""
    three = Lyon(
        NodeProcess(
            directory / "croix-rousse", name="Croix-Rousse", latitude=45.774, longitude=4.828
        ),
        NodeProcess(directory / "presquile", name="Presqu’île", latitude=45.760, longitude=4.834),
        NodeProcess(
            directory / "guillotiere", name="Guillotière", latitude=45.754, longitude=4.845
        ),
    )
    async with AsyncExitStack() as stack:
        for node in three.nodes:
            stack.push_async_exit(node.__aexit__)
        await asyncio.gather(*[node.init() for node in three.nodes])
        yield three
