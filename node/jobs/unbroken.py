"""What must not be left half-known when a node stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")

LONGEST_S = 5.0


async def unbroken(work: Coroutine[Any, Any, R]) -> R:
    """Await work to its end though we are cancelled meanwhile, and only then be cancelled.

    A claim that is under way as a worker stops is written in any case; whoever waited for it
    must learn what it got, or nobody gives it back. After five seconds without an answer (the
    database is away) it is let go.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait({task}, timeout=LONGEST_S)
            task.cancel()
        raise
