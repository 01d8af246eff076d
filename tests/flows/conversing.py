"""What the tests of conversations share: a node with a few people, and somebody on Mastodon."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from node.aid.agreements import Agreement
from node.aid.proposals import Proposal
from node.social.accounts import Actor
from node.social.notifications import Kind
from node.store import actors, agreements, notifications, objects, proposals
from node.store.notifications import Notification
from tests.peers.documents import Document
from tests.peers.mastodonlike import MastodonLike
from tests.serving import Serving, serving


@dataclass(frozen=True, slots=True)
class Street:
    node: Serving
    amina: Actor
    rosa: Actor
    """A mediator."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    directory = tmp_path_factory.mktemp("croix-rousse")
    async with serving(f"sqlite:///{directory / 'entraide.sqlite3'}", directory) as node:
        amina = await node.account("amina")
        yield Street(node, amina, await node.account("rosa", role="mediator"))


@dataclass(frozen=True, slots=True)
class Scene:
    """Zoé, on a Mastodon of her own, writes to people of a quartier."""

    node: Serving
    mastodon: MastodonLike
    amina: Actor
    rosa: Actor

    @property
    def quartier(self) -> str:
        return self.node.here.quartier.uri

    async def write(self, text: str, **more: Any) -> Document:
        """Zoé writes to the quartier, directly unless `more` says otherwise."""
        more.setdefault("to", (self.quartier,))
        return await self.mastodon.write(self.mastodon.user, text, **more)

    async def answer(self, uri: str, text: str, **more: Any) -> Document:
        """Zoé answers a proposal of Amina's."""
        return await self.write(text, to=(self.amina.uri,), reply_to=uri, **more)

    async def publish(
        self, title: str = "Courses pour une voisine", **fields: Any
    ) -> tuple[str, int]:
        """A proposal of Amina's: its IRI and its number."""
        uri = await self.node.publish(self.amina, title=title, **fields)
        status = await self.node.store.read(objects.by_uri, uri)
        assert status is not None
        return uri, status.id

    async def answers(self, number: int) -> list[Agreement]:
        return await self.node.store.read(agreements.of_proposal, number)

    async def proposal(self, number: int) -> Proposal:
        stored = await self.node.store.read(proposals.by_id, number)
        assert stored is not None
        return stored.proposal

    async def told(self, person: Actor, kind: Kind) -> list[Notification]:
        """What somebody with an account was told of this kind by Zoé."""
        zoe = await self.node.store.read(actors.by_uri, self.mastodon.user.id)
        assert zoe is not None
        found = await self.node.store.read(notifications.listed, person.id, most=80)
        return [one for one in found if one.kind == kind and one.actor_id == zoe.id]

    async def letter(self, number: int) -> str:
        note = await self.mastodon.letter(self.mastodon.user, number)
        return self.mastodon.text(note)


@pytest_asyncio.fixture(loop_scope="module")
async def scene(street: Street) -> AsyncIterator[Scene]:
    async with MastodonLike("zoe") as mastodon:
        yield Scene(street.node, mastodon, street.amina, street.rosa)
        await street.node.settled()  # nothing is left for a server that is no more
