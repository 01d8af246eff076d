"""What the node says of itself to apps, to their detectors, and to who looks around."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from node.actions.house import set_texts
from node.mastodon.routes import METHODS
from node.social import limits
from node.store import actors, moderation, reports
from tests.mastodon.shapes import (
    ACCOUNT,
    DOMAIN_BLOCK,
    INSTANCE,
    PAGE_OF_WORDS,
    REPORT,
    SUGGESTION,
    V1_INSTANCE,
    WEEK,
    check,
)
from tests.mastodon.signing_in import Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_instance(shared: Town) -> None:
    app = await shared.app()
    told = await app.get("/api/v2/instance")
    check(told, INSTANCE)
    assert told["domain"] == shared.node.domain
    assert re.match(r"4\.5\.0 \(compatible; Entraide \d+\.\d+\.\d+\)", told["version"])
    assert told["configuration"]["urls"]["streaming"] == f"ws://{shared.node.domain}"
    assert told["configuration"]["statuses"]["max_characters"] == limits.CHARACTERS
    assert told["contact"]["account"]["username"] == "quartier"
    old = await app.get("/api/v1/instance")
    check(old, V1_INSTANCE)
    assert old["uri"] == shared.node.domain
    assert old["stats"]["user_count"] >= 2
    assert (old["registrations"], old["approval_required"]) == (True, True)
    async with shared.web.get(told["thumbnail"]["url"]) as answer:
        assert answer.status == 200


async def test_it_says_what_the_association_says(tmp_path: Path) -> None:
    """Its words, written at the desk, are the instance's, and the profile of the quartier's
    account, which is read elsewhere as well."""
    async with town(tmp_path, "amina") as here:
        chief = await here.node.account("alma", role="admin")
        said = "Nous sommes le centre social.\n\nDepuis 1931."
        given = {"description": said, "contact_email": "accueil@example.org"}
        await here.node.store.write(set_texts, here.node.here, chief, given, [])
        app = await here.app()
        told, old = await app.get("/api/v2/instance"), await app.get("/api/v1/instance")
        assert told["description"] == old["description"] == "Nous sommes le centre social."
        assert told["contact"]["email"] == old["email"] == "accueil@example.org"
        paragraphs = "<p>Nous sommes le centre social.</p><p>Depuis 1931.</p>"
        more = await app.get("/api/v1/instance/extended_description")
        assert more["content"] == paragraphs
        found = await app.get("/api/v1/accounts/lookup", acct="quartier")
        assert found["note"] == paragraphs


async def test_what_is_declared_is_served(shared: Town) -> None:
    """Apps switch on what the number of the API promises."""
    app = await shared.app()
    promised = {
        2: ("GET", "/api/v2/notifications"),
        7: ("GET", "/api/v1/statuses/{id}/quotes"),
    }
    served = {(one.verb, one.path) for area in METHODS for one in area}
    declared = (await app.get("/api/v2/instance"))["api_versions"]["mastodon"]
    for version, method in promised.items():
        assert (declared >= version) == (method in served), method


async def test_detectors_know_it(shared: Town) -> None:
    app = await shared.app()
    for path in ("/.well-known/nodeinfo", "/.well-known/host-meta", "/nodeinfo/2.0"):
        told = await app.ask("GET", path)
        assert told.status == 200
        assert told.headers["Access-Control-Allow-Origin"] == "*"
    for version in ("2.0", "2.1"):
        told = await app.ask("GET", f"/nodeinfo/{version}")
        assert told.body["metadata"]["upstream"] == {"name": "mastodon", "version": "4.5.0"}
    assert shared.node.domain in (await app.ask("GET", "/.well-known/host-meta")).body
    # What is refused can be read by apps in browsers, too
    refused = await app.ask("GET", "/api/v1/accounts/verify_credentials")
    assert (refused.status, set(refused.body)) == (401, {"error"})
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    nothing = await app.ask("GET", "/api/v1/nothing-of-the-kind")
    assert (nothing.status, set(nothing.body)) == (404, {"error"})
    assert nothing.headers["Access-Control-Allow-Origin"] == "*"


async def test_who_looks_around(shared: Town) -> None:
    app = await shared.app("amina")
    for path, shape in (
        ("peers", [str]),
        ("activity", [WEEK]),
        ("rules", [dict]),
        ("extended_description", PAGE_OF_WORDS),
        ("privacy_policy", PAGE_OF_WORDS),
        ("translation_languages", dict),
    ):
        check(await app.get(f"/api/v1/instance/{path}"), shape)
    weeks = await app.get("/api/v1/instance/activity")
    assert len(weeks) == 12
    assert int(weeks[0]["registrations"]) >= 2
    assert await app.get("/api/v1/custom_emojis") == []
    assert await app.get("/api/v1/announcements") == []
    assert (await app.ask("GET", "/api/v1/instance/terms_of_service")).status == 404
    for domain, severity, hidden in (
        ("bad.example", "suspend", True),
        ("loud.example", "silence", False),
        ("plain.example", "noop", False),
    ):
        await shared.node.store.write(
            moderation.block_domain, domain=domain, severity=severity, obfuscate=hidden, now=1.0
        )
    blocks = await app.get("/api/v1/instance/domain_blocks")
    check(blocks, [DOMAIN_BLOCK])
    assert [one["severity"] for one in blocks] == ["suspend", "silence"]
    assert blocks[0]["domain"] != "bad.example"
    anybody = await shared.app()
    assert (await anybody.ask("GET", "/api/v1/instance/domain_blocks")).status == 401


async def test_the_directory_and_suggestions(shared: Town) -> None:
    app = await shared.app("amina")
    await app.post("/api/v1/statuses", status="Bonjour tout le monde")
    await shared.node.account("gaston")
    await shared.node.account("henri")
    found = await app.get("/api/v1/directory", order="new", local="true")
    check(found, [ACCOUNT])
    names = [one["username"] for one in found]
    assert names[:2] == ["henri", "gaston"]
    assert names.index("benoit") < names.index("amina")
    active = await app.get("/api/v1/directory")
    assert active[0]["username"] == "amina"
    assert await app.get("/api/v1/directory", offset="100") == []
    assert (await app.ask("GET", "/api/v1/directory?order=old")).status == 422
    ids = {one["username"]: one["id"] for one in found}
    hidden = await shared.app("henri")
    told = await hidden.ask(
        "PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": False}
    )
    assert told.status == 200
    await (await shared.app("benoit")).post(f"/api/v1/accounts/{ids['gaston']}/follow")
    await app.post(f"/api/v1/accounts/{ids['benoit']}/follow")
    suggested = await app.get("/api/v2/suggestions")
    check(suggested, [SUGGESTION])
    why = {one["account"]["username"]: one["sources"] for one in suggested}
    assert list(why)[:3] == ["quartier", "urgent", "gaston"]
    assert (why["quartier"], why["gaston"]) == (["featured"], ["friends_of_friends"])
    assert "henri" not in {one["account"]["username"] for one in suggested}
    assert (await app.ask("DELETE", f"/api/v1/suggestions/{ids['gaston']}")).status == 200
    check(await app.get("/api/v1/suggestions"), [ACCOUNT])
    assert "gaston" not in {one["username"] for one in await app.get("/api/v1/suggestions")}


async def test_reports(shared: Town) -> None:
    app = await shared.app("benoit")
    amina = await shared.node.store.read(actors.local_by_username, "amina")
    assert amina is not None
    status = await (await shared.app("amina")).post("/api/v1/statuses", status="À signaler")
    made = await app.post(
        "/api/v1/reports",
        account_id=str(amina.id),
        status_ids=[status["id"]],
        comment="Ce n’est pas vrai",
        category="scam",
    )
    check(made, REPORT)
    assert (made["category"], made["status_ids"]) == ("other", [status["id"]])
    kept = await shared.node.store.read(reports.by_id, int(made["id"]))
    assert kept is not None
    assert (kept.category, kept.content) == ("scam", "Ce n’est pas vrai")
    for wrong, answer in (
        ({"account_id": "1"}, 404),
        ({}, 404),
        ({"account_id": str(amina.id), "status_ids": ["1"]}, 404),
        ({"account_id": str(amina.id), "category": "?"}, 422),
        ({"account_id": str(amina.id), "comment": "x" * 100_000}, 422),
    ):
        assert (await app.ask("POST", "/api/v1/reports", json=wrong)).status == answer
