"""Sends what apps are to be woken for, and writes down what became of each."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

import orjson

from node.actions.mailing import news_of
from node.activitypub.html import plain_text
from node.errors import Unavailable
from node.outbox.here import Here
from node.outbox.schedule import pause_after
from node.social.letters import sentence
from node.social.push_words import shortened, title
from node.social.told import HELP, Told, standard
from node.store import accounts, actors, objects, pushes
from node.store import notification_pages as pages
from node.store.engine import Store
from node.store.pushes import Push
from node.store.transaction import Transaction
from node.transport.post import PostResult
from node.transport.webpush import Receiver, WebPush

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
LONGEST_SLEEP_S: Final = 60.0
GIVE_UP_S: Final = 48 * 3600.0
OVER: Final = frozenset({400, 401, 403, 404, 405, 410, 413})
"""Answers after which a service will not take anything for this app any more."""
URGENT: Final = frozenset({Told.MENTION.value, Told.FOLLOW_REQUEST.value})


@dataclass(frozen=True, slots=True)
class Message:
    push: Push
    body: bytes
    urgent: bool


class PushWorker:
    def __init__(self, *, store: Store, here: Here, webpush: WebPush, scale: float = 1.0) -> None:
        self._store = store
        self._here = here
        self._webpush = webpush
        self._scale = scale

    async def run(self) -> None:
        """Until cancelled. Woken by the queue, and by the time of the next try."""
        bell = self._store.bell(pushes.BELL)
        while True:
            try:
                if await self.send_due():
                    continue
                due = await self._store.read(pushes.next_due)
            except Unavailable as error:
                log.warning("pushes wait while the database is away: %s", error)
                due = None
            pause = LONGEST_SLEEP_S if due is None else due - self._here.clock.now()
            await bell.wait(min(max(pause, 0.05), LONGEST_SLEEP_S))

    async def send_due(self) -> int:
        """One batch of what is due. How many were tried."""
        now = self._here.clock.now()
        claimed = await self._store.write(pushes.claim, now=now, most=AT_ONCE)
        if not claimed:
            return 0
        messages = await self._store.read(_messages, self._here, claimed)
        answers = await asyncio.gather(*(self._send(one, now) for one in messages))
        tried = {one.push.id: answer for one, answer in zip(messages, answers, strict=True)}
        await self._store.write(
            _settle, claimed, tried, now=self._here.clock.now(), scale=self._scale
        )
        return len(claimed)

    async def _send(self, message: Message, now: float) -> PostResult:
        to = message.push.subscription
        return await self._webpush.send(
            Receiver(to.endpoint, to.p256dh, to.auth, to.standard),
            message.body,
            urgent=message.urgent,
            now=now,
        )


def _messages(tx: Transaction, here: Here, claimed: list[Push]) -> list[Message]:
    """What is told, in words; what is gone meanwhile, or was let out, is not."""
    found = []
    for push in claimed:
        account_id = push.subscription.account_id
        told = pages.shown(tx, account_id, push.notification_id)
        kind = standard(told.kind) if told is not None else None
        account = accounts.by_actor(tx, account_id)
        if told is None or kind is None or account is None:
            continue
        by = actors.by_id(tx, told.actor_id) if told.actor_id is not None else here.quartier
        status = objects.by_id(tx, told.object_id) if told.object_id is not None else None
        by = by or here.quartier
        text = ""
        if status is not None:
            text = status.summary or status.name or plain_text(status.content)
        elif by is not None:
            text = plain_text(by.summary)
        body = {
            "access_token": "",  # only its hash is kept
            "preferred_locale": account.locale,
            "notification_id": told.id,
            "notification_type": kind,
            "icon": by.icon_url or f"{here.settings.base_url}/avatars/original/missing.png",
            "title": title(kind, by.name or by.username, account.locale),
            "body": shortened(text),
        }
        if told.kind in HELP:  # which is said better than by the kind that stands for it
            said = sentence(account.locale, news_of(tx, here, told))
            body |= {"title": here.settings.node.name, "body": shortened(said)}
        found.append(Message(push, orjson.dumps(body), kind in URGENT))
    return found


def _settle(
    tx: Transaction,
    claimed: list[Push],
    tried: dict[int, PostResult],
    *,
    now: float,
    scale: float,
) -> None:
    """Sent, or not worth it any more: done. Refused for good: the subscription is over. Else
    again, after as long as any other delivery, or as long as the service asks."""
    over, finished = set(), []
    for push in claimed:
        said = tried.get(push.id)
        if said is None or (said.status is not None and said.status < 300):
            finished.append(push)
        elif said.status in OVER:
            log.info("a push service is done with an app: %s", said.error or said.status)
            over.add(push.subscription.id)
        elif now - push.created_at > GIVE_UP_S * scale:
            finished.append(push)
        else:
            pause = max(pause_after(push.attempts + 1, scale=scale), said.retry_after or 0.0)
            pushes.postponed(tx, push, next_at=now + pause)
    pushes.done(tx, finished)
    if over:
        pushes.drop(tx, over)
