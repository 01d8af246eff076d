"""A node, built and open: its store, its way out to the network, its files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from node import __version__
from node.actions.bootstrap import settle
from node.actions.pictures import forget_files
from node.actions.remote import Remote
from node.clock import SystemClock
from node.config import Settings
from node.errors import ConfigError
from node.media.directory import Directory
from node.media.files import Files
from node.media.workshop import Bounds, Workshop
from node.outbox.here import Here
from node.store.engine import Store
from node.transport.discovery import Discovery
from node.transport.documents import Documents
from node.transport.expander import Expander
from node.transport.http import Transport
from node.transport.signer import KeySigner


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
            here=here,
            documents=documents,
            discovery=Discovery(transport, settings),
        )
        files = await asyncio.to_thread(_files, settings)
        stack.push_async_callback(asyncio.to_thread, files.close)
        store.subscribe(lambda event: forget_files(files, event))
        workshop = Workshop(_picture_bounds(settings))
        yield Node(settings, store, here, transport, expander, documents, remote, workshop, files)


def _files(settings: Settings) -> Files:
    """Where pictures lie; raises ConfigError. What a bucket needs is loaded for who has one."""
    if not settings.media.bucket:
        return Directory(settings.data_dir / "media")
    try:
        from node.media.bucket import Bucket
    except ImportError as error:
        raise ConfigError(
            "[media] names a bucket, and what speaks S3 is not installed: install entraide[s3]."
        ) from error
    bucket = Bucket(settings.media)
    bucket.check()
    return bucket


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
