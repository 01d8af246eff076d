"""Where somebody's picture is on another server is not kept when mediators want none from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from node.actions import blocklists
from node.actions.meeting import put_actor
from node.activitypub.documents import ActorDocument, parse_actor
from node.moderation.policy import DomainBlock
from node.social.accounts import Actor
from node.store.tables import actors
from tests.databases import new_sqlite
from tests.flows.letterbox import Letterbox, letterbox
from tests.peers import documents
from tests.peers.documents import User

NEAR = "les.ami.example"
FAR = "files.example"


def nadia(host: str, picture: str) -> ActorDocument:
    user = User(f"https://{host}", "nadia")
    document = documents.actor(user, with_multikey=True)
    parsed = parse_actor(document | {"icon": {"type": "Image", "url": picture}})
    assert isinstance(parsed, ActorDocument)
    return parsed


@pytest.mark.parametrize(
    "block",
    [DomainBlock(NEAR, "noop", reject_media=True), DomainBlock(FAR, "noop", reject_media=True),
     DomainBlock("ami.example", "silence", reject_media=True)],
    ids=lambda one: one.domain,
)  # fmt: skip
async def test_where_a_picture_is_goes_when_none_is_wanted(
    tmp_path: Path, block: DomainBlock
) -> None:
    """By the person's server or the one that the picture lies on; it comes with the next word
    from there once pictures are wanted again."""
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as post:
        parsed = nadia(NEAR, f"https://{FAR}/nadia.png")

        async def told() -> Actor:
            return await post.store.write(put_actor, parsed, "{}", now=post.clock.now())

        assert (await told()).icon_url == f"https://{FAR}/nadia.png"
        await post.store.write(blocklists.block_domain, post.here, None, block)
        if block.domain != FAR:
            assert await pictures(post) == []
        assert (await told()).icon_url is None
        assert await pictures(post) == []
        await post.store.write(blocklists.unblock_domain, post.here, None, block.domain)
        assert (await told()).icon_url == f"https://{FAR}/nadia.png"


async def pictures(post: Letterbox) -> list[Any]:
    return await post.store.read(
        lambda tx: [row.icon_url for row in tx.all(actors.select()) if row.icon_url]
    )
