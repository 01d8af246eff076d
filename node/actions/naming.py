"""Who is meant by the handles in a text: looked up here, else asked of their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from node.actions.remote import Remote
from node.errors import EntraideError
from node.outbox.here import Here
from node.social import limits
from node.social.accounts import Actor
from node.store import actors, handles
from node.store.engine import Store
from node.store.transaction import Transaction

ASKED_MOST: Final = 10
"""Of those who are not known here."""
ASKED_S: Final = 5.0


async def people_named(
    store: Store, here: Here, remote: Remote, typed: Sequence[str]
) -> dict[str, Actor]:
    """Handle as typed → who it is. Who cannot be found is left out, and stays text."""
    typed = typed[: limits.MENTIONS]
    found = await store.read(_known, here, typed)
    unknown = [one for one in typed if one not in found and _domain(here, one)][:ASKED_MOST]
    asked = await asyncio.gather(*(_ask(remote, one) for one in unknown))
    found |= {one: actor for one, actor in zip(unknown, asked, strict=True) if actor is not None}
    return {one: actor for one, actor in found.items() if not (actor.gone or actor.suspended)}


async def _ask(remote: Remote, handle: str) -> Actor | None:
    name, _, domain = handle.partition("@")
    try:
        async with asyncio.timeout(ASKED_S):
            return await remote.by_handle(name, domain)
    except (EntraideError, TimeoutError):
        return None


def _known(tx: Transaction, here: Here, typed: Sequence[str]) -> dict[str, Actor]:
    found = {}
    for handle in typed:
        domain = _domain(here, handle)
        name = handle.partition("@")[0]
        actor = handles.remote(tx, name, domain) if domain else actors.local_by_username(tx, name)
        if actor is not None:
            found[handle] = actor
    return found


def _domain(here: Here, handle: str) -> str:
    """Empty for one of ours."""
    domain = handle.partition("@")[2].lower()
    return "" if domain == here.domain.lower() else domain
