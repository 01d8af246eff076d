"""JSON-LD documents read: by the fast path here, by the slow one in a process beside.

What is built to hurt PyLD holds that process for two seconds and is then refused with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any, Final

import orjson

from node.activitypub import jsonld
from node.activitypub.rejected import Rejected
from node.affinity import all_processors
from node.errors import Unavailable

SECONDS: Final = 2.0
START_SECONDS: Final = 20.0
WAITING_MOST: Final = 64
IDLE_SECONDS: Final = 300.0


class Expander:
    """One child process, started when first needed, ended when long idle."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def normalise(self, document: dict[str, Any]) -> dict[str, Any] | Rejected:
        """The document in our context's words; raises Unavailable when too many wait."""
        quick = jsonld.normalise(document)
        if not isinstance(quick, jsonld.NeedsExpansion):
            return quick
        line = orjson.dumps(quick.document)
        if len(line) > jsonld.SLOW_INPUT_BYTES:
            return Rejected(f"more than {jsonld.SLOW_INPUT_BYTES} bytes to expand", 413)
        if self._waiting >= WAITING_MOST:
            raise Unavailable("Too many documents wait to be read: try again in a while.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._ask(line)
        finally:
            self._waiting -= 1

    async def _ask(self, line: bytes) -> dict[str, Any] | Rejected:
        self._rest(None)
        try:
            child = await self._ready()
            if child.stdin is None or child.stdout is None:
                raise RuntimeError("the child has no pipes")
            async with asyncio.timeout(self._seconds):
                child.stdin.write(len(line).to_bytes(4, "big") + line)
                await child.stdin.drain()
                size = int.from_bytes(await child.stdout.readexactly(4), "big")
                answer = orjson.loads(await child.stdout.readexactly(size))
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self._stop()
            return Rejected("its JSON-LD took too long to read")
        except BaseException:
            # Cancelled half-way: what the child says next would answer another's question.
            await self._stop()
            raise
        self._rest(IDLE_SECONDS)
        if "rejected" in answer:
            return Rejected(answer["rejected"], answer["status"])
        found: dict[str, Any] = answer["document"]
        return found

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "node.transport.expander_child",
                ",".join(str(number) for number in all_processors()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            if self._child.stdout is None:
                raise RuntimeError("the child has no pipes")
            async with asyncio.timeout(START_SECONDS):
                await self._child.stdout.readexactly(1)
        return self._child

    def _rest(self, seconds: float | None) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if seconds is not None:
            self._idle = asyncio.get_running_loop().call_later(seconds, self._end_idle)

    def _end_idle(self) -> None:
        task = asyncio.create_task(self.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def close(self) -> None:
        async with self._turn:
            self._rest(None)
            await self._stop()
