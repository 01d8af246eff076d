"""Words about agreements that overtake each other, come again, or cross on their way: two nodes,
and a test that says what arrives when."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from node.actions import agreements as acting
from node.aid.agreements import Agreement, State
from node.clock import FixedClock
from node.social.accounts import Actor
from node.store import accounts, agreements, objects, reveals
from tests.flows.postmen import Letter, World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Two:
    """Amina asks at home, Bea answers from the east; Maud mediates at home."""

    town: World
    clocks: dict[str, FixedClock]
    amina: Actor
    bea: Actor
    maud: Actor

    def later(self, seconds: float) -> None:
        for clock in self.clocks.values():
            clock.advance(seconds)

    async def asked(self, **fields: object) -> tuple[Agreement, Agreement]:
        """Bea's answer, as it is here and as it is there."""
        uri = await self.town.publish("home", "amina", **fields)
        status = await self.town["east"].read(objects.by_uri, uri)
        made = await self.town["east"].write(acting.offer_help, self.bea, status.id)
        await self.all_arrives()
        return await self.both(made.offer_uri)

    async def agreed(self, **fields: object) -> tuple[Agreement, Agreement]:
        ours, theirs = await self.asked(**fields)
        await self.home(acting.accept, self.amina, ours.id)
        await self.all_arrives()
        return await self.both(theirs.offer_uri)

    async def both(self, offer_uri: str) -> tuple[Agreement, Agreement]:
        return (
            await self.town["home"].read(agreements.by_offer, offer_uri),
            await self.town["east"].read(agreements.by_offer, offer_uri),
        )

    async def home(self, unit: Any, *args: Any, **words: Any) -> Any:
        return await self.town["home"].write(unit, *args, **words)

    async def east(self, unit: Any, *args: Any, **words: Any) -> Any:
        return await self.town["east"].write(unit, *args, **words)

    async def all_arrives(self) -> None:
        await self.town.collect()
        await self.town.deliver_all()

    async def letter(self, kind: str) -> Letter:
        """The newest on its way with this type, or whose object has it; no longer in the heap."""
        await self.town.collect()
        found = [
            one
            for one in self.town.heap
            if kind in (one.activity["type"], _type(one.activity["object"]))
        ][-1]
        self.town.heap.remove(found)
        return found

    async def arrives(self, *letters: Letter) -> None:
        for one in letters:
            await self.town.deliver(one, keep=True)
        await self.town.collect()

    async def shown(self, place: str, agreement: Agreement) -> list[str]:
        found = await self.town[place].read(reveals.revealed, agreement.id)
        return [one.contact for one in found]


def _type(thing: Any) -> str:
    return thing.get("type", "") if isinstance(thing, dict) else ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    async with world(tmp_path_factory.mktemp("order"), "home", "east") as town:
        amina, maud = [await town.add_person("home", name) for name in ("amina", "maud")]
        await town["home"].node.store.write(accounts.set_role, maud.id, "mediator")
        clocks = {name: FixedClock(time.time()) for name in town.places}
        for name, place in town.places.items():
            here = replace(place.node.here, clock=clocks[name])
            place.node = replace(place.node, here=here)
        yield Two(town, clocks, amina, await town.add_person("east", "bea"), maud)


# ── contact details ──────────────────────────────────────────────────────────────────────────


async def test_details_before_the_yes(two: Two) -> None:
    """They are kept, and shown once the yes is there; nothing of them is a letter."""
    ours, theirs = await two.asked()
    await two.home(acting.accept, two.amina, ours.id)
    yes = await two.letter("Accept")
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 11 11 11 11")
    details = await two.letter("Note")
    await two.arrives(details)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.state is State.PROPOSED
    assert not theirs.shows_contact
    assert await two.town["east"].read(objects.by_uri, details.activity["object"]["id"]) is None
    await two.arrives(yes)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.shows_contact
    assert await two.shown("east", theirs) == ["06 11 11 11 11"]


async def test_details_before_the_word_that_it_goes_on(two: Two) -> None:
    """Nobody came, they quarrelled, Maud settled it, and Amina's details overtake her word. With
    the next end they are gone; and those of before the quarrel do not come back."""
    ours, theirs = await two.agreed()
    two.later(60)
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 00 00 00 00")
    early = await two.letter("Note")
    two.later(60)
    await two.home(acting.no_show, two.amina, ours.id)
    await two.all_arrives()
    await two.arrives(early)
    assert await two.shown("east", theirs) == []
    await two.east(acting.dispute, two.bea, theirs.id)
    await two.all_arrives()
    assert (await two.both(theirs.offer_uri))[1].state is State.DISPUTED
    two.later(60)
    await two.home(acting.settle, two.maud, ours.id, outcome="goes-on")
    goes_on = await two.letter("Agreement")
    await two.home(acting.reveal_contact, two.amina, ours.id, "06 22 22 22 22")
    await two.arrives(early, await two.letter("Note"))
    assert await two.shown("east", theirs) == ["06 22 22 22 22"]
    assert not (await two.both(theirs.offer_uri))[1].shows_contact
    await two.arrives(goes_on)
    theirs = (await two.both(theirs.offer_uri))[1]
    assert theirs.state is State.ACCEPTED
    assert await two.shown("east", theirs) == ["06 22 22 22 22"]
    await two.home(acting.cancel, two.amina, ours.id)
    await two.all_arrives()
    assert await two.shown("east", theirs) == []
