"""What anybody may ask of the node itself."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities import instance as entities
from node.mastodon.method import Ask, Method


async def instance(ask: Ask) -> dict[str, Any]:
    """GET /api/v2/instance."""
    return await ask.store.read(entities.instance, ask.here, vapid="")


async def old_instance(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/instance."""
    return await ask.store.read(entities.old_instance, ask.here)


METHODS = (
    Method("GET", "/api/v2/instance", instance, who="anybody"),
    Method("GET", "/api/v1/instance", old_instance, who="anybody"),
)
