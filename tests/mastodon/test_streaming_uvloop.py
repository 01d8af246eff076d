"""Streams on the loop that a served node runs on."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import uvloop

from tests.databases import new_sqlite
from tests.mastodon.signing_in import town
from tests.mastodon.test_streaming import listening, write


def test_streams_on_the_loop_of_a_served_node(tmp_path: Path) -> None:
    """uvloop's transports are not asyncio's."""

    async def heard() -> None:
        async with town(tmp_path, "amina", url=new_sqlite(tmp_path)) as here:
            amina = await here.app("amina")
            async with listening(amina, stream="user") as listener:
                await asyncio.sleep(0.05)
                identifier = await write(amina, "Entendu")
                assert json.loads((await listener.hear())["payload"])["id"] == identifier

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(heard())
