"""What one can listen to: the names that apps use, and what a token must allow for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.errors import BadInput, Forbidden, NotFound
from node.mastodon.method import Grant
from node.mastodon.parameters import identifier
from node.social.accounts import allows
from node.store import lists
from node.store.engine import Store

PERSONAL: Final = ("user", "user:notification", "direct")
PUBLIC: Final = tuple(
    f"public{where}{media}" for where in ("", ":local", ":remote") for media in ("", ":media")
)
TAGGED: Final = ("hashtag", "hashtag:local")
TAG_MAX: Final = 200

Key = tuple[str, int | str]
"""The name, and whose it is, which tag or which list; 0 for what is the same for everybody."""


@dataclass(frozen=True, slots=True)
class Channel:
    key: Key
    label: tuple[str, ...]
    """As messages name it."""


async def channel(store: Store, grant: Grant, asked: Mapping[str, str]) -> Channel:
    """What ``stream``, ``tag``, ``list`` and ``only_media`` mean. Raises BadInput, Forbidden and
    NotFound."""
    name = asked.get("stream", "")
    if asked.get("only_media", "").lower() in ("true", "1") and f"{name}:media" in PUBLIC:
        name += ":media"
    wanted = "read:notifications" if name == "user:notification" else "read:statuses"
    if name == "list":
        wanted = "read:lists"
    if not (allows(grant.scopes, wanted) or allows(grant.scopes, "read:statuses")):
        raise Forbidden("Access token does not have the required scopes")
    if name in PUBLIC:
        return Channel((name, 0), (name,))
    if name in TAGGED:
        tag = asked.get("tag", "").strip().removeprefix("#")
        if not tag or len(tag) > TAG_MAX:
            raise BadInput("Missing tag name parameter")
        return Channel((name, tag.casefold()), (name, tag))
    if grant.person is None:
        raise Forbidden("This stream is of somebody who is signed in")
    me = grant.person.actor.id
    if name in PERSONAL:
        if name == "user:notification" and not allows(grant.scopes, "read:notifications"):
            raise Forbidden("Access token does not have the required scopes")
        return Channel((name, me), (name,))
    if name == "list":
        found = identifier(asked.get("list", ""))
        if not found or await store.read(lists.by_id, found, account_id=me) is None:
            raise NotFound("Not authorized to stream this list")
        return Channel((name, found), (name, str(found)))
    raise BadInput("Unknown stream type")
