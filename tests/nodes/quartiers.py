"""Three quartiers of Lyon as nodes in this process, which speak real HTTP to each other."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from node.actions.neighbours import answer_neighbour, ask_neighbour
from node.aid.neighbours import Event
from node.store import actors, neighbours, objects, proposals
from node.store.proposals import Listed
from tests.databases import new_sqlite
from tests.flows.neighbourhood import until
from tests.serving import Serving, serving

PLACES = {
    "Croix-Rousse": (45.774, 4.828),
    "Presqu’île": (45.760, 4.834),
    "Guillotière": (45.754, 4.845),
}


@dataclass(frozen=True, slots=True)
class Three:
    """The middle one touches the other two, which do not touch each other."""

    croix_rousse: Serving
    presquile: Serving
    guillotiere: Serving

    @property
    def nodes(self) -> tuple[Serving, Serving, Serving]:
        return (self.croix_rousse, self.presquile, self.guillotiere)

    async def settled(self) -> None:
        """Nothing is under way between any of them."""
        calm = 0
        while calm < 2:
            for node in self.nodes:
                await node.settled()
            calm += 1
            await asyncio.sleep(0.02)

    async def join(self, asking: Serving, asked: Serving) -> None:
        await ask_neighbour(asking.store, asking.here, asking.node.remote, asked.base)
        await until(lambda: link(asked, asking), "asked")
        await answer_neighbour(asked.store, asked.here, asking.domain, Event.WE_ACCEPT)
        await until(lambda: link(asking, asked), "joined")
        await self.settled()


async def link(node: Serving, other: Serving) -> str | None:
    """What is between two nodes, as the first sees it."""
    for row in await node.store.read(neighbours.every):
        if row.domain == other.domain:
            return row.state
    return None


async def neighbour_id(node: Serving, other: Serving) -> int:
    """The number of the other's Group."""
    group = await node.store.read(actors.by_uri, f"{other.base}/quartier")
    assert group is not None
    return group.id


async def line(node: Serving, uri: str) -> Listed | None:
    """A proposal as people see it in the list."""
    found = await node.store.read(proposals.listed, now=time.time(), most=1_000)
    return next((one for one in found if one.proposal.uri == uri), None)


async def shows(node: Serving, uri: str) -> bool:
    return await line(node, uri) is not None


async def number(node: Serving, uri: str) -> int:
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return status.id


async def state(node: Serving, uri: str) -> str | None:
    status = await node.store.read(objects.by_uri, uri)
    stored = await node.store.read(proposals.by_id, status.id) if status else None
    return stored.proposal.state.value if stored else None


@contextlib.asynccontextmanager
async def three_quartiers(directory: Path) -> AsyncIterator[Three]:
    async with contextlib.AsyncExitStack() as stack:
        made: list[Serving] = []
        for place, (latitude, longitude) in PLACES.items():
            below = directory / f"node-{len(made)}"
            below.mkdir()
            made.append(
                await stack.enter_async_context(
                    serving(
                        new_sqlite(below),
                        below,
                        node={"name": place, "latitude": latitude, "longitude": longitude},
                    )
                )
            )
        yield Three(*made)
