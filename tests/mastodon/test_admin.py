"""What mediators do with an app, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from node.mastodon.methods import admin_accounts, admin_domains, admin_reports
from node.store import actors
from tests.mastodon.shapes import ADMIN_ACCOUNT, ADMIN_DOMAIN_BLOCK, ADMIN_REPORT, check
from tests.mastodon.signing_in import ALL, App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCOPES = f"{ALL} admin:read admin:write"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def maud(shared: Town) -> App:
    """A mediator."""
    await shared.node.account("maud", role="mediator")
    app = await shared.app(scopes=SCOPES)
    return await app.sign_in("maud", scope=SCOPES)


async def _id(town: Town, name: str) -> str:
    actor = await town.node.store.read(actors.local_by_username, name)
    assert actor is not None
    return str(actor.id)


async def test_nobody_else(shared: Town, maud: App) -> None:
    member = await (await shared.app(scopes=SCOPES)).sign_in("amina", scope=SCOPES)
    narrow = await shared.app("maud")
    methods = (*admin_accounts.METHODS, *admin_reports.METHODS, *admin_domains.METHODS)
    assert len(methods) == 23
    for method in methods:
        path = method.path.replace("{id}", "1")
        assert (await narrow.ask(method.verb, path)).status == 403, path
        refused = await member.ask(method.verb, path)
        assert (refused.status, refused.body) == (403, {"error": "This action is not allowed"})
        assert (await (await shared.app()).ask(method.verb, path)).status == 401


async def test_looking_through_people(shared: Town, maud: App) -> None:
    for path in ("/api/v1/admin/accounts", "/api/v2/admin/accounts"):
        check(await maud.get(path), [ADMIN_ACCOUNT])
        named = await maud.get(path, username="AMI")
        assert [one["email"] for one in named] == ["amina@example.org"]
    staff = await maud.get("/api/v2/admin/accounts", permissions="staff", origin="local")
    assert [one["username"] for one in staff] == ["maud"]
    assert staff[0]["role"]["name"] == "Médiation"
    assert await maud.get("/api/v2/admin/accounts", origin="remote") == []
    assert await maud.get("/api/v1/admin/accounts", disabled="true") == []
    one = await maud.get("/api/v2/admin/accounts", email="benoit@example.org")
    assert [found["username"] for found in one] == ["benoit"]
    page = await maud.ask("GET", "/api/v2/admin/accounts?limit=1")
    assert 'rel="next"' in page.headers["Link"]


async def test_who_asks_to_join(shared: Town, maud: App) -> None:
    for name in ("paul", "rita"):
        asked = {
            "username": name,
            "email": f"{name}@example.org",
            "password": "quelques mots",
            "text": "J’habite rue Belfort",
        }
        async with shared.web.post(
            f"{shared.node.base}/api/aid/v1/join_requests", json=asked
        ) as answer:
            assert answer.status < 300, await answer.text()
    waiting = await maud.get("/api/v2/admin/accounts", status="pending")
    check(waiting, [ADMIN_ACCOUNT])
    assert [(one["username"], one["approved"]) for one in waiting] == [
        ("rita", False),
        ("paul", False),
    ]
    assert waiting[0]["invite_request"] == "J’habite rue Belfort"
    rita, paul = (one["id"] for one in waiting)
    check(await maud.get(f"/api/v1/admin/accounts/{paul}"), ADMIN_ACCOUNT)
    made = await maud.post(f"/api/v1/admin/accounts/{paul}/approve")
    check(made, ADMIN_ACCOUNT)
    assert (made["username"], made["approved"]) == ("paul", True)
    assert (await maud.ask("POST", f"/api/v1/admin/accounts/{paul}/approve")).status == 403
    check(await maud.post(f"/api/v1/admin/accounts/{rita}/reject"), ADMIN_ACCOUNT)
    assert await maud.get("/api/v1/admin/accounts", pending="true") == []


async def test_judging(shared: Town, maud: App) -> None:
    benoit = await _id(shared, "benoit")
    path = f"/api/v1/admin/accounts/{benoit}"
    for kind, undo, name in (
        ("silence", "unsilence", "silenced"),
        ("suspend", "unsuspend", "suspended"),
    ):
        assert await maud.post(f"{path}/action", type=kind, text="Insistant") == {}
        judged = await maud.get(path)
        assert judged[name] is True
        (found,) = await maud.get("/api/v1/admin/accounts", **{name: "true"})
        assert found["id"] == benoit
        assert (await maud.ask("POST", f"{path}/action", json={"type": kind})).status == 403
        assert (await maud.post(f"{path}/{undo}"))[name] is False
    for wrong in ("disable", "sensitive", ""):
        assert (await maud.ask("POST", f"{path}/action", json={"type": wrong})).status == 422
    check(await maud.post(f"{path}/enable"), ADMIN_ACCOUNT)
    assert (await maud.ask("DELETE", path)).status == 403
    itself = f"/api/v1/admin/accounts/{await _id(shared, 'maud')}"
    assert (await maud.ask("POST", f"{itself}/action", json={"type": "suspend"})).status == 403


async def test_reports(shared: Town, maud: App) -> None:
    amina = await shared.app("amina")
    maud_s = await _id(shared, "maud")
    status = await maud.post("/api/v1/statuses", status="Une annonce")
    made = await amina.post(
        "/api/v1/reports", account_id=maud_s, status_ids=[status["id"]], comment="Hm"
    )
    path = f"/api/v1/admin/reports/{made['id']}"
    found = await maud.get("/api/v1/admin/reports")
    check(found, [ADMIN_REPORT])
    assert [one["id"] for one in found] == [made["id"]]
    assert [one["id"] for one in found[0]["statuses"]] == [status["id"]]
    assert (await maud.post(f"{path}/assign_to_self"))["assigned_account"]["username"] == "maud"
    assert (await maud.post(f"{path}/unassign"))["assigned_account"] is None
    spam = await maud.ask("PUT", path, json={"category": "spam"})
    assert spam.body["category"] == "spam"
    settled = await maud.post(f"{path}/resolve")
    check(settled, ADMIN_REPORT)
    assert settled["action_taken_by_account"]["username"] == "maud"
    assert (await maud.ask("POST", f"{path}/resolve")).status == 403
    assert await maud.get("/api/v1/admin/reports") == []
    assert len(await maud.get("/api/v1/admin/reports", resolved="true")) == 1
    assert (await maud.post(f"{path}/reopen"))["action_taken"] is False
    named: dict[str, Any] = {"target_account_id": maud_s}
    assert len(await maud.get("/api/v1/admin/reports", **named)) == 1
    assert await maud.get("/api/v1/admin/reports", account_id=maud_s) == []


async def test_servers(shared: Town, maud: App) -> None:
    path = "/api/v1/admin/domain_blocks"
    made = await maud.post(path, domain="Spam.example", severity="suspend", public_comment="Spam")
    check(made, ADMIN_DOMAIN_BLOCK)
    assert (made["id"], made["public_comment"]) == ("spam.example", "Spam")
    again = await maud.ask("POST", path, json={"domain": "spam.example"})
    assert again.status == 422
    check(again.body["existing_domain_block"], ADMIN_DOMAIN_BLOCK)
    one = f"{path}/spam.example"
    changed = await maud.ask("PUT", one, data={"severity": "silence", "obfuscate": "true"})
    assert changed.body == made | {"severity": "silence", "obfuscate": True}
    await maud.post(path, domain="loud.example")
    assert [found["domain"] for found in await maud.get(path)] == ["loud.example", "spam.example"]
    page = await maud.ask("GET", f"{path}?limit=1")
    assert "max_id=loud.example" in page.headers["Link"]
    assert (await maud.ask("DELETE", one)).status == 200
    assert (await maud.ask("GET", one)).status == 404
    for wrong in ({"domain": ""}, {"domain": shared.node.domain}, {"domain": "not a name"}):
        assert (await maud.ask("POST", path, json=wrong)).status == 422
