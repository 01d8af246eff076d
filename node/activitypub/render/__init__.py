"""Writing ActivityStreams: one small function per document, each with a golden file."""

from node.activitypub.render.activities import (
    accept,
    add,
    announce,
    block,
    create,
    delete,
    flag,
    follow,
    ignore,
    like,
    move,
    reject,
    remove,
    undo,
    update,
)
from node.activitypub.render.actors import Centre, LocalActor, actor_document
from node.activitypub.render.collections import ordered_collection, ordered_collection_page
from node.activitypub.render.objects import Recipient, direct_note, tombstone

__all__ = [
    "Centre",
    "LocalActor",
    "Recipient",
    "accept",
    "actor_document",
    "add",
    "announce",
    "block",
    "create",
    "delete",
    "direct_note",
    "flag",
    "follow",
    "ignore",
    "like",
    "move",
    "ordered_collection",
    "ordered_collection_page",
    "reject",
    "remove",
    "tombstone",
    "undo",
    "update",
]
