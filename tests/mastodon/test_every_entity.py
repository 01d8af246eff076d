"""Every method that only reads is asked on a node where something goes on, and every field of what
it answers is held against the documentation's tables (`shapes`)."""

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
from tests.mastodon.living import Life, address, living
from tests.mastodon.shapes import check

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTED: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "methods.json").read_text()
)
ENTITIES: Final[dict[str, Any]] = shapes.ENTITIES | {"String": str}
SIGNED_IN: Final = ENTITIES | {"Status": shapes.OWN_STATUS}
UNNAMED: Final = {
    "/.well-known/oauth-authorization-server": shapes.AUTHORIZATION_SERVER,
    "/api/oembed": shapes.OEMBED,
    "/api/v1/instance/activity": [shapes.WEEK],
    "/api/v1/instance/translation_languages": {},
    "/api/v1/markers": shapes.MARKERS,
    "/api/v1/notifications/requests/merged": shapes.MERGED,
    "/api/v1/notifications/unread_count": shapes.COUNT,
    "/api/v1/preferences": shapes.PREFERENCES,
    "/api/v2/notifications/unread_count": shapes.COUNT,
    "/oauth/userinfo": shapes.USER_INFO,
}
"""What is answered by methods whose entity has no name in the documentation."""
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
GONE: Final = {"/api/v1/timelines/link"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def life(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Life]:
    async with living(tmp_path_factory.mktemp("life")) as here:
        yield here


READ: Final = {(one.verb, re.sub(r"\{[^}]*\}", "{}", one.path)) for area in METHODS for one in area}
READING: Final = [
    one
    for one in DOCUMENTED
    if one["verb"] == "GET"
    and ("GET", re.sub(r"\{[^}]*\}", "{}", one["path"])) in READ
    and one["path"] not in GONE
]


OPEN: Final = [one for one in READING if one["token"] in (None, "none", "optional")]
IDS: Final = lambda one: one["path"]  # noqa: E731


def kind_of(method: dict[str, Any], entities: dict[str, Any]) -> Any:
    returns = method["returns"]
    if returns is None:
        return UNNAMED[method["path"]]
    return [entities[returns[0]]] if isinstance(returns, list) else entities[returns]


def named(method: dict[str, Any]) -> str:
    returns = method["returns"]
    return returns[0] if isinstance(returns, list) else returns or ""


@pytest.mark.parametrize("method", READING, ids=IDS)
async def test_what_is_read_is_what_is_documented(life: Life, method: dict[str, Any]) -> None:
    path, name = method["path"], named(method)
    answer = await life.amina.ask("GET", address(life, path), params=life.queries.get(path))
    if name in NOTHING:
        assert answer.status in (NOTHING[name], 404), (path, answer.body)
        assert answer.status == 404 or answer.body in ([], {}, None)
        return
    assert answer.status == 200, (path, answer.body)
    check(answer.body, kind_of(method, SIGNED_IN))
    if isinstance(method["returns"], list) and path not in EMPTY:
        assert answer.body, f"{path} is empty: nothing was looked at"


@pytest.mark.parametrize("method", OPEN, ids=IDS)
async def test_whoever_is_not_signed_in_reads_the_same(life: Life, method: dict[str, Any]) -> None:
    path, name = method["path"], named(method)
    answer = await life.nobody.ask("GET", address(life, path), params=life.queries.get(path))
    if method["token"] == "none" and name not in NOTHING:
        assert answer.status == 200, (path, answer.body)
    if answer.status == 200 and name not in NOTHING:
        check(answer.body, kind_of(method, ENTITIES))
        told = json.dumps(answer.body)
        assert '"bookmarked"' not in told, "nobody is signed in"
        assert "amina@example.org" not in told
    else:
        assert answer.status in (200, 401, 404)


async def test_no_method_is_passed_over() -> None:
    assert len(READING) > 90
    assert {named(one) for one in READING if one["returns"]} <= ENTITIES.keys() | NOTHING.keys()
    assert {one["path"] for one in READING if not one["returns"]} == UNNAMED.keys()
