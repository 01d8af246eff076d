"""A status as it is answered after something was done with it."""

from __future__ import annotations

from typing import Any

from node.mastodon.method import Ask
from node.social.statuses import Status


async def shown(ask: Ask, status: Status) -> dict[str, Any]:
    return {"id": str(status.id), "uri": status.uri, "url": status.url, "content": status.content}


async def shared(ask: Ask, status: Status) -> dict[str, Any]:
    return {"id": str(status.id), "reblog": await shown(ask, status)}
