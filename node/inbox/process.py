"""Applying an activity once: when it arrives, or from the journal after what it needs was
fetched. The rows that change, what goes out, and the journal's mark are one transaction."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from node.activitypub import strict_json
from node.activitypub.documents import Activity, Create, Delete, Update, parse_activity
from node.activitypub.rejected import Rejected
from node.errors import FetchFailed
from node.inbox import dispatch
from node.inbox.received import Applied, Ignored, Missing, Outcome, Received
from node.inbox.resolve import Resolver
from node.inbox.verify import Verified, activity_key
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, journal
from node.store.engine import Store
from node.store.journal import Waiting
from node.store.transaction import Transaction
from node.transport.expander import Expander

log = logging.getLogger(__name__)

ROUNDS = 4  # what is fetched may need more to be fetched, but not for ever


class Duplicate(Exception):
    """Another process accepted the same activity in this very moment."""


class Processor:
    def __init__(self, *, store: Store, here: Here, resolver: Resolver, expander: Expander) -> None:
        self._store = store
        self._here = here
        self._resolver = resolver
        self._expander = expander

    # ── at the door ──────────────────────────────────────────────────────────────────────────

    async def accept(self, verified: Verified) -> Rejected | None:
        """Journal a verified request and apply it in the same commit where nothing is missing.

        None means 202: it is on disk. Rejected means that nothing was written.
        """
        activity = await self._activity(verified.document)
        if isinstance(activity, Rejected):
            return activity
        if activity.actor != verified.signer.actor.uri:
            return await self._accept_foreign(verified, activity)
        received = Received(
            actor=verified.signer.actor,
            raw=verified.document,
            now=self._here.clock.now(),
            text=verified.body.decode(),
        )
        try:
            await self._store.write(_receive, self._here, verified, activity, received)
        except Duplicate:
            return None
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            # Our own fault: keep it, and let the worker try and an administrator see it.
            log.exception("a %s of %s failed", type(activity).__name__, activity.actor)
            note = f"{type(error).__name__}: {error}"
            await self._store.write(_record, verified, note, self._here.clock.now())
        return None

    async def _accept_foreign(self, verified: Verified, activity: Activity) -> Rejected | None:
        """An activity of one that another signed for (inbox forwarding, ActivityPub §7.1.2).

        It is believed by its own proof or its origin, like one embedded in an Announce: that is
        for the worker to find out. What brings neither a proof nor the LD signature of those who
        forward is refused at once.
        """
        forwarded = verified.document.keys() & {"proof", "signature"}
        if not forwarded or not isinstance(activity, Create | Update | Delete):
            return Rejected(
                f"signed by {verified.signer.actor.uri} but done by {activity.actor}", 403
            )
        await self._store.write(_record, verified, None, self._here.clock.now())
        return None

    async def _activity(self, document: dict[str, Any]) -> Activity | Rejected:
        normalised = await self._expander.normalise(document)
        return normalised if isinstance(normalised, Rejected) else parse_activity(normalised)

    async def _normalised(self, document: dict[str, Any]) -> dict[str, Any]:
        normalised = await self._expander.normalise(document)
        return {} if isinstance(normalised, Rejected) else normalised

    # ── from the journal ─────────────────────────────────────────────────────────────────────

    async def process(self, entry: Waiting) -> None:
        """Handle a journalled activity; raises FetchFailed to have it tried again later."""
        limits = self._here.settings.limits
        document = strict_json.parse(entry.body, depth=limits.json_depth, nodes=limits.json_nodes)
        activity = document if isinstance(document, Rejected) else await self._activity(document)
        if isinstance(document, Rejected) or isinstance(activity, Rejected):
            reason = activity.reason if isinstance(activity, Rejected) else "unreadable"
            await self._store.write(journal.finish, entry, f"ignored: {reason}")
            return
        actor = await self._store.read(actors.by_uri, entry.actor_uri)
        if actor is None or (actor.gone and activity.actor == actor.uri):
            await self._store.write(journal.finish, entry, "ignored: its actor is gone")
            return
        received = Received(
            actor=actor, raw=document, now=self._here.clock.now(), text=entry.body.decode()
        )
        if activity.actor != actor.uri:
            found = await self._resolver.believe(
                await self._normalised(document), document, received, received.found
            )
            if found.inner is None:
                reason = f"ignored: forwarded, and {found.inner_refused}"
                await self._store.write(journal.finish, entry, reason[:300])
                return
            inner = found.inner
            activity = inner.activity
            received = replace(
                received, actor=inner.actor, raw=inner.raw, text=inner.text or None, found=found
            )
        for _ in range(ROUNDS):
            outcome = await self._store.write(_finish, self._here, entry, activity, received)
            if not isinstance(outcome, Missing):
                return
            received = replace(
                received, found=await self._resolver.resolve(outcome, activity, received)
            )
        raise FetchFailed(f"{entry.activity_uri} always needs more to be fetched")


# ── units of work ────────────────────────────────────────────────────────────────────────────


def _receive(
    tx: Transaction, here: Here, verified: Verified, activity: Activity, received: Received
) -> Outcome | None:
    """Journal and apply in one transaction; None when it is here already."""
    key = activity_key(verified.document, verified.body)
    if journal.seen(tx, key):
        return None
    outcome = dispatch.apply(tx, here, activity, received)
    missing = isinstance(outcome, Missing)
    entry = journal.record(
        tx,
        activity_uri=key,
        actor_uri=received.actor.uri,
        host=verified.host,
        scheme=verified.scheme,
        body=verified.body if missing else None,
        now=received.now,
        handled=not missing,
        note=_note(outcome),
    )
    if entry is None:
        raise Duplicate
    return outcome


def _record(tx: Transaction, verified: Verified, note: str | None, now: float) -> None:
    """Journal it for the worker."""
    key = activity_key(verified.document, verified.body)
    if journal.seen(tx, key):
        return
    journal.record(
        tx,
        activity_uri=key,
        actor_uri=verified.signer.actor.uri,
        host=verified.host,
        scheme=verified.scheme,
        body=verified.body,
        now=now,
        handled=False,
        note=note,
    )


def _finish(
    tx: Transaction, here: Here, entry: Waiting, activity: Activity, received: Received
) -> Outcome:
    """Apply and mark handled; changes nothing when something is still missing, or when another
    worker has the entry now."""
    if not journal.is_held(tx, entry):
        return Ignored("another worker has it")
    outcome = dispatch.apply(tx, here, activity, received)
    if not isinstance(outcome, Missing):
        journal.finish(tx, entry, _note(outcome))
    return outcome


def _note(outcome: Outcome) -> str | None:
    match outcome:
        case Applied(note=note):
            return note
        case Ignored(reason=reason):
            return f"ignored: {reason}"[:300]
        case Missing():
            return None


def describe(actor: Actor) -> str:
    return f"@{actor.username}@{actor.domain}"
