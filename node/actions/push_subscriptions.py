"""Which device wants to be woken: one subscription for each token, of an app or of a browser."""

from __future__ import annotations

from collections.abc import Mapping

from node.ids import new_id
from node.store import apps, pushes
from node.store.pushes import Subscription
from node.store.transaction import Transaction
from node.transport.webpush import Receiver


def subscribe(
    tx: Transaction,
    token_hash: str,
    account_id: int,
    to: Receiver,
    *,
    alerts: Mapping[str, bool],
    policy: str = "all",
    now: float,
) -> Subscription | None:
    """Instead of what this token had. None for a token that ended meanwhile."""
    if apps.token(tx, token_hash) is None:
        return None
    made = Subscription(
        id=new_id(),
        account_id=account_id,
        endpoint=to.endpoint,
        p256dh=to.p256dh,
        auth=to.auth,
        alerts=alerts,
        policy=policy,
        standard=to.standard,
    )
    pushes.put(tx, token_hash, made, now=now)
    return made
