"""The CustomEmoji entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def emoji(one: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``{"shortcode": …, "url": …}`` as they stand beside an actor or a status."""
    return {
        "shortcode": one["shortcode"],
        "url": one["url"],
        "static_url": one.get("static_url") or one["url"],
        "visible_in_picker": False,
        "category": None,
    }
