"""From an activity to its handler: the one table of what this node acts on."""

from __future__ import annotations

from typing import assert_never

from node.activitypub.documents import (
    Accept,
    Activity,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    EmojiReact,
    Flag,
    Follow,
    Like,
    Move,
    Offer,
    Reject,
    Remove,
    Undo,
    Unknown,
    Update,
)
from node.inbox.handlers import (
    accept,
    add,
    announce,
    block,
    create,
    delete,
    flag,
    follow,
    join,
    like,
    move,
    offer,
    quote_request,
    reject,
    remove,
    undo,
    update,
)
from node.inbox.received import Ignored, Outcome, Received
from node.outbox.here import Here
from node.store import graves
from node.store.transaction import Transaction

UNDOABLE = (Follow, Like, EmojiReact, Announce, Block, Offer)


def apply(tx: Transaction, here: Here, activity: Activity, received: Received) -> Outcome:
    """Run the handler in a transaction; it decides who may, and changes rows or nothing."""
    if (
        isinstance(activity, UNDOABLE)
        and activity.id is not None
        and received.actor.uri in graves.buried_by(tx, activity.id)
    ):
        return Ignored("it was undone before it came")
    match activity:
        case Create():
            return create.apply(tx, here, activity, received)
        case Update():
            return update.apply(tx, here, activity, received)
        case Delete():
            return delete.apply(tx, here, activity, received)
        case Follow():
            return follow.apply(tx, here, activity, received)
        case Accept():
            return accept.apply(tx, here, activity, received)
        case Reject():
            return reject.apply(tx, here, activity, received)
        case Undo():
            return undo.apply(tx, here, activity, received)
        case Like() | EmojiReact():
            return like.apply(tx, here, activity, received)
        case Announce():
            return announce.apply(tx, here, activity, received)
        case Block():
            return block.apply(tx, here, activity, received)
        case Move():
            return move.apply(tx, here, activity, received)
        case Flag():
            return flag.apply(tx, here, activity, received)
        case Add():
            return add.apply(tx, here, activity, received)
        case Remove():
            return remove.apply(tx, here, activity, received)
        case Offer():
            return offer.apply(tx, here, activity, received)
        case Unknown(type="QuoteRequest"):
            return quote_request.apply(tx, here, activity, received)
        case Unknown(type="Join"):
            return join.apply(tx, here, activity, received)
        case Unknown():
            return Ignored(f"a {activity.type} means nothing here")
        case _:
            assert_never(activity)
