"""What a worker does beside the doors: its jobs, by name, and who begins them again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from node.app.opening import Node
from node.inbox.process import Processor
from node.jobs import (
    digest,
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
from node.jobs.push import PushWorker
from node.outbox.deliver import HttpDelivery
from node.outbox.hosts import HostBook
from node.transport.mail import SmtpMailer, sender_of
from node.transport.webpush import WebPush

log = logging.getLogger(__name__)

Job = Callable[[], Coroutine[Any, Any, None]]
"""Runs until it is cancelled."""


def work_of(node: Node, hosts: HostBook, processor: Processor) -> list[tuple[str, Job]]:
    """The jobs of a worker, by name."""
    federation = node.settings.federation
    clock = node.here.clock
    engine = DeliveryEngine(
        store=node.store,
        here=node.here,
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
    push = PushWorker(
        store=node.store,
        here=node.here,
        webpush=WebPush(
            node.transport.poster,
            key=node.here.vapid,
            contact=f"mailto:{node.settings.mail_sender}",
        ),
        scale=federation.retry_scale,
    )
    return [
        ("delivery", engine.run),
        ("push", push.run),
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


@contextlib.asynccontextmanager
async def supervised(
    work: list[tuple[str, Job]],
) -> AsyncIterator[None]:
    """Run jobs beside; one that fails by our own fault is told in the log and begins again."""

    async def kept_up(name: str, job: Job) -> None:
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
