"""Whether somebody may see a status: asked before anything is done with it."""

from __future__ import annotations

from node.errors import NotFound
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import may_see
from node.store import actors, blocks, follows, listening, objects
from node.store.transaction import Transaction

MISSING = "Record not found"  # Mastodon's own words, which apps compare


def seen(tx: Transaction, viewer: Actor | None, identifier: int) -> tuple[Status, Actor]:
    """The status, and who wrote it. Raises NotFound for what is not there and for what the viewer,
    nobody in particular where it is None, may not see."""
    status = objects.by_id(tx, identifier) or _in_share(tx, identifier)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    if status is None or author is None or author.gone or author.suspended:
        raise NotFound(MISSING)
    if not _may(tx, viewer, status, author):
        raise NotFound(MISSING)
    return status, author


def _in_share(tx: Transaction, identifier: int) -> Status | None:
    """Apps may name the share instead of what is shared."""
    share = listening.share(tx, identifier)
    return objects.by_id(tx, share.object_id) if share is not None else None


def own(tx: Transaction, author: Actor, identifier: int) -> Status:
    """One of somebody's own. Raises NotFound."""
    status = objects.by_id(tx, identifier)
    if status is None or status.author_id != author.id:
        raise NotFound(MISSING)
    return status


def _may(tx: Transaction, viewer: Actor | None, status: Status, author: Actor) -> bool:
    if viewer is None:
        return status.visibility.open
    if viewer.id == author.id:
        return True
    follow = follows.between(tx, viewer.id, author.id)
    return may_see(
        status.visibility,
        author=author.uri,
        viewer=viewer.uri,
        follows=follow is not None and follow.state == follows.ACCEPTED,
        addressed=not status.visibility.open and viewer.uri in objects.recipients_of(tx, status.id),
        blocked=blocks.between(tx, viewer.id, author.id),
    )
