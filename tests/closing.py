"""Ends a test's own web server without leaving a connection behind."""

from __future__ import annotations

import asyncio

from aiohttp import web


async def close_runner(runner: web.AppRunner) -> None:
    """Stop listening, see whoever was accepted in this very moment, and close everything."""
    for site in tuple(runner.sites):
        await site.stop()
    for _ in range(5):
        await asyncio.sleep(0)
    # asyncio accepts in tasks of its own, which nobody else waits for.
    accepting = [one for one in asyncio.all_tasks() if "_accept_connection2" in repr(one)]
    if accepting:
        await asyncio.wait(accepting, timeout=5.0)
    await asyncio.sleep(0.01)  # a busy machine needs more turns than a count of them can say
    await runner.cleanup()
