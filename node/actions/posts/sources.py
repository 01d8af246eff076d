"""The text of a status as it was typed, or as it would have been."""

from __future__ import annotations

from node.actions.posts.proposing import typed
from node.activitypub.html import plain_text
from node.social.statuses import Status
from node.store import proposals, revisions
from node.store.revisions import Source
from node.store.transaction import Transaction


def source_of(tx: Transaction, status: Status) -> Source:
    known = revisions.source(tx, status.id)
    if known is not None:
        return known
    stored = proposals.by_id(tx, status.id)
    if stored is not None:
        return Source(typed(stored.proposal), "", None)
    return Source(plain_text(status.content), status.summary or "", None)
