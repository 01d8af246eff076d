"""The composition root: builds every part once and joins them. Nothing is opened at import."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from node import __version__
from node.actions.bootstrap import settle
from node.actions.pictures import forget_files
from node.actions.remote import Remote
from node.affinity import all_processors, stay_on_one_processor, use_processors
from node.api import pictures as pictures_api
from node.api import routes as api_routes
from node.cli.ports import Session
from node.clock import SystemClock
from node.config import Settings
from node.errors import ConfigError
from node.inbox import routes as inbox_routes
from node.inbox.budgets import HostBudgets
from node.inbox.fetching import Viewers
from node.inbox.hearing import Hearing
from node.inbox.process import Processor
from node.inbox.resolve import Resolver
from node.inbox.routes import InboxDoor
from node.inbox.synchronise import Synchroniser
from node.jobs import (
    digest,
    hostwatch,
    leftovers,
    matching,
    neighbourhood,
    occurrences,
    retention,
    upkeep,
    writing,
)
from node.jobs.confirm import Confirmer
from node.jobs.delivery import DeliveryEngine
from node.jobs.inbox import InboxWorker
from node.jobs.mail import MailWorker
from node.mastodon import method as mastodon_method
from node.mastodon import routes as mastodon_routes
from node.mastodon.methods import streaming
from node.mastodon.streams.hub import Hub
from node.media.files import Files
from node.media.workshop import Bounds, Workshop
from node.outbox import reading
from node.outbox.deliver import HttpDelivery
from node.outbox.here import Here
from node.outbox.hosts import HostBook
from node.store.engine import Store
from node.transport.discovery import Discovery
from node.transport.documents import Documents
from node.transport.expander import Expander
from node.transport.http import Transport
from node.transport.mail import SmtpMailer, sender_of
from node.transport.signer import KeySigner
from node.web.guards import guards
from node.web.media import Media
from node.web.pages import Pages
from node.web.serving import serve_on
from node.web.unsubscribe import LetterPages

log = logging.getLogger(__name__)

ROLES = frozenset({"web", "worker"})


@dataclass(frozen=True, slots=True)
class Node:
    """A node, built and open."""

    settings: Settings
    store: Store
    here: Here
    transport: Transport
    expander: Expander
    documents: Documents
    remote: Remote
    workshop: Workshop
    files: Files


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


@contextlib.asynccontextmanager
async def opened(settings: Settings, *, worker: bool = False) -> AsyncIterator[Node]:
    """A node with its store and its way out; raises ConfigError for what cannot be. A `worker`
    takes over what workers that died had begun."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"node.data_dir cannot be made: {error}") from error
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        store = await Store.open(
            settings.database_url,
            readers=settings.database.readers,
            writers=settings.database.writers,
            unit_batch=settings.database.unit_batch,
            worker=worker,
        )
        stack.push_async_callback(store.close)
        here = await settle(store, settings, clock)
        transport = await stack.enter_async_context(Transport(settings, version=__version__))
        expander = Expander()
        stack.push_async_callback(expander.close)
        keys = await store.read(here.keyring.of, here.node.id)
        documents = Documents(
            transport, expander, signer=KeySigner(keys.rsa, clock), settings=settings
        )
        remote = Remote(
            store=store,
            clock=clock,
            documents=documents,
            discovery=Discovery(transport, settings),
            base_url=settings.base_url,
        )
        files = Files(settings.data_dir / "media")
        store.subscribe(lambda event: forget_files(files, event))
        workshop = Workshop(_picture_bounds(settings))
        yield Node(settings, store, here, transport, expander, documents, remote, workshop, files)


def _picture_bounds(settings: Settings) -> Bounds:
    limits = settings.limits
    return Bounds(
        bytes=limits.picture_bytes,
        pixels=limits.picture_pixels,
        frames=limits.picture_frames,
        side=limits.picture_side,
        seconds=limits.picture_seconds,
        memory=limits.picture_memory,
    )


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
        work = [("hosts", lambda: hostwatch.keep(node.store, hosts))]
        if "web" in roles:
            work.append(("policy", hearing.watch_policy))
        if "worker" in roles:
            work += _work(node, hosts, processor)
        await stack.enter_async_context(_supervised(work))
        address = ""
        if "web" in roles:
            application = _web(node, processor, hearing)
            address = await stack.enter_async_context(serve_on(application, settings))
            log.info("%s: %s is open", settings.base_url, settings.node.name)
        yield Running(node, address)


def _work(
    node: Node, hosts: HostBook, processor: Processor
) -> list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
    """The jobs of a worker, by name."""
    federation = node.settings.federation
    clock = node.here.clock
    engine = DeliveryEngine(
        store=node.store,
        clock=clock,
        hosts=hosts,
        deliver=HttpDelivery(
            store=node.store,
            clock=clock,
            keyring=node.here.keyring,
            hosts=hosts,
            poster=node.transport.poster,
            addresses=node.here.addresses,
        ),
        at_once=federation.deliveries_at_once,
        per_host=federation.deliveries_per_host,
        scale=federation.retry_scale,
    )
    inbox = InboxWorker(
        store=node.store, clock=clock, process=processor.process, scale=federation.retry_scale
    )
    confirmer = Confirmer(
        store=node.store,
        here=node.here,
        remote=node.remote,
        clock=clock,
        scale=federation.retry_scale,
    )
    mail = MailWorker(
        store=node.store,
        clock=clock,
        mailer=SmtpMailer(node.settings.mail, sender_of(node.settings)),
        scale=federation.retry_scale,
    )
    return [
        ("delivery", engine.run),
        ("inbox", inbox.run),
        ("confirmation", confirmer.run),
        ("expiry", lambda: upkeep.expire(node.store, node.here)),
        ("series", lambda: occurrences.run(node.store, node.here)),
        ("matching", lambda: matching.run(node.store, node.here)),
        ("neighbours", lambda: neighbourhood.offer(node.store, node.here)),
        ("looking up", lambda: neighbourhood.look_up(node.store, node.here, node.remote)),
        ("housekeeping", lambda: upkeep.keep_house(node.store, node.here)),
        ("writing", lambda: writing.run(node.store, node.here, node.remote)),
        ("retention", lambda: retention.run(node.store, node.here)),
        *(
            [("mail", mail.run), ("digest", lambda: digest.run(node.store, node.here))]
            if node.settings.mail.host
            else []
        ),
        ("pictures", lambda: leftovers.clear(node.store, node.here, node.files)),
    ]


def _web(node: Node, processor: Processor, hearing: Hearing) -> web.Application:
    limits = node.settings.limits
    door = InboxDoor(
        here=node.here,
        store=node.store,
        remote=node.remote,
        processor=processor,
        hearing=hearing,
        budgets=HostBudgets(limits.inbox_per_5min),
    )
    application = web.Application(
        client_max_size=limits.body_bytes, middlewares=guards(node.settings, node.here.clock)
    )
    viewer: Callable[[web.Request], Awaitable[Any]] = Viewers(node.here, node.remote)
    application.add_routes(inbox_routes.routes(door))
    application.add_routes(
        reading.routes(reading.Reading(node.here, node.store, viewer, __version__))
    )
    application[api_routes.BASE_URL] = node.settings.base_url
    application.add_routes(api_routes.routes(node.here, node.store, node.remote))
    application[pictures_api.WORKSHOP] = node.workshop
    application[pictures_api.FILES] = node.files
    application[mastodon_method.WORKSHOP] = node.workshop
    application[mastodon_method.FILES] = node.files
    application.add_routes(Media(node.files).routes())
    application.add_routes(mastodon_routes.routes(node.here, node.store, node.remote))
    _streams(application, Hub(node.here, node.store))
    application.add_routes(Pages(node.here, node.store).routes())
    application.add_routes(LetterPages(node.here, node.store).routes())
    return application


def _streams(application: web.Application, hub: Hub) -> None:
    """They are ended when the doors close: nobody waits for them."""

    async def start(_: web.Application) -> None:
        hub.start()

    async def close(_: web.Application) -> None:
        await hub.close()

    application.add_routes(streaming.routes(hub))
    application.on_startup.append(start)
    application.on_shutdown.append(close)


@contextlib.asynccontextmanager
async def _supervised(
    work: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]],
) -> AsyncIterator[None]:
    """Run jobs beside; one that fails by our own fault is told in the log and begins again."""

    async def kept_up(name: str, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            try:
                await job()
            except Exception:
                log.exception("the job %s failed; it begins again in a second", name)
            await asyncio.sleep(1.0)

    tasks = [asyncio.create_task(kept_up(name, job), name=name) for name, job in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
