"""Activities, one small function each.

All take ``activity_id`` (its IRI), ``actor`` (IRI) and ``published`` (seconds since the epoch).
``object`` is an IRI or a whole document; an embedded document keeps its own ``@context``, since
its proof was made over it. ``to`` and ``cc`` are IRIs; empty ones are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from node.activitypub.vocabulary import OUR_CONTEXT
from node.clock import to_iso

Document = dict[str, Any]
Object = str | Mapping[str, Any]


def create(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    return _activity("Create", activity_id, actor, object, to, cc, published)


def update(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    """``published`` says when the change was made: peers order changes by it."""
    document = _activity("Update", activity_id, actor, object, to, cc, published)
    document["updated"] = document["published"]
    return document


def delete(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    """``object``: a Tombstone, or the actor's own IRI when it is the actor that goes."""
    return _activity("Delete", activity_id, actor, object, to, cc, published)


def follow(*, activity_id: str, actor: str, object: str, published: float) -> Document:
    return _activity("Follow", activity_id, actor, object, (object,), (), published)


def accept(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    published: float,
    result: Object | None = None,
) -> Document:
    """Of a Follow or an Offer, which is best embedded: Mastodon reads its actor and object.

    ``result`` is the Agreement of an accepted Offer (FEP-0837).
    """
    document = _activity("Accept", activity_id, actor, object, to, (), published)
    if result is not None:
        document["result"] = result
    return document


def reject(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    published: float,
    content: str = "",
) -> Document:
    """``content``: why, as HTML."""
    document = _activity("Reject", activity_id, actor, object, to, (), published)
    if content:
        document["content"] = content
    return document


def ignore(
    *, activity_id: str, actor: str, object: str, to: Sequence[str], published: float
) -> Document:
    """Of a Join, by its id: that it is not answered by activities (FEP-8a8e)."""
    return _activity("Ignore", activity_id, actor, object, to, (), published)


def undo(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    return _activity("Undo", activity_id, actor, object, to, cc, published)


def announce(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    """Of an id, which Mastodon shows as a boost, or of a whole activity (FEP-1b12)."""
    return _activity("Announce", activity_id, actor, object, to, cc, published)


def like(
    *, activity_id: str, actor: str, object: str, to: Sequence[str], published: float
) -> Document:
    return _activity("Like", activity_id, actor, object, to, (), published)


def block(*, activity_id: str, actor: str, object: str, published: float) -> Document:
    return _activity("Block", activity_id, actor, object, (object,), (), published)


def move(
    *, activity_id: str, actor: str, target: str, to: Sequence[str], published: float
) -> Document:
    """``actor`` goes on as ``target``, which must name it in ``alsoKnownAs`` (FEP-7628)."""
    document = _activity("Move", activity_id, actor, actor, to, (), published)
    document["target"] = target
    return document


def flag(
    *,
    activity_id: str,
    actor: str,
    objects: Sequence[str],
    content: str,
    to: Sequence[str],
    published: float,
) -> Document:
    """A report: the reported actor and its objects, and the words of who reports, plain text.

    ``actor`` is the node's own, so that the reporting person stays unnamed.
    """
    document = _activity("Flag", activity_id, actor, list(objects), to, (), published)
    document["content"] = content
    return document


def add(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    target: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    """To a collection of the actor's own, ``featured`` for one."""
    document = _activity("Add", activity_id, actor, object, to, cc, published)
    document["target"] = target
    return document


def remove(
    *,
    activity_id: str,
    actor: str,
    object: Object,
    target: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: float,
) -> Document:
    document = _activity("Remove", activity_id, actor, object, to, cc, published)
    document["target"] = target
    return document


def _activity(
    type: str,
    activity_id: str,
    actor: str,
    object: Object | list[str],
    to: Sequence[str],
    cc: Sequence[str],
    published: float,
) -> Document:
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": activity_id,
        "type": type,
        "actor": actor,
        "published": to_iso(published),
    }
    if to:
        document["to"] = list(to)
    if cc:
        document["cc"] = list(cc)
    document["object"] = object
    return document
