"""Every method that only reads is asked on a node where something goes on, and every field of what
it answers is held against the documentation's tables (`shapes`)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
import sqlalchemy as sa

from node.mastodon.routes import METHODS
from node.store.tables import accounts
from tests.mastodon import shapes
from tests.mastodon.shapes import check
from tests.mastodon.signing_in import ALL, App, Town, town
from tests.mastodon.test_media import jpeg, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTED: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "methods.json").read_text()
)
ENTITIES: Final[dict[str, Any]] = shapes.ENTITIES | {"String": str}
NOTHING: Final = {
    # What a node never has: the list is empty, or there is none (404).
    "Announcement": 200,
    "CustomEmoji": 200,
    "IdentityProof": 200,
    "PreviewCard": 200,
    "TermsOfService": 404,
    "Trends::Link": 200,
}
EMPTY: Final = {
    # Lists of which there may be none here, though their entity is checked elsewhere.
    "/api/v1/instance/peers": "nobody elsewhere is known to this node",
}
KEY: Final = (  # of a browser: a point of P-256
    "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8"
)
GONE: Final = {"/api/v1/timelines/link"}


@dataclass
class Life:
    """What happened, and the numbers of it by the names that addresses have for them."""

    amina: App
    benoit: App
    numbers: dict[str, str] = field(default_factory=dict)
    queries: dict[str, Any] = field(default_factory=dict)


async def post(app: App, text: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await app.post("/api/v1/statuses", status=text, **more)
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    directory = tmp_path_factory.mktemp("ruled")
    rules = {"rules": ["On se dit bonjour.", "On rend ce qu’on emprunte."]}
    async with town(directory, "amina", "benoit", node=rules) as here:
        yield here


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def life(ruled: Town) -> Life:
    for name in ("chloe", "dora", "emile"):
        await ruled.node.account(name)
    scopes = f"{ALL} admin:read admin:write"
    amina = await (await ruled.app(scopes=scopes)).sign_in("amina", scope=scopes)
    benoit, chloe = await ruled.app("benoit"), await ruled.app("chloe")
    me, other, third = [
        (await one.get("/api/v1/accounts/verify_credentials"))["id"]
        for one in (amina, benoit, chloe)
    ]
    mediator = sa.update(accounts).where(accounts.c.actor_id == int(me)).values(role="mediator")
    await ruled.node.store.write(lambda tx: tx.execute(mediator))
    await benoit.ask("PATCH", "/api/v1/accounts/update_credentials", json={"discoverable": True})
    await amina.post(f"/api/v1/accounts/{other}/follow")
    await benoit.post(f"/api/v1/accounts/{me}/follow")
    await benoit.post(f"/api/v1/accounts/{third}/follow")
    await amina.post(f"/api/v1/accounts/{other}/pin")
    picture = (await send(amina, jpeg(), description="Un carré")).body
    loose = (await send(amina, jpeg(), description="Un autre")).body
    status = await post(
        amina, "Bonjour #jardin @benoit", media_ids=[picture["id"]], spoiler_text="Jardin"
    )
    one = f"/api/v1/statuses/{status['id']}"
    await amina.ask("PUT", one, json={"status": "Bonsoir #jardin", "media_ids": [picture["id"]]})
    await post(benoit, "@amina salut #jardin", in_reply_to_id=status["id"])
    await post(benoit, "Je cite", quoted_status_id=status["id"])
    for deed in ("favourite", "reblog"):
        await benoit.post(f"{one}/{deed}")
    theirs = await post(benoit, "Un banc #jardin")
    for deed in ("favourite", "bookmark"):
        await amina.post(f"/api/v1/statuses/{theirs['id']}/{deed}")
    poll = await post(
        amina, "Lundi ?", poll={"options": ["Oui", "Non"], "expires_in": 3_600, "multiple": True}
    )
    await benoit.post(f"/api/v1/polls/{poll['poll']['id']}/votes", choices=[0])
    await post(benoit, "@amina entre nous", visibility="direct")
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    scheduled = await post(amina, "Demain", scheduled_at=later)
    circle = await amina.post("/api/v1/lists", title="Amis")
    await amina.post(f"/api/v1/lists/{circle['id']}/accounts", account_ids=[other])
    await post(benoit, "Pour la liste")
    filters = await amina.post(
        "/api/v2/filters",
        title="Bruit",
        context=["home", "public"],
        keywords_attributes=[{"keyword": "banc", "whole_word": True}],
    )
    marked = await amina.post(f"/api/v2/filters/{filters['id']}/statuses", status_id=theirs["id"])
    await amina.post("/api/v1/tags/jardin/follow")
    await amina.post("/api/v1/featured_tags", name="jardin")
    await amina.post("/api/v1/domain_blocks", domain="bruit.example")
    await amina.post("/api/v1/admin/domain_blocks", domain="pire.example", severity="suspend")
    await benoit.post("/api/v1/reports", account_id=third, comment="Il crie")
    await amina.post(f"/api/v1/accounts/{third}/mute", duration=600)
    dora, emile = [
        (await amina.get("/api/v1/accounts/lookup", acct=name))["id"] for name in ("dora", "emile")
    ]
    await amina.post(f"/api/v1/accounts/{dora}/block")
    await benoit.post(f"/api/v1/accounts/{emile}/follow")
    await benoit.post(f"/api/v1/accounts/{emile}/pin")
    await benoit.post("/api/v1/featured_tags", name="jardin")
    await post(amina, "À #velo")
    told_emile = {"discoverable": True, "note": "Du quartier"}
    emiles = await ruled.app("emile")
    await emiles.ask("PATCH", "/api/v1/accounts/update_credentials", json=told_emile)
    await post(emiles, "Bonjour")
    await amina.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    await chloe.post(f"/api/v1/accounts/{me}/follow")
    await amina.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
    await amina.post(f"/api/v1/accounts/{third}/unmute")
    await post(chloe, "@amina coucou")
    await amina.post(f"/api/v1/accounts/{third}/mute", duration=600)
    await amina.post(
        "/api/v1/push/subscription",
        subscription={
            "endpoint": "https://push.example/x",
            "keys": {
                "p256dh": KEY,
                "auth": "eH_C8rq2raXqlcBVDa1gLg",
            },
        },
    )
    await ruled.node.settled()
    groups = await amina.get("/api/v2/notifications")
    group = next(one for one in groups["notification_groups"] if one["type"] == "favourite")
    told_of = await amina.get("/api/v1/notifications")
    requests = await amina.get("/api/v1/notifications/requests")
    reports = await amina.get("/api/v1/admin/reports")
    blocked = await amina.get("/api/v1/admin/domain_blocks")
    return Life(
        amina,
        benoit,
        {
            "accounts": other,
            "admin/accounts": other,
            "statuses": status["id"],
            "polls": poll["poll"]["id"],
            "media": loose["id"],
            "lists": circle["id"],
            "timelines/list": circle["id"],
            "timelines/tag": "jardin",
            "tags": "jardin",
            "v2/filters": filters["id"],
            "v2/filters/keywords": filters["keywords"][0]["id"],
            "v2/filters/statuses": marked["id"],
            "v1/filters": filters["keywords"][0]["id"],
            "scheduled_statuses": scheduled["id"],
            "v1/notifications": told_of[0]["id"],
            "v2/notifications": group["group_key"],
            "notifications/requests": requests[0]["id"],
            "admin/reports": reports[0]["id"],
            "admin/domain_blocks": blocked[0]["id"],
            "terms_of_service": "2026-01-01",
        },
        {
            "/api/v1/accounts": {"id[]": other},
            "/api/v1/statuses": {"id[]": status["id"]},
            "/api/v1/accounts/relationships": {"id[]": other},
            "/api/v1/accounts/familiar_followers": {"id[]": other},
            "/api/v1/accounts/search": {"q": "benoit"},
            "/api/v1/accounts/lookup": {"acct": "benoit"},
            "/api/v2/search": {"q": "jardin"},
            "/api/v1/timelines/link": {"url": "https://a.example"},
        },
    )


def address(life: Life, path: str) -> str:
    """With the numbers of what there is: by the longest name that stands before them."""

    def number(found: re.Match[str]) -> str:
        before = path[: found.start()].rstrip("/")
        names = [one for one in life.numbers if before.endswith(f"/{one}")]
        return life.numbers[max(names, key=len)]

    return re.sub(r"\{[^}]*\}", number, path)


READ: Final = {(one.verb, re.sub(r"\{[^}]*\}", "{}", one.path)) for area in METHODS for one in area}
READING: Final = [
    one
    for one in DOCUMENTED
    if one["verb"] == "GET"
    and one["returns"]
    and ("GET", re.sub(r"\{[^}]*\}", "{}", one["path"])) in READ
    and one["path"] not in GONE
]


@pytest.mark.parametrize("method", READING, ids=lambda one: one["path"])
async def test_what_is_read_is_what_is_documented(life: Life, method: dict[str, Any]) -> None:
    path, returns = method["path"], method["returns"]
    name = returns[0] if isinstance(returns, list) else returns
    answer = await life.amina.ask("GET", address(life, path), params=life.queries.get(path))
    if name in NOTHING:
        assert answer.status in (NOTHING[name], 404), (path, answer.body)
        assert answer.status == 404 or answer.body in ([], {}, None)
        return
    assert answer.status == 200, (path, answer.body)
    shape = ENTITIES[name]
    check(answer.body, [shape] if isinstance(returns, list) else shape)
    if isinstance(returns, list) and path not in EMPTY:
        assert answer.body, f"{path} is empty: nothing was looked at"


async def test_no_method_is_passed_over() -> None:
    assert len(READING) > 80
    named = {
        one["returns"][0] if isinstance(one["returns"], list) else one["returns"] for one in READING
    }
    assert named <= ENTITIES.keys() | NOTHING.keys()
