"""Fetching what a handler misses, within limits and outside any transaction.

A server that does not answer now raises FetchFailed, and the entry is tried again later; what
is gone or may not be believed is noted, and the handler decides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from node.actions.meeting import load_key
from node.actions.remote import FetchedObject, Remote
from node.activitypub.documents import (
    Activity,
    Announce,
    Create,
    Delete,
    Update,
    parse_activity,
    parse_actor,
)
from node.activitypub.proofs import proven_at, read_proof, verify_proof
from node.activitypub.readers import each, origin, same_origin
from node.activitypub.rejected import Rejected
from node.aid.trust import (
    Confirmed,
    Unbelieved,
    Unconfirmed,
    Verdict,
    believe,
    is_for_everybody,
)
from node.errors import FetchError, FetchGone, FetchRefused, NotFound
from node.inbox.known import known_key, known_node_keys, put_author
from node.inbox.received import Found, Inner, Missing, Received
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.engine import Store
from node.transport.expander import Expander

ATTACHED_MOST = 8  # documents that travel with a passed-on activity


class Resolver:
    def __init__(self, *, store: Store, here: Here, remote: Remote, expander: Expander) -> None:
        self._store = store
        self._here = here
        self._remote = remote
        self._expander = expander

    async def resolve(self, missing: Missing, activity: Activity, received: Received) -> Found:
        """`received.found` with what was missing; raises FetchFailed to be tried again later."""
        found = received.found
        objects: dict[str, FetchedObject] = dict(found.objects)
        people: dict[str, Actor] = dict(found.actors)
        gone = set(found.gone)
        refused = dict(found.refused)
        for uri in missing.objects:
            try:
                objects[uri] = await self._remote.object(uri)
            except FetchGone:
                gone.add(uri)
            except (FetchRefused, NotFound) as error:
                refused[uri] = str(error)
        for uri in missing.actors:
            try:
                people[uri] = await self._remote.actor(uri, fresh=True)
            except FetchGone:
                gone.add(uri)
            except (FetchRefused, NotFound) as error:
                refused[uri] = str(error)
        found = replace(
            found, objects=objects, actors=people, gone=frozenset(gone), refused=refused
        )
        if missing.inner and isinstance(activity, Announce):
            found = await self.believe(
                activity.object.embedded or {}, _one(received.raw.get("object")), received, found
            )
        return found

    # ── an activity that another brings: embedded in an Announce, or forwarded ────────────────

    async def believe(
        self, document: dict[str, Any], raw: Any, received: Received, found: Found
    ) -> Found:
        """`found` with the activity as `inner` when its proof or its origin stands for it, else
        with why not. ``document`` is normalised, ``raw`` the same as it was received."""
        activity = parse_activity(document)
        if isinstance(activity, Rejected):
            return replace(found, inner_refused=activity.reason)
        if not isinstance(activity, Create | Update | Delete):
            return replace(found, inner_refused="not a kind that is passed on")
        if await self._remote.is_blocked(activity.actor):
            return replace(found, inner_refused="its server is blocked here")
        found = await self._believe(activity, document, raw, received, found)
        if found.inner is not None and found.inner.actor.suspended:
            return replace(found, inner=None, inner_refused="its author is suspended here")
        return found

    async def _believe(
        self,
        activity: Create | Update | Delete,
        normalised: dict[str, Any],
        raw: Any,
        received: Received,
        found: Found,
    ) -> Found:
        if not isinstance(raw, dict):
            return await self._from_origin(activity, normalised, found)
        # What its author signed is what it says by itself. The Announce around it is another's:
        # its context, or a second `object` under another name, would let that one speak here.
        alone = await self._expander.normalise(raw)
        own = alone if isinstance(alone, Rejected) else parse_activity(alone)
        if isinstance(alone, Rejected) or not isinstance(own, Create | Update | Delete):
            return replace(found, inner_refused="not a kind that is passed on, by itself")
        if own.actor != activity.actor:
            return replace(found, inner_refused="by itself it is somebody else's")
        if _names_hidden(alone) or _names_hidden(own.object.embedded or {}):
            return replace(found, inner_refused="it names hidden recipients, who go no farther")
        activity, normalised = own, alone
        if self._here.is_ours(activity.actor):
            return replace(found, inner_refused="it came from here")
        passed_on = raw is not received.raw  # and not forwarded as it is
        if passed_on and not is_for_everybody(normalised):
            return replace(found, inner_refused="not public")
        inner = await self._by_known_key(activity, raw)
        if inner is None and passed_on:
            inner = await self._by_chain(activity, normalised, raw, received)
        if inner is not None:
            return replace(found, inner=inner)
        return await self._from_origin(activity, normalised, found, raw)

    async def _by_known_key(self, activity: Activity, raw: dict[str, Any]) -> Inner | None:
        """Believed because the author's key is known from the author's own node."""
        claim = read_proof(raw)
        if claim is None or isinstance(claim, Rejected):
            return None
        known = await self._store.read(known_key, activity.actor, claim.verification_method)
        if known is None:
            return None
        actor, row = known
        key = load_key(row, actor.uri)
        if isinstance(key, Rejected) or not verify_proof(raw, key):
            return None
        return Inner(activity, actor, raw, orjson.dumps(raw).decode(), None)

    async def _by_chain(
        self,
        activity: Activity,
        normalised: dict[str, Any],
        raw: dict[str, Any],
        received: Received,
    ) -> Inner | None:
        """Believed by proposal ← author's key ← node's key ← met, or vouched for by a neighbour."""
        attached = [one for one in each(received.raw.get("attachment")) if isinstance(one, dict)][
            :ATTACHED_MOST
        ]
        author = next((one for one in attached if one.get("id") == activity.actor), None)
        if author is None:
            return None
        verdict = await self._judged(activity, normalised, raw, author, attached, received)
        if isinstance(verdict, Unbelieved) and await self._renewed(activity, attached, received):
            verdict = await self._judged(activity, normalised, raw, author, attached, received)
        if isinstance(verdict, Unbelieved):
            return None
        document = await self._expander.normalise(author)
        parsed = document if isinstance(document, Rejected) else parse_actor(document)
        # What it says as JSON-LD counts from here on, and must be about the same one.
        if isinstance(parsed, Rejected) or parsed.id != activity.actor:
            return None
        actor = await self._store.write(
            put_author,
            parsed,
            orjson.dumps(author).decode(),
            now=received.now,
            proven_at=proven_at(author),
            confirmed=isinstance(verdict, Confirmed),
        )
        if actor is None:
            return None
        voucher = verdict.voucher if isinstance(verdict, Unconfirmed) else None
        return Inner(activity, actor, raw, orjson.dumps(raw).decode(), voucher)

    async def _judged(
        self,
        activity: Activity,
        normalised: dict[str, Any],
        raw: dict[str, Any],
        author: dict[str, Any],
        attached: list[dict[str, Any]],
        received: Received,
    ) -> Verdict:
        known = await self._store.read(
            known_node_keys, received.actor, origin(activity.actor) or "", attached,
            origin(self._here.settings.base_url) or "",
        )  # fmt: skip
        return believe(raw, normalised, author, known)

    async def _renewed(
        self, activity: Activity, attached: list[dict[str, Any]], received: Received
    ) -> bool:
        """A node whose key we know may have another by now: the author's, or that of the
        neighbour whose word came along. Each is asked once in a while."""
        asked = [activity.actor]
        if any(one.get("type") == "Relationship" for one in attached):
            asked.append(received.actor.uri)
        renewed = False
        for uri in asked:
            try:
                renewed = await self._remote.renew_node(uri) or renewed
            except (FetchError, NotFound):
                continue  # it is silent: what we know stands
        return renewed

    async def _from_origin(
        self,
        activity: Create | Update | Delete,
        normalised: dict[str, Any],
        found: Found,
        raw: dict[str, Any] | None = None,
    ) -> Found:
        """Believed because the origin says the same: with the author's key from there when the
        activity has a proof, else by the object itself."""
        try:
            actor = await self._remote.actor(activity.actor)
        except (FetchGone, FetchRefused, NotFound) as error:
            return replace(found, inner_refused=f"its actor cannot be had: {error}")
        if raw is not None:
            inner = await self._by_known_key(activity, raw)
            if inner is None and read_proof(raw) is not None:
                await self._remote.actor(activity.actor, fresh=True)
                inner = await self._by_known_key(activity, raw)
            if inner is not None:
                return replace(found, inner=inner)
        uri = activity.object.iri
        if uri is None or not same_origin(uri, activity.actor):
            return replace(found, inner_refused="not of its actor's origin")
        # Without a proof its words count for nothing: only that it names the object. What the
        # origin says of the object is what the handler sees.
        bare = {key: value for key, value in normalised.items() if key != "object"}
        named = parse_activity({**bare, "object": uri})
        if isinstance(named, Rejected):
            return replace(found, inner_refused=named.reason)
        objects, gone, refused = dict(found.objects), set(found.gone), dict(found.refused)
        try:
            objects[uri] = await self._remote.object(uri)
            if isinstance(named, Delete):
                return replace(found, objects=objects, inner_refused="its origin still has it")
        except FetchGone:
            gone.add(uri)
            if not isinstance(named, Delete):
                return replace(
                    found, gone=frozenset(gone), inner_refused="its origin does not have it"
                )
        except FetchRefused as error:
            refused[uri] = str(error)
            return replace(found, refused=refused, inner_refused=str(error))
        inner = Inner(named, actor, {**bare, "object": uri}, None, None)
        return replace(found, objects=objects, gone=frozenset(gone), inner=inner)


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _names_hidden(document: dict[str, Any]) -> bool:
    """What is passed on goes as its author signed it: `bto` and `bcc` cannot be taken out."""
    return "bto" in document or "bcc" in document
