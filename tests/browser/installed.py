"""People whose browser keeps the site as an app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from node.social.accounts import Actor
from tests.browser.driving import Driver
from tests.databases import new_sqlite
from tests.serving import Serving, serving

CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@dataclass(frozen=True, slots=True)
class Here:
    node: Serving
    amina: Actor
    benoit: Actor


@contextlib.asynccontextmanager
async def people(directory: Path) -> AsyncIterator[Here]:
    async with serving(new_sqlite(directory), directory) as node:
        amina, benoit = await node.account("amina"), await node.account("benoit")
        await node.publish(amina, title="Une échelle", topic="lending.tools")
        yield Here(node, amina, benoit)


async def installed(browser: Driver, here: Here, actor: Actor | None, path: str) -> Page:
    """A page that the service worker serves."""
    page = await browser.visit(here.node, path, actor)
    await page.wait_for_function(CONTROLLED)
    await page.reload()
    await page.wait_for_load_state("load")
    return page


async def until(page: Page, script: str, arg: object = None) -> None:
    """Wait until an asynchronous function of the page says yes."""
    async with asyncio.timeout(10):
        while not await page.evaluate(script, arg):
            await page.wait_for_timeout(30)


async def kept(page: Page, path: str) -> None:
    """Wait until there is a copy."""
    await until(page, "async path => Boolean(await (await caches.open('pages')).match(path))", path)
