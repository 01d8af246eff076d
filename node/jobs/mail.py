"""Sends what stands in the queue of mails, and writes down what became of each."""

from __future__ import annotations

import asyncio
import logging

from node.clock import Clock
from node.errors import Unavailable
from node.outbox.schedule import pause_after
from node.store import mails
from node.store.engine import Store
from node.store.mails import Mail
from node.store.transaction import Transaction
from node.transport.mail import Mailer, Outgoing, Sent

log = logging.getLogger(__name__)

AT_ONCE = 20
LONGEST_SLEEP_S = 60.0
GIVE_UP_S = 4 * 86_400.0
SENT_KEPT_S = 3_600.0
"""Longer than the half hour in which they count for the rate."""


class MailWorker:
    def __init__(self, *, store: Store, clock: Clock, mailer: Mailer, scale: float = 1.0) -> None:
        self._store = store
        self._clock = clock
        self._mailer = mailer
        self._scale = scale

    async def run(self) -> None:
        """Until cancelled. Woken by the queue, and by the time of the next try."""
        bell = self._store.bell(mails.BELL)
        while True:
            try:
                sent = await self.send_due()
                _heed_the_end()
                if sent:
                    continue
                due = await self._store.read(mails.next_due)
            except Unavailable as error:
                log.warning("mail waits while the database is away: %s", error)
                due = None
            pause = LONGEST_SLEEP_S if due is None else due - self._clock.now()
            await bell.wait(min(max(pause, 0.05), LONGEST_SLEEP_S))

    async def send_due(self) -> int:
        """One batch of what is due. How many were tried."""
        claimed = await self._store.write(_claim, now=self._clock.now())
        if not claimed:
            return 0
        answers = await self._mailer.send([_outgoing(mail) for mail in claimed])
        for mail, said in zip(claimed, answers, strict=True):
            if not said.ok:
                log.warning("mail %d was not sent: %s", mail.id, said.text)
        await self._store.write(
            _settle,
            list(zip(claimed, answers, strict=True)),
            now=self._clock.now(),
            scale=self._scale,
        )
        return len(claimed)


def _heed_the_end() -> None:
    """Python 3.11's `asyncio.wait_for`, by which aiosmtplib waits, loses a cancellation that comes
    in the same moment as the answer: the node would never stop."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _claim(tx: Transaction, *, now: float) -> list[Mail]:
    mails.drop_sent(tx, before=now - SENT_KEPT_S)
    return mails.claim(tx, now=now, most=AT_ONCE)


def _outgoing(mail: Mail) -> Outgoing:
    return Outgoing(
        id=mail.id,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        created_at=mail.created_at,
        headers=mail.headers,
    )


def _settle(tx: Transaction, tried: list[tuple[Mail, Sent]], *, now: float, scale: float) -> None:
    """Sent; dead when the server refused it for good or four days went by; else again, after as
    long as any other delivery."""
    for mail, said in tried:
        if said.ok:
            mails.sent(tx, mail)
        elif said.final or now - mail.created_at > GIVE_UP_S * scale:
            mails.dead(tx, mail, error=said.text)
        else:
            at = now + pause_after(mail.attempts + 1, scale=scale)
            mails.postponed(tx, mail, next_at=at, error=said.text)
