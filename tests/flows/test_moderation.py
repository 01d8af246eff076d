"""What mediators do on their own node, over HTTP: reports, suspension, silence, notes, audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.actions.accounts import make_token
from node.actions.agreements import accept, offer_help
from node.aid.lifecycle import State
from node.store import agreements, objects, proposals, shares
from tests.databases import new_sqlite
from tests.flows.asking import Asking, people
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Quartier:
    node: Serving
    ada: Asking  # administrator
    maud: Asking  # mediator
    amina: Asking
    bruno: Asking
    carla: Asking

    async def proposal(self, who: Asking, **fields: object) -> tuple[str, str]:
        """Its IRI and its number."""
        uri = await self.node.publish(who.actor, **fields)
        status = await self.node.store.read(objects.by_uri, uri)
        assert status is not None
        return uri, str(status.id)

    async def page(self, path: str) -> tuple[int, str]:
        async with self.ada.session.get(
            self.node.base + path, headers={"Accept": "text/html"}
        ) as answer:
            return answer.status, await answer.text()

    async def state(self, number: str) -> State:
        stored = await self.node.store.read(proposals.by_id, int(number))
        assert stored is not None
        return stored.proposal.state


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def q(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quartier]:
    directory = tmp_path_factory.mktemp("moderation")
    async with (
        serving(new_sqlite(directory), Path(directory)) as node,
        people(
            node, ada="admin", maud="mediator", amina="member", bruno="member", carla="member"
        ) as who,
    ):
        yield Quartier(node, **who)


async def test_a_report_is_looked_at_and_its_reporter_learns_only_that(q: Quartier) -> None:
    """Amina reports Bruno's offer; Maud finds it in the queue, talks to him, and settles it."""
    _, number = await q.proposal(q.bruno, title="Perceuse contre bons")
    report = {
        "account_id": q.bruno.id,
        "proposal_ids": [number],
        "content": "Il demande de l’argent.\nDeux fois.",
        "category": "scam",
    }
    status, made = await q.amina.ask("POST", "/reports", **report)
    assert status == 201
    assert made["state"] == "open"
    assert ("report", {"report": made["id"], "category": "scam"}) in await q.maud.told()
    assert ("report", {"report": made["id"], "category": "scam"}) in await q.ada.told()

    for path in ("/reports", f"/reports/{made['id']}", "/audit"):
        assert (await q.bruno.ask("GET", path))[0] == 403
    queue = await q.maud.get("/reports", state="open")
    assert [one["id"] for one in queue] == [made["id"]]
    found = queue[0]
    assert found["reporter"]["handle"].startswith("amina@")
    assert found["target"]["handle"].startswith("bruno@")
    assert found["content"] == "Il demande de l’argent.\nDeux fois."
    assert len(found["objects"]) == 1

    outcome = {"outcome": "talked", "note": "Il a compris. PLANTED-NOTE"}
    status, settled = await q.maud.ask("POST", f"/reports/{made['id']}/settle", **outcome)
    assert status == 200
    assert (settled["state"], settled["outcome"]) == ("settled", "talked")
    assert settled["settled_by"]["handle"].startswith("maud@")
    assert (await q.maud.ask("POST", f"/reports/{made['id']}/settle", **outcome))[0] == 409
    assert await q.maud.get("/reports", state="open") == []

    assert (await q.amina.told())[-1] == ("report-settled", {"report": made["id"]})
    mine = await q.amina.get("/reports/mine")
    assert [(one["id"], one["state"]) for one in mine] == [(made["id"], "settled")]
    assert "outcome" not in mine[0]
    assert "PLANTED-NOTE" not in str(mine)
    assert await q.bruno.get("/reports/mine") == []
    assert not await q.bruno.told(), "who is reported is not told by a machine"

    notes = await q.ada.get("/moderation/notes", about="report", about_id=made["id"])
    assert [one["text"] for one in notes] == ["Il a compris. PLANTED-NOTE"]
    line = (await q.ada.get("/audit", action="report.settle"))[0]
    assert (line["target"], line["reason"]) == (f"report {made['id']}", "talked")
    assert line["who"].startswith("maud@")

    assert (await q.maud.ask("POST", f"/reports/{made['id']}/reopen"))[0] == 200
    assert (await q.maud.ask("POST", f"/reports/{made['id']}/reopen"))[0] == 409
    assert len(await q.maud.get("/reports", state="open")) == 1


async def test_nobody_reports_what_they_cannot_see(q: Quartier) -> None:
    """Themselves, somebody who is not there, a post of somebody else: one answer for the last."""
    _, number = await q.proposal(q.carla)
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"account_id": q.amina.id}, 409),
        ({"account_id": "1"}, 404),
        ({"account_id": "9999999999999999999"}, 404),
        ({"account_id": q.bruno.id, "proposal_ids": [number]}, 404),
        ({"account_id": q.bruno.id, "proposal_ids": ["12"]}, 404),
        ({"account_id": q.bruno.id, "category": "rude"}, 422),
        ({"account_id": q.bruno.id, "content": "x" * 5_001}, 422),
        ({}, 422),
    ]
    for body, status in wrong:
        assert (await q.amina.ask("POST", "/reports", **body))[0] == status, body


async def test_one_of_ours_is_suspended_and_may_come_back(q: Quartier) -> None:
    """The token ends, the pages go, what is open is removed; later a new token works again."""
    dora = await q.node.account("dora")
    token = await q.node.store.write(make_token, "dora", "read write", 0.0)
    d = Asking(q.node, q.ada.session, dora, token)
    _, number = await q.proposal(d, title="Réparation de vélos")
    assert (await q.page("/@dora"))[0] == 200
    assert "Réparation de vélos" in (await q.page("/"))[1]

    _, asked = await q.proposal(q.carla, title="Étagère à poser", topic="services.diy")
    _, wanted = await q.proposal(q.carla, title="Robinet", topic="services.diy")
    answer = await q.node.store.write(offer_help, q.node.here, dora, int(asked))
    agreed = await q.node.store.write(offer_help, q.node.here, dora, int(wanted))
    await q.node.store.write(accept, q.node.here, q.carla.actor, agreed.id)
    assert await q.state(wanted) is State.MATCHED

    path = f"/moderation/accounts/{d.id}"
    assert (await q.amina.ask("POST", f"{path}/suspend", reason="?"))[0] == 403
    assert (await q.maud.ask("POST", f"{path}/suspend", reason="  "))[0] == 422
    status, found = await q.maud.ask("POST", f"{path}/suspend", reason="Menaces")
    assert status == 200
    assert (found["suspended"], found["role"]) == (True, "member")
    assert (await q.maud.ask("POST", f"{path}/suspend", reason="Menaces"))[0] == 409

    assert (await d.ask("GET", "/reports/mine"))[0] == 401
    assert (await q.page("/@dora"))[0] == 404
    assert "Réparation de vélos" not in (await q.page("/"))[1]
    assert (await q.page(f"/@dora/{number}"))[0] == 404
    assert await q.state(number) is State.REMOVED
    ends = [await q.node.store.read(agreements.by_id, one.id) for one in (answer, agreed)]
    assert [one.state.value for one in ends if one] == ["withdrawn", "cancelled"]
    assert await q.state(wanted) is State.OPEN, "somebody else may help Carla now"
    assert "agreement-cancelled" in [kind for kind, _ in await q.carla.told()]

    assert (await q.maud.ask("POST", f"{path}/unsuspend", reason="Excuses"))[0] == 200
    assert (await q.maud.ask("POST", f"{path}/unsuspend", reason="Excuses"))[0] == 409
    assert (await d.ask("GET", "/reports/mine"))[0] == 401, "the old token stays ended"
    again = await q.node.store.write(make_token, "dora", "read write", 0.0)
    assert (await Asking(q.node, q.ada.session, dora, again).ask("GET", "/reports/mine"))[0] == 200
    assert (await q.page("/@dora"))[0] == 200
    assert await q.state(number) is State.REMOVED
    lines = await q.maud.get("/audit", target=dora.handle)
    assert [(one["action"], one["reason"]) for one in lines] == [
        ("actor.unsuspend", "Excuses"),
        ("actor.suspend", "Menaces"),
    ]


async def test_who_has_a_role_is_judged_by_administrators_alone(q: Quartier) -> None:
    """A mediator suspends no administrator, nobody themselves, and nobody the quartier."""
    suspend = "/moderation/accounts/{}/suspend"
    for who, whom, status in (
        (q.maud, q.ada.id, 403),
        (q.maud, q.maud.id, 409),
        (q.ada, str(q.node.here.quartier.id), 409),
        (q.ada, str(q.node.here.node.id), 409),
        (q.ada, "77", 404),
    ):
        assert (await who.ask("POST", suspend.format(whom), reason="x"))[0] == status
    assert (await q.ada.ask("POST", suspend.format(q.maud.id), reason="Abus"))[0] == 200
    assert (await q.maud.ask("GET", "/reports"))[0] == 401
    back = f"/moderation/accounts/{q.maud.id}/unsuspend"
    assert (await q.ada.ask("POST", back, reason="Erreur"))[0] == 200
    token = await q.node.store.write(make_token, "maud", "read write follow", 0.0)
    object.__setattr__(q.maud, "token", token)


async def test_who_is_silenced_is_served_and_not_listed(q: Quartier) -> None:
    """Neither what is there nor what comes after; at its own address it stays."""
    emil = await q.node.account("emil")
    e = Asking(q.node, q.ada.session, emil, "")
    _, before = await q.proposal(e, title="Annonce d’avant")
    path = f"/moderation/accounts/{e.id}"
    assert (await q.maud.ask("POST", f"{path}/silence", reason="Répète"))[0] == 200
    assert (await q.maud.get(path))["silenced"] is True
    _, after = await q.proposal(e, title="Annonce d’après", topic="care.visit")
    shown = (await q.page("/"))[1]
    assert "Annonce d’avant" not in shown
    assert "Annonce d’après" not in shown
    assert "Annonce d’après" not in (await q.page("/tags/demande"))[1]
    assert (await q.page(f"/@emil/{before}"))[0] == 200
    assert (await q.page(f"/@emil/{after}"))[0] == 200
    assert "Annonce d’avant" in (await q.page("/@emil"))[1]
    told = await q.node.store.read(shares.count, int(after))
    assert told == 0, "the quartier does not announce it"

    assert (await q.maud.ask("POST", f"{path}/silence", reason="Répète"))[0] == 409
    assert (await q.maud.ask("POST", f"{path}/unsilence", reason="Entendu"))[0] == 200
    assert (await q.maud.ask("POST", f"{path}/unsilence", reason="Entendu"))[0] == 409
    assert "Annonce d’avant" in (await q.page("/"))[1]
    assert await q.node.store.read(shares.count, int(after)) == 1


async def test_a_proposal_is_removed_with_a_reason(q: Quartier) -> None:
    """Its author is told why; it leaves the lists; a second time there is nothing to remove."""
    uri, number = await q.proposal(q.carla, title="Cours à 30 euros")
    path = f"/moderation/proposals/{number}/remove"
    assert (await q.carla.ask("POST", path, reason="x"))[0] == 403
    assert (await q.maud.ask("POST", path, reason=""))[0] == 422
    assert (await q.maud.ask("POST", "/moderation/proposals/5/remove", reason="x"))[0] == 404
    assert (await q.maud.ask("POST", path, reason="Ici, rien ne se vend"))[0] == 204
    assert await q.state(number) is State.REMOVED
    assert ("proposal-removed", {"reason": "Ici, rien ne se vend"}) in await q.carla.told()
    assert "Cours à 30 euros" not in (await q.page("/"))[1]
    assert (await q.maud.ask("POST", path, reason="x"))[0] == 409
    line = (await q.maud.get("/audit", action="proposal.remove"))[0]
    assert (line["target"], line["reason"]) == (uri, "Ici, rien ne se vend")


async def test_notes_are_for_mediators_and_taken_out_by_who_wrote_them(q: Quartier) -> None:
    """Or by an administrator; nobody else sees that they are there."""
    draft = {"about": "actor", "about_id": q.bruno.id, "text": "À rappeler mardi."}
    assert (await q.bruno.ask("POST", "/moderation/notes", **draft))[0] == 403
    made = [(await q.maud.ask("POST", "/moderation/notes", **draft))[1] for _ in range(3)]
    where = {"about": "actor", "about_id": q.bruno.id}
    assert (await q.bruno.ask("GET", "/moderation/notes", query=where))[0] == 403
    found = await q.ada.get("/moderation/notes", **where)
    assert [one["id"] for one in found] == [one["id"] for one in reversed(made)]
    assert found[0]["author"] == q.maud.actor.handle
    page = await q.ada.get("/moderation/notes", **where, limit="1", max_id=found[0]["id"])
    assert page == [found[1]]
    nina = await q.node.account("nina", role="mediator")
    token = await q.node.store.write(make_token, "nina", "read write", 0.0)
    other = Asking(q.node, q.ada.session, nina, token)
    assert (await other.ask("DELETE", f"/moderation/notes/{made[0]['id']}"))[0] == 404
    assert (await q.maud.ask("DELETE", f"/moderation/notes/{made[0]['id']}"))[0] == 204
    assert (await q.ada.ask("DELETE", f"/moderation/notes/{made[1]['id']}"))[0] == 204
    assert (await q.ada.ask("DELETE", f"/moderation/notes/{made[1]['id']}"))[0] == 404
    assert len(await q.ada.get("/moderation/notes", **where)) == 1


async def test_between_two_who_are_blocked_nothing_passes(q: Quartier) -> None:
    """Blocked once, seen in the list, told nothing of the other; and taken back."""
    from node.actions.notices import tell
    from node.social.notifications import Kind
    from node.store import blocks

    assert (await q.amina.ask("POST", "/blocks", account_id=q.bruno.id))[0] == 200
    assert (await q.amina.ask("POST", "/blocks", account_id=q.bruno.id))[0] == 200
    assert (await q.amina.ask("POST", "/blocks", account_id=q.amina.id))[0] == 409
    quartier = str(q.node.here.quartier.id)
    assert (await q.amina.ask("POST", "/blocks", account_id=quartier))[0] == 409
    assert (await q.amina.ask("POST", "/blocks", account_id="3"))[0] == 404
    assert [one["id"] for one in await q.amina.get("/blocks")] == [q.bruno.id]
    assert await q.bruno.get("/blocks") == []
    for a, b in ((q.amina, q.bruno), (q.bruno, q.amina)):
        assert await q.node.store.read(blocks.between, a.actor.id, b.actor.id)
        assert await q.node.store.read(blocks.of, a.actor.id) == {b.actor.id}
    before = await q.amina.told()
    for kind in (Kind.COMMENT, Kind.MESSAGE):
        await q.node.store.write(
            tell, q.node.here, q.amina.actor, kind, dedupe="1", by=q.bruno.actor
        )
    assert await q.amina.told() == before
    assert (await q.amina.ask("DELETE", f"/blocks/{q.bruno.id}"))[0] == 204
    assert (await q.amina.ask("DELETE", f"/blocks/{q.bruno.id}"))[0] == 404
    assert not await q.node.store.read(blocks.between, q.amina.actor.id, q.bruno.actor.id)


async def test_servers_are_blocked_one_by_one_and_by_lists(q: Quartier) -> None:
    """What a list changes is said first; applied twice it changes nothing more; people see why,
    and half of a name that is hidden."""
    where = "/moderation/domain-blocks"
    block = {
        "domain": "Loud.Example",
        "severity": "silence",
        "reason": "Bruit",
        "private_reason": "PLANTED-WHY",
        "obfuscate": True,
    }
    assert (await q.amina.ask("PUT", where, **block))[0] == 403
    status, made = await q.maud.ask("PUT", where, **block)
    assert (status, made["domain"]) == (200, "loud.example")
    assert (await q.maud.ask("PUT", where, domain="no domain", severity="suspend"))[0] == 422
    assert (await q.maud.ask("PUT", where, domain="127.0.0.1", severity="suspend"))[0] == 409
    text = (
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
        "loud.example,suspend,false,false,theirs,false\n"
        "bad.example,suspend,true,true,Spam,false\n"
        "b*d.example,suspend,true,true,Spam,true\n"
        "worst,suspend,true,true,Spam,true\n"
        "127.0.0.1,suspend,true,true,You,false\n"
    )
    for apply, added in ((False, ["bad.example"]), (True, ["bad.example"]), (True, [])):
        status, told = await q.maud.ask("POST", f"{where}/import", csv=text, apply=apply)
        assert status == 200
        assert told["applied"] is apply
        assert told["added"] == added
        assert told["hardened"] == (["loud.example"] if added else [])
        assert [line["line"] for line in told["skipped"]] == [4]
        assert [line["line"] for line in told["wrong"]] == [5]
        assert "127.0.0.1" in told["kept"]
    listed = await q.maud.get(where)
    assert [(one["domain"], one["severity"]) for one in listed] == [
        ("bad.example", "suspend"),
        ("loud.example", "suspend"),
    ]
    assert listed[1]["private_reason"] == "PLANTED-WHY"
    assert [one["domain"] for one in await q.maud.get(where, after="bad.example")] == [
        "loud.example"
    ]
    shown = await q.amina.get("/domain-blocks")
    assert [(one["domain"], one["reason"]) for one in shown] == [
        ("bad.example", "Spam"),
        ("lou*.****ple", "Bruit"),
    ]
    assert "PLANTED" not in str(shown)
    exported = await q.maud.get(f"{where}/export")
    assert exported.splitlines() == [
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate",
        "bad.example,suspend,true,true,Spam,false",
        "loud.example,suspend,false,false,Bruit,true",
    ]
    assert (await q.maud.ask("DELETE", where, query={"domain": "bad.example"}))[0] == 204
    assert (await q.maud.ask("DELETE", where, query={"domain": "bad.example"}))[0] == 404
    lines = await q.maud.get("/audit", target="loud.example")
    assert [one["action"] for one in lines] == ["domain.suspend", "domain.silence"]
