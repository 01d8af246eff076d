"""A node at work, and the program that runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from node.actions import house
from node.affinity import all_processors, stay_on_one_processor, use_processors
from node.app.doors import web_application
from node.app.opening import Node, opened
from node.app.work import Job, supervised, work_of
from node.cli.ports import Session
from node.config import Settings
from node.inbox.hearing import Hearing
from node.inbox.process import Processor
from node.inbox.resolve import Resolver
from node.inbox.synchronise import Synchroniser
from node.jobs import hostwatch
from node.outbox.hosts import HostBook
from node.web.serving import serve_on

log = logging.getLogger(__name__)

ROLES = frozenset({"web", "worker"})


@dataclass(frozen=True, slots=True)
class Running:
    """A node at work."""

    node: Node
    address: str
    """``host:port`` that it listens on, "" without the role `web`."""


class Root:
    """What `node.cli` is handed."""

    def session(self, settings: Settings) -> contextlib.AbstractAsyncContextManager[Session]:
        return _session(settings)

    async def serve(self, settings: Settings, roles: frozenset[str]) -> None:
        await serve(settings, roles)


@contextlib.asynccontextmanager
async def _session(settings: Settings) -> AsyncIterator[Session]:
    async with opened(settings) as node:
        yield Session(node.store, node.here, node.remote)


async def serve(settings: Settings, roles: frozenset[str]) -> None:
    """Run the node until SIGTERM or SIGINT."""
    logging.basicConfig(
        level=settings.log.level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # node.store.migrate tells what is done
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if settings.server.one_processor and settings.database_url.startswith("sqlite:"):
        stay_on_one_processor()
        # Password hashing and the like, which the interpreter's lock does not hold back.
        loop.set_default_executor(
            ThreadPoolExecutor(initializer=use_processors, initargs=(all_processors(),))
        )
    async with running(settings, roles):
        await stop.wait()
        log.info("stopping")


@contextlib.asynccontextmanager
async def running(settings: Settings, roles: frozenset[str] = ROLES) -> AsyncIterator[Running]:
    """A node at work: its jobs run, and its doors are open when it has the role `web`."""
    async with (
        opened(settings, worker="worker" in roles) as node,
        contextlib.AsyncExitStack() as stack,
    ):
        hosts = HostBook(scale=settings.federation.retry_scale)
        hearing = Hearing(
            store=node.store,
            here=node.here,
            hosts=hosts,
            synchroniser=Synchroniser(store=node.store, here=node.here, documents=node.documents),
        )
        processor = Processor(
            store=node.store,
            here=node.here,
            resolver=Resolver(
                store=node.store, here=node.here, remote=node.remote, expander=node.expander
            ),
            expander=node.expander,
        )
        work: list[tuple[str, Job]] = [
            ("hosts", lambda: hostwatch.keep(node.store, hosts)),
            ("house", lambda: house.keep_following(node.store, node.here)),
        ]
        if "web" in roles:
            work.append(("policy", hearing.watch_policy))
        if "worker" in roles:
            work += work_of(node, hosts, processor)
        await stack.enter_async_context(supervised(work))
        address = ""
        if "web" in roles:
            application = web_application(node, processor, hearing)
            address = await stack.enter_async_context(serve_on(application, settings))
            log.info("%s: %s is open", settings.base_url, settings.node.name)
        yield Running(node, address)
