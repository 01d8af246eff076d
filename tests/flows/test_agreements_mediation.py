"""What a mediator sees of the agreements of others, over the JSON interface, and settles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions.agreements import accept, dispute, offer_help, reveal_contact
from node.store import objects
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Quartier:
    node: Serving
    maud: Asking  # mediator
    amina: Asking
    bruno: Asking
    carla: Asking

    async def agreement(self, answerer: Asking, *, disputed: bool = False) -> str:
        """Its number: Amina asked, and said yes."""
        node = self.node
        status = await node.store.read(objects.by_uri, await node.publish(self.amina.actor))
        assert status is not None
        made = await node.store.write(offer_help, node.here, answerer.actor, status.id)
        await node.store.write(accept, node.here, self.amina.actor, made.id)
        await node.store.write(reveal_contact, node.here, self.amina.actor, made.id, "06 PLANTED")
        if disputed:
            await node.store.write(
                dispute, node.here, answerer.actor, made.id, reason="Porte close."
            )
        return str(made.id)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def q(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quartier]:
    directory = tmp_path_factory.mktemp("mediation")
    async with (
        serving(new_sqlite(directory), Path(directory)) as node,
        people(node, maud="mediator", amina="member", bruno="member", carla="member") as who,
    ):
        yield Quartier(node, **who)


async def test_what_is_disputed_is_found_read_and_settled(q: Quartier) -> None:
    """Maud finds it by its state, reads what was said and no contact details, and settles it."""
    calm, disputed = await q.agreement(q.carla), await q.agreement(q.bruno, disputed=True)
    found = (await q.maud.get("/agreements", of="quartier", state="disputed"))[0]
    assert (found["id"], found["side"], found["next"]) == (disputed, None, ["settle"])
    assert found["reason"] == "Porte close."
    assert found["author"]["handle"].startswith("amina@")
    everybodys = (await q.maud.get("/agreements", of="quartier"))[:2]
    assert [one["id"] for one in everybodys] == [disputed, calm]
    assert [one["next"] for one in everybodys] == [["settle"], []]
    accepted = await q.maud.get("/agreements", of="quartier", state="accepted")
    assert accepted[0]["id"] == calm
    assert {one["state"] for one in accepted} == {"accepted"}
    page = await q.maud.get("/agreements", of="quartier", limit="1", max_id=disputed)
    assert [one["id"] for one in page] == [calm]
    whole = await q.maud.get(f"/agreements/{disputed}")
    assert [line["event"] for line in whole["history"]] == ["offer", "accept", "dispute"]
    assert "PLANTED" not in str([found, everybodys, whole])
    assert "PLANTED" in str(await q.bruno.get(f"/agreements/{disputed}"))

    assert not {calm, disputed} & {one["id"] for one in await q.maud.get("/agreements")}
    status, _ = await q.maud.ask("POST", f"/agreements/{disputed}/settle", outcome="done")
    assert status == 204
    left = await q.maud.get("/agreements", of="quartier", state="disputed")
    assert disputed not in {one["id"] for one in left}
    assert (await q.bruno.get(f"/agreements/{disputed}"))["state"] == "confirmed"


async def test_who_is_no_mediator_sees_their_own(q: Quartier) -> None:
    """Neither the list of the quartier's agreements, nor one of others, nor a word of it."""
    number = await q.agreement(q.bruno, disputed=True)
    assert (await q.carla.ask("GET", "/agreements", query={"of": "quartier"}))[0] == 403
    assert (await q.carla.ask("GET", f"/agreements/{number}"))[0] == 404
    assert (await q.carla.ask("POST", f"/agreements/{number}/settle", outcome="done"))[0] == 403
    assert number not in {one["id"] for one in await q.carla.get("/agreements")}
    assert (await q.maud.ask("POST", f"/agreements/{number}/confirm", text=""))[0] == 404
    assert (await q.maud.ask("GET", "/agreements", query={"of": "all"}))[0] == 422


async def test_a_mediator_is_one_of_two_like_anybody(q: Quartier) -> None:
    """Of her own Maud sees her side, and does not settle it."""
    number = await q.agreement(q.maud, disputed=True)
    found = {one["id"]: one for one in await q.maud.get("/agreements", of="quartier")}
    assert (found[number]["side"], found[number]["next"]) == ("answerer", [])
    assert "PLANTED" in str(found[number]["contacts"])
    assert (await q.maud.ask("POST", f"/agreements/{number}/settle", outcome="done"))[0] == 403


@pytest.mark.parametrize("number", ["9999999999999999999", "0"])
async def test_of_a_proposal_that_cannot_be(number: str, q: Quartier) -> None:
    assert await q.maud.get("/agreements", of="quartier", proposal_id=number) == []
    assert await q.bruno.get("/agreements", proposal_id=number) == []
