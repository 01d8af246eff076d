"""The last place: two people on two nodes answer for it at the same moment, while the network
between them is cut. Whatever order the words arrive in once it is healed, exactly one is accepted,
the other is told kindly, and all nodes agree."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.actions import agreements
from node.aid.agreements import State
from node.aid.lifecycle import State as Life
from node.store import agreements as stored
from node.store import objects, proposals
from tests.flows.postmen import World, world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Amina's home, and two quartiers where Bea and Chloe live."""
    async with world(tmp_path_factory.mktemp("town"), "home", "east", "west") as made:
        await made.add_person("home", "amina")
        await made.add_person("east", "bea")
        await made.add_person("west", "chloe")
        yield made


@pytest.mark.parametrize("first", ["bea", "chloe"])
@pytest.mark.parametrize("chosen", ["first", "second"])
@pytest.mark.parametrize("answers", ["in order", "reversed", "doubled"])
async def test_one_is_accepted_and_the_other_told_kindly(
    first: str, chosen: str, answers: str, town: World
) -> None:
    """Each order of arrival of the two answers, each choice of the author's, and each order in
    which what the home says comes back."""
    bea = town["east"].people["bea"]
    chloe = town["west"].people["chloe"]
    uri = await town.publish("home", "amina")
    # The network is cut: both answer, and neither knows of the other.
    east = await _answer(town, "east", bea, uri)
    west = await _answer(town, "west", chloe, uri)
    await town.collect()
    # It is healed.
    offers = sorted(town.heap, key=lambda letter: first not in letter.body.decode())
    for letter in offers:
        await town.deliver(letter)
    home = town["home"]
    number = await _number(town, "home", uri)
    asked = await home.read(stored.of_proposal, number)
    assert [one.state for one in asked] == [State.PROPOSED, State.PROPOSED]
    taken = asked[0] if chosen == "first" else asked[1]
    left = asked[1] if chosen == "first" else asked[0]
    amina = home.people["amina"]
    await home.write(agreements.accept, amina, taken.id)
    await town.collect()
    back = list(reversed(town.heap)) if answers == "reversed" else list(town.heap)
    for letter in back:
        await town.deliver(letter, keep=answers == "doubled")
    await town.deliver_all()

    assert (await home.read(stored.by_id, taken.id)).state is State.ACCEPTED
    refused = await home.read(stored.by_id, left.id)
    assert refused.state is State.REFUSED
    assert refused.reason.startswith("Merci beaucoup")
    seen = {
        (await town["east"].read(stored.by_id, east)).state,
        (await town["west"].read(stored.by_id, west)).state,
    }
    assert seen == {State.ACCEPTED, State.REFUSED}
    lost = [
        one
        for place, identifier in (("east", east), ("west", west))
        if (one := await town[place].read(stored.by_id, identifier)).state is State.REFUSED
    ]
    assert lost[0].reason == refused.reason
    for place in ("home", "east", "west"):
        proposal = (
            await town[place].read(proposals.by_id, await _number(town, place, uri))
        ).proposal
        assert proposal.available == "0", place
        assert proposal.state is Life.MATCHED, place


async def test_an_answer_after_the_last_place_is_gone(town: World) -> None:
    """It was on its way while the place went: it is refused at once, kindly, and a place that is
    given back can be had again."""
    bea = town["east"].people["bea"]
    chloe = town["west"].people["chloe"]
    uri = await town.publish("home", "amina")
    east = await _answer(town, "east", bea, uri)
    west = await _answer(town, "west", chloe, uri)
    await town.collect()
    late = next(letter for letter in town.heap if b"/chloe" in letter.body)
    await town.deliver(next(letter for letter in town.heap if letter is not late))
    home, number = town["home"], await _number(town, "home", uri)
    [asked] = await home.read(stored.of_proposal, number)
    await home.write(agreements.accept, home.people["amina"], asked.id)
    await town.collect()
    await town.deliver(late)
    await town.deliver_all()
    assert (await town["east"].read(stored.by_id, east)).state is State.ACCEPTED
    assert (await town["west"].read(stored.by_id, west)).state is State.REFUSED

    await town["east"].write(agreements.cancel, bea, east, reason="Je suis malade.")
    await town.collect()
    await town.deliver_all()
    assert (await home.read(stored.by_id, asked.id)).state is State.CANCELLED
    again = await _answer(town, "west", chloe, uri)
    await town.collect()
    await town.deliver_all()
    waiting = [
        one for one in await home.read(stored.of_proposal, number) if one.state is State.PROPOSED
    ]
    assert len(waiting) == 1
    await home.write(agreements.accept, home.people["amina"], waiting[0].id)
    await town.collect()
    await town.deliver_all()
    assert (await town["west"].read(stored.by_id, again)).state is State.ACCEPTED


async def _answer(town: World, place: str, person: object, uri: str) -> int:
    made = await town[place].write(
        agreements.offer_help, person, await _number(town, place, uri), text="Je viens."
    )
    identifier: int = made.id
    return identifier


async def _number(town: World, place: str, uri: str) -> int:
    status = await town[place].read(objects.by_uri, uri)
    identifier: int = status.id
    return identifier
