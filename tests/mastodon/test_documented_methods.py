"""Mastodon's documentation, the table of methods and our own page about it say the same.

`data/methods.json` is the list of all methods of docs.joinmastodon.org: verb, path, token, scope.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any, Final

import pytest

from node.mastodon.method import Method
from node.mastodon.methods import streaming
from node.mastodon.oauth import page
from node.mastodon.routes import METHODS
from node.social.accounts import allows
from tests.mastodon.signing_in import ALL, App, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT: Final = Path(__file__).parents[2]
DOCUMENTED: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "methods.json").read_text()
)
OURS: Final = [method for area in (*METHODS, page.METHODS) for method in area]
# What stands outside of the table.
BESIDE: Final = frozenset(
    {
        ("GET", "/health"),
        ("GET", streaming.BASE),
        ("GET", f"{streaming.BASE}/health"),
        *(("GET", f"{streaming.BASE}/{path}") for path in streaming.PATHS),
    }
)
EVERYTHING: Final = f"{ALL} admin:read admin:write"
NONSENSE: Final = (
    *("", "0", "-1", "9" * 30, "18446744073709551616", "true", "null", "é" * 50, "a\x00b", "nan"),
    *("@amina", "http://[::1", "#x", "2026-13-45T00:00:00Z", "1e400", "home", "%", "x" * 300),
)


def bare(path: str) -> str:
    return re.sub(r":\w+|\{[^}]*\}", "{}", path.rstrip("/"))


def ours() -> dict[tuple[str, str], Method]:
    return {(one.verb, bare(one.path)): one for one in OURS}


def told() -> tuple[dict[tuple[str, str], tuple[str, str]], dict[tuple[str, str], str]]:
    """Of docs/client-api.md: what there is, with who and scope; what there is not, with why."""
    text = (ROOT / "docs" / "client-api.md").read_text()
    here, _, missing = text.partition("## Beyond")[0].partition("## What is not here")
    row = r"^\| `([A-Z]+) ([^`]+)` \| (.*?) \| (.*?) ?\|$"
    there = {(m[1], bare(m[2])): (m[3], m[4]) for m in re.finditer(row, here, re.MULTILINE)}
    why = {
        (m[1], bare(m[2])): m[3]
        for m in re.finditer(r"^\| `([A-Z]+) ([^`]+)` \| (.+) \|$", missing, re.MULTILINE)
    }
    return there, why


async def test_each_documented_method_is_here_or_its_absence_has_a_reason() -> None:
    there, why = told()
    documented = {(one["verb"], bare(one["path"])) for one in DOCUMENTED}
    assert not there.keys() & why.keys()
    assert there.keys() | why.keys() == documented
    assert there.keys() == documented & (ours().keys() | BESIDE)
    assert all(len(reason) > 30 for reason in why.values())


async def test_what_nobody_documents_is_told_of() -> None:
    beyond = (ROOT / "docs" / "client-api.md").read_text().partition("## Beyond")[2]
    told_of = {
        (m[1], bare(m[2])) for m in re.finditer(r"^\| `([A-Z]+) ([^`]+)` ", beyond, re.MULTILINE)
    }
    assert told_of == ours().keys() - {(one["verb"], bare(one["path"])) for one in DOCUMENTED}


async def test_the_page_tells_who_may_and_with_which_scope() -> None:
    there, _ = told()
    for key, (who, scope) in there.items():
        method = ours().get(key)
        if method is None:
            assert key in BESIDE
            continue
        scopes = (method.scope,) if isinstance(method.scope, str) else method.scope or ()
        assert (who, scope) == (method.who, " or ".join(f"`{one}`" for one in scopes)), key


async def test_the_scopes_are_those_of_the_documentation() -> None:
    """A token with the documented scope is let in, wherever a scope is documented."""
    for one in DOCUMENTED:
        method = ours().get((one["verb"], bare(one["path"])))
        if method is None or not one["scope"] or method.scope is None:
            continue
        wanted = (method.scope,) if isinstance(method.scope, str) else method.scope
        named = [one["scope"]] if isinstance(one["scope"], str) else one["scope"]
        for scope in named:
            assert any(allows(scope, each) for each in wanted), (one["verb"], one["path"], scope)
        if one["token"] == "user":
            assert method.who in ("person", "app"), one["path"]
        if one["token"] in (None, "none", "optional"):
            assert method.who in ("anybody", "reader"), (one["verb"], one["path"], one["token"])


async def test_what_is_not_here_answers_as_what_is_unknown(shared: Town) -> None:
    app = await shared.app("amina")
    _, why = told()
    for verb, path in why:
        answer = await app.ask(verb, path.replace("{}", "1"))
        assert answer.status == 404, (verb, path, answer.status)
        assert set(answer.body) == {"error"}, (verb, path, answer.body)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_what_has_no_such_number_is_not_found(shared: Town) -> None:
    """Where 404 is documented, and in no other words than the documentation's shape."""
    await shared.node.account("chloe", role="admin")
    app = await _with(shared, "chloe", EVERYTHING)
    tried = 0
    for one in DOCUMENTED:
        method = ours().get((one["verb"], bare(one["path"])))
        if method is None or 404 not in one["answers"] or "{" not in one["path"]:
            continue
        if "/tag/" in one["path"]:
            continue  # there are no posts of it, and that is no error
        sent = {"keyword": "x", "phrase": "x", "context": ["home"], "scheduled_at": "2040-01-01"}
        path = re.sub(r"\{[^}]*\}", "999999", one["path"])
        answer = await app.ask(one["verb"], path, json=None if one["verb"] == "GET" else sent)
        assert (answer.status, set(answer.body)) == (404, {"error"}), (one, answer.body)
        tried += 1
    assert tried > 50


def asked() -> list[Method]:
    return [one for one in OURS if not one.path.startswith("/oauth/")]


async def test_each_method_wants_its_token_and_its_scope(shared: Town) -> None:
    """401 without a token and with one that is none, 422 with an app's own where somebody must be
    signed in, 403 with one for something else."""
    nobody, other = await shared.app(), await _with(shared, "benoit", "write:filters")
    app = await shared.app(scopes=EVERYTHING)
    told = await app.exchange(grant_type="client_credentials", scope=EVERYTHING)
    alone = told.body["access_token"]
    for one in asked():
        path = one.path.replace("{", "1{")
        path = re.sub(r"\{[^}]*\}", "", path)
        if one.who not in ("anybody", "reader"):
            answer = await nobody.ask(one.verb, path)
            assert answer.status == 401, (one.verb, path, answer.status)
        answer = await nobody.ask(one.verb, path, token="nonsense")
        assert (answer.status, set(answer.body)) == (401, {"error"}), (one.verb, path)
        if one.who == "person":
            answer = await nobody.ask(one.verb, path, token=alone)
            assert (answer.status, set(answer.body)) == (422, {"error"}), (one.verb, path)
        scopes = (one.scope,) if isinstance(one.scope, str) else one.scope
        if scopes and not any(allows("write:filters", each) for each in scopes):
            answer = await other.ask(one.verb, path)
            assert (answer.status, set(answer.body)) == (403, {"error"}), (one.verb, path)
            assert "X-RateLimit-Remaining" in answer.headers


async def test_no_nonsense_breaks_a_method(shared: Town) -> None:
    """Whatever comes, the answer is one that the documentation has, and its shape is kept."""
    app = await _with(shared, "amina", EVERYTHING)
    status = await app.post("/api/v1/statuses", status="Bonjour")
    me = await app.get("/api/v1/accounts/verify_credentials")
    chance = random.Random(4)
    names = sorted(_names())
    for one in asked():
        for _ in range(3):
            number = chance.choice((status["id"], me["id"], "0", "abc", "9" * 25, "-5", "é"))
            path = re.sub(r"\{[^}]*\}", number, one.path)
            sent = {
                chance.choice(names) + chance.choice(("", "[]", "[x][y]")): chance.choice(NONSENSE)
                for _ in range(chance.randrange(6))
            }
            how: dict[str, Any] = chance.choice(
                ({"params": sent}, {"data": sent}, {"json": sent}, {"data": b"\xff{"})
            )
            answer = await app.ask(one.verb, path, **how)
            assert answer.status < 500, (one.verb, path, how, answer.body)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            if answer.status >= 400:
                assert "error" in answer.body, (one.verb, path, how, answer.body)
            if answer.status == 401:
                app = await _with(shared, "amina", EVERYTHING)  # that one was revoked


async def _with(shared: Town, who: str, scopes: str) -> App:
    return await (await shared.app(scopes=scopes)).sign_in(who, scope=scopes)


def _names() -> set[str]:
    """Names of parameters and fields, as they stand in the code."""
    found: set[str] = set()
    for path in (ROOT / "node" / "mastodon").rglob("*.py"):
        found |= set(re.findall(r'"([a-z][a-z_]+)"', path.read_text()))
    return found


async def test_what_stands_beside_the_methods_is_read_by_apps_of_browsers(shared: Town) -> None:
    web, node = shared.web, shared.node
    for path in (
        *("/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1", "/.well-known/host-meta"),
        f"/.well-known/webfinger?resource=acct:amina@{node.domain}",
        *("/.well-known/host-meta.json", "/.well-known/oauth-authorization-server"),
    ):
        async with web.get(node.base + path, headers={"Origin": "https://app.example"}) as answer:
            assert answer.status == 200, path
            assert answer.headers["Access-Control-Allow-Origin"] == "*", path
    for accept, kind in (("text/html", "text/html"), ("application/activity+json",) * 2):
        async with web.get(f"{node.base}/@amina", headers={"Accept": accept}) as answer:
            assert (answer.status, answer.content_type) == (200, kind)


async def test_answers_are_compressed_and_not_kept_by_others(shared: Town) -> None:
    app = await shared.app("amina")
    for takes in ("gzip", "br, GZIP; q=0.5", "identity", "br, gzip;q=0.0", "xgzip"):
        answer = await app.ask("GET", "/api/v2/instance", headers={"Accept-Encoding": takes})
        coding = "gzip" if takes in ("gzip", "br, GZIP; q=0.5") else "identity"
        assert answer.headers.get("Content-Encoding", "identity") == coding
        assert answer.body["domain"] == shared.node.domain
    by_proxy = {"Accept-Encoding": "gzip", "X-Forwarded-For": "192.0.2.1"}
    answer = await app.ask("GET", "/api/v2/instance", headers=by_proxy)
    assert "Content-Encoding" not in answer.headers, "the proxy does it"
    answer = await app.ask("GET", "/api/v1/accounts/verify_credentials")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer.headers["Vary"]
    limit, left = (int(answer.headers[f"X-RateLimit-{one}"]) for one in ("Limit", "Remaining"))
    assert (limit, 0 < left < limit) == (1_500, True)
    assert answer.headers["X-RateLimit-Reset"].endswith("Z")


async def test_a_page_elsewhere_may_ask_before_it_asks(shared: Town) -> None:
    """The browser's question before (CORS), for every method that is here."""
    for one in {one.path: one for one in asked()}.values():
        path = re.sub(r"\{[^}]*\}", "1", one.path)
        before = {"Origin": "https://app.example", "Access-Control-Request-Method": one.verb}
        async with shared.web.options(shared.node.base + path, headers=before) as answer:
            assert answer.status in (200, 204), path
            assert one.verb in answer.headers["Access-Control-Allow-Methods"]
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
