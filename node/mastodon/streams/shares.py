"""A status inside the share by which it came."""

from __future__ import annotations

from typing import Any

from node.ids import id_time
from node.mastodon.entities.account import accounts
from node.mastodon.entities.status import render
from node.mastodon.entities.times import moment
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store.listening import Share
from node.store.transaction import Transaction


def shared(
    tx: Transaction, here: Here, viewer: Actor | None, status: Status, share: Share
) -> dict[str, Any]:
    inner = render(tx, here, viewer, [status])[0]
    return inner | {
        "id": str(share.id),
        "created_at": moment(id_time(share.id)),
        "edited_at": None,
        "account": accounts(tx, here, {share.actor_id})[share.actor_id],
        "media_attachments": [],
        "poll": None,
        "card": None,
        "reblog": inner,
    }
