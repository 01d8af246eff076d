"""The Status entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.mastodon.entities.account import accounts
from node.mastodon.entities.times import maybe, moment
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store.transaction import Transaction


def render(
    tx: Transaction, here: Here, viewer: Actor | None, statuses: Sequence[Status]
) -> list[dict[str, Any]]:
    people = accounts(tx, here, {one.author_id for one in statuses})
    return [
        {
            "id": str(one.id),
            "uri": one.uri,
            "url": one.url,
            "created_at": moment(one.published),
            "edited_at": maybe(one.updated),
            "visibility": one.visibility.value,
            "sensitive": one.sensitive,
            "spoiler_text": one.summary or "",
            "language": one.language,
            "content": one.content,
            "account": people[one.author_id],
            "reblog": None,
            "media_attachments": [],
            "poll": None,
            **({"favourited": False, "filtered": []} if viewer is not None else {}),
        }
        for one in statuses
    ]
