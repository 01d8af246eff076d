"""A node that nobody else runs, with a clock that stands still, and its way to a mail server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from node.actions import mailing
from node.actions.accounts import create_account, prepare_account
from node.actions.notices import tell
from node.actions.proposals import publish_proposal
from node.aid.drafts import check_draft
from node.aid.proposals import Proposal
from node.app import opened
from node.clock import FixedClock
from node.jobs.mail import MailWorker
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import mails
from node.store.engine import Store
from node.store.mails import MailLine
from node.transport.mail import SmtpMailer, sender_of
from tests.mailbox import Mailbox
from tests.serving import PASSWORD, free_port, settings_for

MORNING = 1_795_422_600.0  # 2026-11-23 at 9.30 in Paris
HOUR = 3600.0


@dataclass
class Letterbox:
    store: Store
    here: Here
    clock: FixedClock
    worker: MailWorker

    async def account(self, name: str, *, confirmed: bool = True, **fields: Any) -> Actor:
        given: dict[str, Any] = {
            "email": f"{name}@example.org",
            "kind": "resident",
            "role": "member",
            "display_name": name.capitalize(),
            **fields,
        }
        new = prepare_account(username=name, password=PASSWORD, **given)
        return await self.store.write(create_account, self.here, new, confirmed=confirmed)

    async def publish(self, author: Actor, **fields: object) -> Proposal:
        draft = check_draft(
            {
                "author": author.username,
                "purpose": "request",
                "topic": "care.groceries",
                "title": "Courses pour une voisine",
                "language": "fr",
                **fields,
            }
        )
        return await self.store.write(publish_proposal, self.here, author, draft)

    async def tell(self, person: Actor, kind: Kind, dedupe: str = "1", **about: Any) -> None:
        await self.store.write(tell, self.here, person, kind, dedupe=dedupe, **about)

    async def post(self, hours: float = 0.0) -> int:
        """Let time go by, write the digests that are due, and send all that is. How many tries."""
        self.clock.advance(hours * HOUR)
        await self.store.write(mailing.send_digests, self.here)
        tried = 0
        while done := await self.worker.send_due():
            tried += done
        return tried

    async def queue(self, state: str | None = None) -> list[MailLine]:
        return await self.store.read(mails.queue, state=state, most=100)


@contextlib.asynccontextmanager
async def letterbox(
    database_url: str, directory: Path, box: Mailbox | None, **mail: Any
) -> AsyncIterator[Letterbox]:
    """`box`: where mail goes; None: a node that sends none."""
    table: dict[str, Any] = {"security": "none", **mail}
    if box is not None:
        table = {"host": "127.0.0.1", "port": box.port, **table}
    settings = settings_for(
        database_url, directory, free_port(), mail=table, federation={"retry_scale": 1.0}
    )
    async with opened(settings) as node:
        clock = FixedClock(MORNING)
        worker = MailWorker(
            store=node.store,
            clock=clock,
            mailer=SmtpMailer(settings.mail, sender_of(settings)),
        )
        yield Letterbox(node.store, replace(node.here, clock=clock), clock, worker)
