"""The List entity."""

from __future__ import annotations

from typing import Any

from node.store.lists import List


def shown(one: List) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "title": one.title,
        "replies_policy": one.replies_policy,
        "exclusive": one.exclusive,
    }
