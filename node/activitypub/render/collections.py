"""Collections and their pages. ``items`` are IRIs, documents, or JSON fragments ready to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.activitypub.vocabulary import OUR_CONTEXT

Document = dict[str, Any]


def ordered_collection(
    *,
    collection_id: str,
    total: int | None = None,
    first: str | None = None,
    last: str | None = None,
    items: Sequence[Any] | None = None,
    attributed_to: str | None = None,
) -> Document:
    """Whole (``items``), in pages (``first``), or neither: then it hides its members and tells
    their number at most."""
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": collection_id,
        "type": "OrderedCollection",
    }
    if total is None and items is not None:
        total = len(items)
    optional = {
        "attributedTo": attributed_to,
        "totalItems": total,
        "first": first,
        "last": last,
        "orderedItems": None if items is None else list(items),
    }
    return {**document, **{key: value for key, value in optional.items() if value is not None}}


def ordered_collection_page(
    *,
    page_id: str,
    part_of: str,
    items: Sequence[Any],
    total: int | None = None,
    next: str | None = None,
    prev: str | None = None,
) -> Document:
    """Newest first; ``next`` leads to older ones."""
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": page_id,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
    }
    optional = {"totalItems": total, "next": next, "prev": prev}
    return {
        **document,
        **{key: value for key, value in optional.items() if value is not None},
        "orderedItems": list(items),
    }
