"""Push subscriptions: one for each token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from node.actions.push_subscriptions import subscribe
from node.errors import Invalid, Unauthenticated
from node.mastodon.method import Ask, Grant, Method, missing
from node.mastodon.parameters import Parameters
from node.outbox.here import Here
from node.social.told import Told
from node.store import pushes
from node.store.pushes import Subscription
from node.store.transaction import Transaction
from node.transport.guard import Guard
from node.transport.webpush import check_receiver

POLICIES: Final = ("all", "followed", "follower", "none")


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/push/subscription."""
    asked = ask.parameters.tree("subscription")
    keys = asked.tree("keys")
    to = check_receiver(
        Guard(insecure_loopback=ask.here.settings.federation.insecure_loopback),
        endpoint=asked.text("endpoint"),
        p256dh=keys.text("p256dh"),
        auth=keys.text("auth"),
        standard=asked.flag("standard"),
    )
    alerts, policy = _wanted(ask.parameters)
    made = await ask.store.write(
        subscribe,
        _grant(ask).hash,
        ask.person.actor.id,
        to,
        alerts=alerts,
        policy=policy or "all",
        now=_now(ask),
    )
    if made is None:
        raise Unauthenticated("The access token is invalid")
    return _entity(ask.here, made)


async def show(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/push/subscription."""
    found = await ask.store.read(pushes.of_token, _grant(ask).hash)
    if found is None:
        raise missing()
    return _entity(ask.here, found)


async def change(ask: Ask) -> dict[str, Any]:
    """PUT /api/v1/push/subscription: what of, and of whom."""
    alerts, policy = _wanted(ask.parameters)
    return _entity(ask.here, await ask.store.write(_change, _grant(ask).hash, alerts, policy))


def _change(
    tx: Transaction, token_hash: str, alerts: Mapping[str, bool], policy: str | None
) -> Subscription:
    known = pushes.of_token(tx, token_hash)
    if known is None:
        raise missing()
    pushes.change(tx, known.id, alerts=alerts, policy=policy or known.policy)
    return pushes.of_token(tx, token_hash) or known


async def delete(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/push/subscription: also when there was none."""
    await ask.store.write(pushes.remove, _grant(ask).hash)
    return {}


def _grant(ask: Ask) -> Grant:
    if ask.grant is None:
        raise Unauthenticated("The access token is invalid")
    return ask.grant


def _now(ask: Ask) -> float:
    return ask.here.clock.now()


def _wanted(read: Parameters) -> tuple[dict[str, bool], str | None]:
    data = read.tree("data")
    alerts = data.tree("alerts")
    policy = data.maybe("policy") or read.maybe("policy")
    if policy is not None and policy not in POLICIES:
        raise Invalid(f"policy is one of: {', '.join(POLICIES)}.")
    return {kind.value: alerts.flag(kind.value) for kind in Told}, policy


def _entity(here: Here, found: Subscription) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "endpoint": found.endpoint,
        "standard": found.standard,
        "alerts": {kind.value: bool(found.alerts.get(kind.value)) for kind in Told},
        "policy": found.policy,
        "server_key": here.vapid_public,
    }


_PATH = "/api/v1/push/subscription"

METHODS = (
    Method("POST", _PATH, create, scope="push"),
    Method("GET", _PATH, show, scope="push"),
    Method("PUT", _PATH, change, scope="push"),
    Method("DELETE", _PATH, delete, scope="push"),
)
