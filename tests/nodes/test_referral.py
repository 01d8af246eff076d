"""A request is handed to the neighbour that can serve it, over three nodes and real HTTP.

Croix-Rousse is joined with Presqu'île, which touches it, and with Guillotière, which does not.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.flows.asking import Asking, people
from tests.flows.neighbourhood import until
from tests.nodes.quartiers import Three, line, neighbour_id, number, shows, state, three_quartiers

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Scene:
    three: Three
    maud: Asking
    """Mediator of Croix-Rousse."""
    amina: Asking
    """Asks for help there."""
    bruno: Asking
    """Her neighbour there."""
    gaelle: Asking
    """Mediator of Guillotière."""
    georges: Asking
    """Helps there."""

    async def ask(self, **more: object) -> str:
        """A request of Amina's that Presqu'île shows, and Guillotière does not."""
        uri = await self.three.croix_rousse.publish(self.amina.actor, **more)
        await until(lambda: shows(self.three.presquile, uri), True)
        return uri

    async def refer(self, uri: str, **more: object) -> tuple[int, Any]:
        home, other = self.three.croix_rousse, self.three.guillotiere
        return await self.maud.ask(
            "POST",
            "/referrals",
            proposal_id=str(await number(home, uri)),
            neighbour_id=str(await neighbour_id(home, other)),
            **more,
        )

    async def handed_over(self, uri: str) -> tuple[str, str]:
        """With Amina's consent: its number at home, and where it was handed to."""
        code, made = await self.refer(uri)
        assert (code, made["state"]) == (201, "asked")
        code, agreed = await self.amina.ask("POST", f"/referrals/{made['id']}/consent", agrees=True)
        assert (code, agreed["state"]) == (200, "handed-over")
        await until(lambda: self._received(uri), True)
        return made["id"], await self.there(uri)

    async def there(self, uri: str) -> str:
        found = await self.gaelle.get("/referrals", direction="from")
        return next(str(one["id"]) for one in found if one["proposal_uri"] == uri)

    async def _received(self, uri: str) -> bool:
        found = await self.gaelle.get("/referrals", direction="from")
        return any(one["proposal_uri"] == uri for one in found)

    async def at_home(self, referral: str) -> str:
        found = await self.amina.get("/referrals")
        return next(str(one["state"]) for one in found if one["id"] == referral)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s(tmp_path_factory: Any) -> AsyncIterator[Scene]:
    async with contextlib.AsyncExitStack() as stack:
        three = await stack.enter_async_context(
            three_quartiers(Path(tmp_path_factory.mktemp("referral")))
        )
        here = await stack.enter_async_context(
            people(three.croix_rousse, maud="mediator", amina="member", bruno="member")
        )
        there = await stack.enter_async_context(
            people(three.guillotiere, gaelle="mediator", georges="member")
        )
        await three.join(three.croix_rousse, three.presquile)
        await three.join(three.croix_rousse, three.guillotiere)
        yield Scene(three, **here, **there)


async def test_from_consent_to_thanks(s: Scene) -> None:
    """Amina agrees; Guillotière takes it and shows it, out of its reach as it is; Presqu'île and
    home do not; Georges answers, and Amina decides. She reads where it is all along."""
    home, beside, far = s.three.nodes
    uri = await s.ask(title="Un rendez-vous à l’hôpital", topic="mobility.escort", quantity=2)
    assert not await shows(far, uri)

    referral, there = await s.handed_over(uri)
    assert ("referral-asked", {"referral": referral, "domain": far.domain}) in await s.amina.told()
    assert "referral-received" in [kind for kind, _ in await s.gaelle.told()]
    assert await state(home, uri) == "referred"
    await until(lambda: state(beside, uri), "referred")
    assert not await shows(beside, uri)
    assert not await shows(far, uri), "nobody there has taken it"
    nowhere, _ = await s.georges.ask("POST", f"/referrals/{there}/accept")
    assert nowhere == 403

    code, taken = await s.gaelle.ask("POST", f"/referrals/{there}/accept")
    assert (code, taken["state"]) == (200, "accepted")
    await until(lambda: s.at_home(referral), "accepted")
    assert ("referral-accepted", {"referral": referral, "reason": ""}) in await s.amina.told()
    await until(lambda: shows(far, uri), True)
    found = await line(far, uri)
    assert found is not None
    assert (found.proposal.state.value, found.proposal.available) == ("referred", "2")

    # Those of home have given it away; those of the neighbour answer.
    mine = str(await number(home, uri))
    refused, _ = await s.bruno.ask("POST", f"/proposals/{mine}/answers")
    assert refused == 409
    code, answer = await s.georges.ask("POST", f"/proposals/{await number(far, uri)}/answers")
    assert code == 200, answer
    await until(lambda: waiting(s.amina), 1)
    agreement = (await s.amina.get("/agreements"))[0]["id"]
    code, agreed = await s.amina.ask("POST", f"/agreements/{agreement}/accept")
    assert (code, agreed["state"]) == (200, "accepted")
    await until(lambda: left(s, uri), "1")
    assert await state(far, uri) == "referred"
    assert await shows(far, uri), "one more is needed"

    changed, _ = await s.amina.ask("PATCH", f"/proposals/{mine}", title="Un rendez-vous, mardi")
    assert changed == 200
    await until(lambda: title(s, uri), "Un rendez-vous, mardi")


async def waiting(who: Asking) -> int:
    return len(await who.get("/agreements"))


async def left(s: Scene, uri: str) -> str | None:
    found = await line(s.three.guillotiere, uri)
    return found.proposal.available if found else None


async def title(s: Scene, uri: str) -> str | None:
    found = await line(s.three.guillotiere, uri)
    return found.proposal.title if found else None


async def test_its_author_says_no(s: Scene) -> None:
    """Then nothing left the node, and it stays open. Nobody else answers for her."""
    uri = await s.ask(title="Des courses")
    code, made = await s.refer(uri)
    assert code == 201
    again, _ = await s.refer(uri)
    assert again == 409
    for who, expected in ((s.bruno, 404), (s.maud, 404)):
        status, _ = await who.ask("POST", f"/referrals/{made['id']}/consent", agrees=True)
        assert status == expected
    code, said = await s.amina.ask("POST", f"/referrals/{made['id']}/consent", agrees=False)
    assert (code, said["state"]) == (200, "refused")
    late, _ = await s.amina.ask("POST", f"/referrals/{made['id']}/consent", agrees=True)
    assert late == 409
    await s.three.settled()
    assert await state(s.three.croix_rousse, uri) == "open"
    assert await state(s.three.guillotiere, uri) is None
    voice, told = await s.refer(uri, by_voice=True)
    assert voice == 409, told


async def test_they_cannot(s: Scene) -> None:
    """It is open again at home and shown again next door; Amina reads why; so it goes, too, when
    they had taken it and find that they cannot."""
    for taken in (False, True):
        uri = await s.ask(title="Une visite")
        referral, there = await s.handed_over(uri)
        await until(partial(shows, s.three.presquile, uri), False)
        if taken:
            await s.gaelle.ask("POST", f"/referrals/{there}/accept")
            await until(partial(shows, s.three.guillotiere, uri), True)
        code, said = await s.gaelle.ask(
            "POST", f"/referrals/{there}/decline", reason="Personne n’est libre <cette> semaine."
        )
        assert (code, said["state"]) == (200, "declined")
        await until(partial(s.at_home, referral), "declined")
        assert (
            "referral-declined",
            {"referral": referral, "reason": "Personne n’est libre <cette> semaine."},
        ) in await s.amina.told()
        assert await state(s.three.croix_rousse, uri) == "open"
        await until(partial(shows, s.three.presquile, uri), True)
        await s.three.settled()
        assert not await shows(s.three.guillotiere, uri)
        twice, _ = await s.gaelle.ask("POST", f"/referrals/{there}/accept")
        assert twice == 409


async def test_it_is_taken_back(s: Scene) -> None:
    """By its author, at any moment; they no longer show it, and cannot take it."""
    for taken in (False, True):
        uri = await s.ask(title="Un matelas")
        referral, there = await s.handed_over(uri)
        if taken:
            await s.gaelle.ask("POST", f"/referrals/{there}/accept")
            await until(partial(shows, s.three.guillotiere, uri), True)
        nobody, _ = await s.bruno.ask("POST", f"/referrals/{referral}/take-back")
        assert nobody == 404
        code, said = await s.amina.ask("POST", f"/referrals/{referral}/take-back")
        assert (code, said["state"]) == (200, "withdrawn")
        assert await state(s.three.croix_rousse, uri) == "open"
        await until(partial(shows, s.three.presquile, uri), True)
        await s.three.settled()
        assert not await shows(s.three.guillotiere, uri)
        late, _ = await s.gaelle.ask("POST", f"/referrals/{there}/accept")
        assert late == 409


async def test_only_open_requests_go_to_joined_neighbours(s: Scene) -> None:
    """An offer, a closed request, a stranger's number and somebody without the role."""
    home = s.three.croix_rousse
    offer = await home.publish(s.amina.actor, purpose="offer", title="Une perceuse")
    closed = await home.publish(s.amina.actor, title="Fini", reach="quartier")
    mine = str(await number(home, closed))
    status, _ = await s.amina.ask("POST", f"/proposals/{mine}/close", state="done")
    assert status in (200, 204)
    for uri in (offer, closed):
        code, _ = await s.refer(uri)
        assert code == 409
    code, _ = await s.maud.ask("POST", "/referrals", proposal_id=mine, neighbour_id="1")
    assert code == 404
    code, _ = await s.maud.ask("POST", "/referrals", proposal_id="1", neighbour_id="1")
    assert code == 404
    code, _ = await s.bruno.ask("POST", "/referrals", proposal_id=mine, neighbour_id="1")
    assert code == 403
    assert await s.bruno.get("/referrals") == []
