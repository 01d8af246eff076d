"""A quartier in which something goes on: posts, pictures, polls, quotes, follows, lists, filters,
reports, a mediator."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from node.store.tables import accounts
from tests.mastodon.signing_in import ALL, App, Town, town
from tests.mastodon.test_media import jpeg, send

SCOPES: Final = f"{ALL} admin:read admin:write"
KEY: Final = (  # of a browser: a point of P-256
    "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8"
)


@dataclass
class Life:
    """What happened, and the numbers of it by the names that addresses have for them."""

    nobody: App
    """Who is not signed in."""
    amina: App
    benoit: App
    numbers: dict[str, str] = field(default_factory=dict)
    queries: dict[str, Any] = field(default_factory=dict)


async def post(app: App, text: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await app.post("/api/v1/statuses", status=text, **more)
    return made


@asynccontextmanager
async def living(directory: Path) -> AsyncIterator[Life]:
    rules = {"rules": ["On se dit bonjour.", "On rend ce qu’on emprunte."]}
    async with town(directory, "amina", "benoit", node=rules) as here:
        yield await _begin(here)


async def _begin(ruled: Town) -> Life:
    for name in ("chloe", "dora", "emile"):
        await ruled.node.account(name)
    amina = await (await ruled.app(scopes=SCOPES)).sign_in("amina", scope=SCOPES)
    benoit, chloe = await ruled.app("benoit"), await ruled.app("chloe")
    me, other, third = [
        (await one.get("/api/v1/accounts/verify_credentials"))["id"]
        for one in (amina, benoit, chloe)
    ]
    admin = sa.update(accounts).where(accounts.c.actor_id == int(me)).values(role="admin")
    await ruled.node.store.write(lambda tx: tx.execute(admin))
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
    quoting = await post(benoit, "Je cite", quoted_status_id=status["id"])
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
    await amina.post("/api/v1/markers", home={"last_read_id": theirs["id"]})
    await ruled.node.settled()
    groups = await amina.get("/api/v2/notifications")
    group = next(one for one in groups["notification_groups"] if one["type"] == "favourite")
    told_of = await amina.get("/api/v1/notifications")
    requests = await amina.get("/api/v1/notifications/requests")
    reports = await amina.get("/api/v1/admin/reports")
    blocked = await amina.get("/api/v1/admin/domain_blocks")
    return Life(
        await ruled.app(),
        amina,
        benoit,
        {
            "me": me,
            "chloe": third,
            "emile": emile,
            "theirs": theirs["id"],
            "quoting": quoting["id"],
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
            "another": told_of[1]["id"],
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
            "/api/v1/markers": {"timeline[]": "home"},
            "/api/oembed": {"url": theirs["uri"]},
        },
    )


def address(life: Life, path: str) -> str:
    """With the numbers of what there is: by the longest name that stands before them."""

    def number(found: re.Match[str]) -> str:
        before = path[: found.start()].rstrip("/")
        names = [one for one in life.numbers if before.endswith(f"/{one}")]
        return life.numbers[max(names, key=len)]

    return re.sub(r"\{[^}]*\}", number, path)
