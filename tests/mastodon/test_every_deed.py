"""Every method that changes something is used once, and what it answers is held against the
documentation's tables (`shapes`), field by field."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from node.mastodon.routes import METHODS
from tests.mastodon import shapes
from tests.mastodon.living import KEY, Life, living
from tests.mastodon.shapes import check
from tests.mastodon.test_media import jpeg, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTED: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "methods.json").read_text()
)
RETURNS: Final[dict[str, Any]] = shapes.ENTITIES | {
    "Status": shapes.OWN_STATUS,
    "nothing": {},
    "markers": shapes.MARKERS,
    "deleted": shapes.DELETED_STATUS,
}
INSTEAD: Final = {
    ("DELETE", "Status"): "deleted",
    ("DELETE", "Admin::DomainBlock"): "nothing",  # as the example shows it, and Mastodon does it
}
ELSEWHERE: Final = {
    "POST /api/v1/accounts": "test_registration",
    "POST /api/v1/admin/accounts/{}/approve": "test_admin",
    "POST /api/v1/admin/accounts/{}/reject": "test_admin",
    "POST /api/v1/statuses/{}/translate": "test_reading",  # 404: there is no translator
    "POST /api/v1/announcements/{}/dismiss": "test_documented_methods",  # 404: there are none
    "POST /oauth/token": "test_oauth",
    "POST /oauth/revoke": "test_oauth",
}
POLL: Final = {"options": ["Oui", "Non"], "expires_in": 3_600}
SUBSCRIPTION: Final = {
    "endpoint": "https://push.example/y",
    "keys": {"p256dh": KEY, "auth": "eH_C8rq2raXqlcBVDa1gLg"},
}
PICTURE: Final = object()
"""Sent as a file."""
A, B = "amina", "benoit"

# Who, the method, what is sent, and under which name the number of what was made is kept.
DEEDS: Final[tuple[tuple[str, str, Any, str], ...]] = (
    (B, "POST /api/v1/apps", {"client_name": "x", "redirect_uris": ["https://a.example"]}, ""),
    (B, "PATCH /api/v1/accounts/update_credentials", {"display_name": "Benoît B."}, ""),
    *(
        (B, f"POST /api/v1/accounts/{{emile}}/{deed}", None, "")
        for deed in (
            *("unfollow", "follow", "block", "unblock", "mute", "unmute", "follow"),
            *("unpin", "pin", "unendorse", "endorse", "remove_from_followers"),
        )
    ),
    (B, "POST /api/v1/accounts/{emile}/note", {"comment": "Au troisième"}, ""),
    (A, "POST /api/v1/accounts/{accounts}/remove_from_followers", None, ""),
    # ── posts
    (A, "POST /api/v1/statuses", {"status": "Un banc", "poll": POLL}, "made"),
    (B, "POST /api/v1/polls/{poll of made}/votes", {"choices": [1]}, ""),
    (A, "PUT /api/v1/statuses/{statuses}", {"status": "Bonne nuit #jardin"}, ""),
    (A, "PUT /api/v1/statuses/{statuses}/interaction_policy",
     {"quote_approval_policy": "followers"}, ""),
    (A, "POST /api/v1/statuses/{statuses}/quotes/{quoting}/revoke", None, ""),
    *(
        (A, f"POST /api/v1/statuses/{{theirs}}/{deed}", None, "")
        for deed in (
            *("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark"),
            *("mute", "unmute"),
        )
    ),
    (A, "POST /api/v1/statuses/{statuses}/pin", None, ""),
    (A, "POST /api/v1/statuses/{statuses}/unpin", None, ""),
    (A, "DELETE /api/v1/statuses/{made}", None, ""),
    (A, "POST /api/v2/media", PICTURE, "picture"),
    (A, "PUT /api/v1/media/{picture}", {"description": "Une porte", "focus": "0.5,-0.5"}, ""),
    (A, "DELETE /api/v1/media/{picture}", None, ""),
    (A, "POST /api/v1/media", PICTURE, ""),
    (A, "PUT /api/v1/scheduled_statuses/{scheduled_statuses}",
     {"scheduled_at": "2040-01-01T12:00:00Z"}, ""),
    (A, "DELETE /api/v1/scheduled_statuses/{scheduled_statuses}", None, ""),
    # ── lists, tags, filters
    (A, "POST /api/v1/lists", {"title": "Voisins"}, "list"),
    (A, "PUT /api/v1/lists/{list}", {"title": "Palier", "replies_policy": "none"}, ""),
    (A, "POST /api/v1/lists/{list}/accounts", {"account_ids": ["{accounts}"]}, ""),
    (A, "DELETE /api/v1/lists/{list}/accounts", {"account_ids": ["{accounts}"]}, ""),
    (A, "DELETE /api/v1/lists/{list}", None, ""),
    (A, "POST /api/v1/featured_tags", {"name": "velo"}, "featured"),
    (A, "DELETE /api/v1/featured_tags/{featured}", None, ""),
    *(
        (A, f"POST /api/v1/tags/outils/{deed}", None, "")
        for deed in ("follow", "unfollow", "feature", "unfeature")
    ),
    (A, "POST /api/v2/filters",
     {"title": "Loin", "context": ["home"], "filter_action": "blur"}, "filter"),
    (A, "PUT /api/v2/filters/{filter}", {"title": "Plus loin", "expires_in": 3_600}, ""),
    (A, "POST /api/v2/filters/{filter}/keywords", {"keyword": "loin"}, "keyword"),
    (A, "PUT /api/v2/filters/keywords/{keyword}", {"keyword": "très loin"}, ""),
    (A, "DELETE /api/v2/filters/keywords/{keyword}", None, ""),
    (A, "POST /api/v2/filters/{filter}/statuses", {"status_id": "{theirs}"}, "filtered"),
    (A, "DELETE /api/v2/filters/statuses/{filtered}", None, ""),
    (A, "DELETE /api/v2/filters/{filter}", None, ""),
    (A, "POST /api/v1/filters", {"phrase": "bruit", "context": ["public"]}, "old"),
    (A, "PUT /api/v1/filters/{old}", {"phrase": "bruits", "context": ["home"]}, ""),
    (A, "DELETE /api/v1/filters/{old}", None, ""),
    # ── what one is told
    (A, "POST /api/v1/markers", {"home": {"last_read_id": "{theirs}"}}, ""),
    (A, "PATCH /api/v2/notifications/policy", {"for_new_accounts": "accept"}, ""),
    (A, "POST /api/v1/notifications/requests/{notifications/requests}/dismiss", None, ""),
    (A, "POST /api/v1/notifications/requests/{notifications/requests}/accept", None, ""),
    (A, "POST /api/v1/notifications/requests/accept", {"id": ["{notifications/requests}"]}, ""),
    (A, "POST /api/v1/notifications/requests/dismiss", {"id": ["{notifications/requests}"]}, ""),
    (A, "POST /api/v1/notifications/{v1/notifications}/dismiss", None, ""),
    (A, "POST /api/v1/notifications/dismiss", {"id": "{another}"}, ""),
    (A, "POST /api/v2/notifications/{v2/notifications}/dismiss", None, ""),
    (A, "POST /api/v1/notifications/clear", None, ""),
    (A, "POST /api/v1/conversations/{conversation}/read", None, ""),
    (A, "DELETE /api/v1/conversations/{conversation}", None, ""),
    (A, "POST /api/v1/push/subscription", {"subscription": SUBSCRIPTION}, ""),
    (A, "PUT /api/v1/push/subscription", {"data": {"alerts": {"mention": False}}}, ""),
    (A, "DELETE /api/v1/push/subscription", None, ""),
    (A, "DELETE /api/v1/suggestions/{emile}", None, ""),
    # ── doors
    (A, "POST /api/v1/follow_requests/{chloe}/authorize", None, ""),
    (B, "POST /api/v1/accounts/{me}/follow", None, ""),  # she is locked
    (A, "POST /api/v1/follow_requests/{accounts}/reject", None, ""),
    (A, "POST /api/v1/domain_blocks", {"domain": "loin.example"}, ""),
    (A, "DELETE /api/v1/domain_blocks", {"domain": "loin.example"}, ""),
    (A, "DELETE /api/v1/profile/avatar", None, ""),
    (A, "DELETE /api/v1/profile/header", None, ""),
    # ── mediators
    (B, "POST /api/v1/reports",
     {"account_id": "{chloe}", "rule_ids": ["1"], "category": "violation"}, "report"),
    *(
        (A, f"POST /api/v1/admin/reports/{{report}}/{deed}", None, "")
        for deed in ("assign_to_self", "unassign", "resolve", "reopen")
    ),
    (A, "PUT /api/v1/admin/reports/{report}", {"category": "spam"}, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/action", {"type": "silence"}, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/unsilence", None, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/action", {"type": "suspend"}, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/unsuspend", None, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/enable", None, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/unsensitive", None, ""),
    (A, "POST /api/v1/admin/accounts/{emile}/action", {"type": "suspend"}, ""),
    (A, "DELETE /api/v1/admin/accounts/{emile}", None, ""),
    (A, "POST /api/v1/admin/domain_blocks",
     {"domain": "bruit.example", "severity": "silence"}, "door"),
    (A, "PUT /api/v1/admin/domain_blocks/{door}", {"public_comment": "Du bruit"}, ""),
    (A, "DELETE /api/v1/admin/domain_blocks/{door}", None, ""),
)  # fmt: skip


def bare(method: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", method)


def documented(method: str) -> dict[str, Any]:
    """The documented method that is meant, numbers and names of tags left out."""
    wanted = bare(method.replace("/outils/", "/{}/"))
    return next(one for one in DOCUMENTED if bare(f"{one['verb']} {one['path']}") == wanted)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def life(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Life]:
    async with living(tmp_path_factory.mktemp("deeds")) as here:
        talks = await here.amina.get("/api/v1/conversations")
        here.numbers["conversation"] = talks[0]["id"]
        yield here


async def test_what_is_done_answers_what_is_documented(life: Life) -> None:
    numbers = life.numbers

    def filled(value: Any) -> Any:
        match value:
            case str():
                return re.sub(r"\{([^}]*)\}", lambda found: numbers[found[1]], value)
            case list():
                return [filled(one) for one in value]
            case dict():
                return {name: filled(one) for name, one in value.items()}
            case _:
                return value

    for who, method, sent, name in DEEDS:
        verb, path = method.split(" ")[0], filled(method.split(" ", 1)[1])
        app = life.amina if who == A else life.benoit
        if sent is PICTURE:
            answer = await send(app, jpeg(), version=int(path[6]))
        else:
            answer = await app.ask(verb, path, json=filled(sent))
        assert answer.status == 200, (method, answer.status, answer.body)
        returns = documented(method)["returns"] or "markers"
        returns = INSTEAD.get((verb, returns), returns)
        check(answer.body, RETURNS[returns], method)
        assert "X-RateLimit-Reset" in answer.headers
        if name:
            numbers[name] = answer.body["id"]
            if answer.body.get("poll"):
                numbers[f"poll of {name}"] = answer.body["poll"]["id"]


async def test_no_deed_is_passed_over() -> None:
    done = {bare(f"{one['verb']} {one['path']}") for _, method, _, _ in DEEDS
            for one in [documented(method)]}  # fmt: skip
    there = {bare(f"{one.verb} {one.path}") for area in METHODS for one in area}
    wanted = {bare(f"{one['verb']} {one['path']}") for one in DOCUMENTED if one["verb"] != "GET"}
    assert wanted & there <= done | ELSEWHERE.keys()
