"""How an app gets to act for somebody, and how it does not."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from node.actions import passwords, signing_in
from node.store import accounts, actors, moderation
from node.store.tables import authorizations
from node.store.transaction import Transaction
from tests.mastodon.signing_in import BACK, OUT_OF_BAND, Town, town
from tests.serving import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Form(HTMLParser):
    """What somebody without scripts has before them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str | None]] = []
        self.buttons: list[str] = []
        self.tags: list[str] = []
        self._in_button = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "input":
            self.inputs.append(dict(attrs))
        self._in_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._in_button:
            self.buttons.append(data)
            self._in_button = False

    def of_type(self, kind: str) -> list[str | None]:
        return [one.get("name") for one in self.inputs if one.get("type") == kind]


async def test_an_app_signs_somebody_in(tmp_path: Path) -> None:
    async with town(tmp_path, "amina") as here:
        app = await here.app()
        told = await app.submit("amina")
        assert told.status == 302
        back = urlsplit(told.headers["Location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
        query = parse_qs(back.query)
        assert query["state"] == ["what the app remembers"]
        assert told.headers["Cache-Control"] == "no-store"
        assert "Cross-Origin-Opener-Policy" not in told.headers
        token = await app.exchange(query["code"][0])
        assert token.status == 200
        assert token.headers["Cache-Control"] == "no-store"
        assert token.headers["Access-Control-Allow-Origin"] == "*"
        assert token.body["token_type"] == "Bearer"
        assert token.body["scope"] == "read write follow push profile"
        assert isinstance(token.body["created_at"], int)
        app.token = token.body["access_token"]
        known = await app.get("/api/v1/apps/verify_credentials")
        assert known["name"] == "Une app"
        claims = await app.get("/oauth/userinfo")
        assert claims["preferred_username"] == "amina"
        assert claims["sub"] == f"{here.node.base}/users/amina"
        # By the e-mail address too, whatever way its domain and the name are written
        for who in ("amina@EXAMPLE.org", "@Amina", " amina "):
            assert (await app.submit(who)).status == 302


async def test_out_of_band_and_with_a_slash(tmp_path: Path) -> None:
    """As toot asks: no PKCE, the code to be copied."""
    async with town(tmp_path, "amina") as here:
        app = await here.app(redirect_uris=OUT_OF_BAND, scopes="read write follow")
        asked = app.request(
            redirect_uri=OUT_OF_BAND,
            scope="read write follow",
            state=None,
            code_challenge=None,
            code_challenge_method=None,
        )
        shown = await app.ask("GET", "/oauth/authorize/", params=asked)
        assert shown.status == 200
        told = await app.ask(
            "POST",
            "/oauth/authorize/",
            data=asked | {"username": "amina", "password": PASSWORD},
        )
        code = told.body.split("<code>")[1].split("</code>")[0]
        token = await app.exchange(code, redirect_uri=OUT_OF_BAND, code_verifier=None)
        assert token.status == 200
        assert token.body["scope"] == "read write follow"


async def test_the_page_needs_no_script(tmp_path: Path) -> None:
    async with town(tmp_path, "amina") as here:
        app = await here.app(client_name="<b>Tusky</b> & co")
        shown = await app.ask("GET", "/oauth/authorize", params=app.request())
        assert shown.status == 200
        form = Form(shown.body)
        assert form.of_type("text") == ["username"]
        assert form.of_type("password") == ["password"]
        assert form.buttons == ["Autoriser"]
        assert "script" not in form.tags
        assert "b" not in form.tags
        hidden = {one["name"]: one["value"] for one in form.inputs if one["type"] == "hidden"}
        assert hidden == app.request()
        assert shown.headers["Content-Language"] == "fr"
        assert "Cross-Origin-Opener-Policy" not in shown.headers
        policy = shown.headers["Content-Security-Policy"]
        assert "form-action 'self' https://app.example;" in policy
        assert "frame-ancestors 'none'" in policy
        english = await app.ask("GET", "/oauth/authorize", params=app.request(lang="en-GB"))
        assert Form(english.body).buttons == ["Authorize"]
        accepts = {"Accept-Language": "de;q=1.0, en;q=0.8, fr;q=0.5"}
        english = await app.ask("GET", "/oauth/authorize", params=app.request(), headers=accepts)
        assert english.headers["Content-Language"] == "en"
        wrong = await app.submit("amina", 'faux"><script>')
        assert wrong.status == 401
        assert "script" not in Form(wrong.body).tags
        assert "faux" not in wrong.body


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"redirect_uri": BACK + "/"}, "invalid_request"),
        ({"redirect_uri": BACK + "?x=1"}, "invalid_request"),
        ({"redirect_uri": "https://app.example/BACK"}, "invalid_request"),
        ({"redirect_uri": "https://app.example.evil.example/back"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "read admin:everything"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
    ],
)
async def test_a_wrong_request_sends_nobody_anywhere(
    shared: Town, changes: dict[str, str | None], error: str
) -> None:
    app = await shared.app()
    for told in (
        await app.ask("GET", "/oauth/authorize", params=app.request(**changes)),
        await app.submit("amina", **changes),
    ):
        assert told.status in (400, 401)
        assert "Location" not in told.headers
        assert error in told.body
        assert "password" not in told.body


async def test_scopes_are_those_of_the_app_or_fewer(shared: Town) -> None:
    app = await shared.app(scopes="read:statuses write")
    for more in ("read", "read:accounts", "push", "follow"):
        assert (await app.submit("amina", scope=more)).status == 400
    token = await app.exchange(await app.code("amina", scope="write:media read:statuses"))
    assert token.body["scope"] == "write:media read:statuses"
    app.token = token.body["access_token"]
    refused = await app.ask("GET", "/oauth/userinfo")
    assert refused.status == 403
    assert refused.body == {"error": "This action is outside the authorized scopes"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": "x" * 43},
        {"code_verifier": "é" * 43},
        {"redirect_uri": OUT_OF_BAND},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": None},
        {"code": "guessed"},
        {"code": None},
    ],
)
async def test_a_code_is_good_only_as_it_was_asked(
    shared: Town, changes: dict[str, str | None]
) -> None:
    app = await shared.app()
    code = await app.code("amina")
    told = await app.exchange(**({"code": code} | changes))
    assert told.status == 400
    assert told.body["error"] == "invalid_grant"
    assert (await app.exchange(code)).status == 200


async def test_a_challenge_cannot_be_taken_away(shared: Town) -> None:
    """A verifier for a code that was asked without a challenge: somebody removed it on its way
    (RFC 9700, section 2.1.1)."""
    app = await shared.app()
    code = await app.code("amina", code_challenge=None, code_challenge_method=None)
    assert (await app.exchange(code)).status == 400
    assert (await app.exchange(code, code_verifier=None)).status == 200


async def test_codes_are_of_one_app(shared: Town) -> None:
    victim, thief = await shared.app(), await shared.app()
    code = await victim.code("amina")
    stolen = await thief.exchange(code, code_verifier=victim.verifier)
    assert (stolen.status, stolen.body["error"]) == (400, "invalid_grant")
    for wrong in ({"client_secret": "guessed"}, {"client_secret": None}, {"client_id": "x"}):
        refused = await victim.exchange(code, **wrong)
        assert (refused.status, refused.body["error"]) == (401, "invalid_client")


async def test_a_code_that_comes_twice_ends_its_token(shared: Town) -> None:
    app = await shared.app()
    code = await app.code("amina")
    first = await app.exchange(code)
    app.token = first.body["access_token"]
    assert (await app.ask("GET", "/oauth/userinfo")).status == 200
    app.token = None
    assert (await app.exchange(code)).status == 400
    app.token = first.body["access_token"]
    ended = await app.ask("GET", "/oauth/userinfo")
    assert ended.status == 401
    assert ended.body == {"error": "The access token is invalid"}
    assert "invalid_token" in ended.headers["WWW-Authenticate"]


async def test_of_two_at_once_one_gets_the_token(shared: Town) -> None:
    app = await shared.app()
    code = await app.code("amina")
    told = await asyncio.gather(*(app.exchange(code) for _ in range(5)))
    assert sorted(one.status for one in told)[:2] in ([200, 400], [400, 400])
    assert sum(one.status == 200 for one in told) <= 1


async def test_a_code_is_good_for_a_minute(shared: Town) -> None:
    app = await shared.app()
    for age, status in ((59.0, 200), (61.0, 400)):
        code = await app.code("amina")
        await shared.node.store.write(_older, age)
        assert (await app.exchange(code)).status == status


def _older(tx: Transaction, seconds: float) -> None:
    column = authorizations.c.created_at
    tx.execute(authorizations.update().values(created_at=column - seconds))


async def test_an_app_alone(shared: Town) -> None:
    app = await shared.app(scopes="read write")
    form = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    token = await app.ask("POST", "/oauth/token", data=form)
    assert (token.status, token.body["scope"]) == (200, "read")
    app.token = token.body["access_token"]
    assert (await app.get("/api/v1/apps/verify_credentials"))["name"] == "Une app"
    refused = await app.ask("GET", "/oauth/userinfo")
    assert (refused.status, set(refused.body)) == (403, {"error"})  # `profile` was not asked for
    app.token = None
    more = await app.ask("POST", "/oauth/token", data=form | {"scope": "push"})
    assert (more.status, more.body["error"]) == (400, "invalid_scope")


async def test_other_grants_are_refused_by_name(shared: Town) -> None:
    """The password grant gets a clean error (toot and old apps try it)."""
    app = await shared.app()
    for grant in ("password", "refresh_token", "urn:x", ""):
        told = await app.exchange("", grant_type=grant, username="amina", password="x")
        assert (told.status, told.body["error"]) == (400, "unsupported_grant_type")
        assert told.body["error_description"]


async def test_secrets_come_in_every_shape(shared: Town) -> None:
    """Elk sends JSON, others forms or multipart, standards Basic."""
    app = await shared.app()
    body = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code_verifier": app.verifier,
        "scope": "read",
    }
    secret = {"client_id": app.client_id, "client_secret": app.client_secret}
    code = {"code": await app.code("amina")}
    assert (await app.ask("POST", "/oauth/token", json=body | secret | code)).status == 200
    parts = aiohttp.FormData(default_to_multipart=True)
    code = {"code": await app.code("amina")}
    for name, value in (body | secret | code).items():
        parts.add_field(name, value)
    assert (await app.ask("POST", "/oauth/token", data=parts)).status == 200
    code = {"code": await app.code("amina")}
    basic = {"Authorization": aiohttp.encode_basic_auth(app.client_id, app.client_secret)}
    told = await app.ask("POST", "/oauth/token", data=body | code, headers=basic)
    assert told.status == 200
    broken = await app.ask(
        "POST", "/oauth/token", data=body | code, headers={"Authorization": "Basic ###"}
    )
    assert (broken.status, broken.body["error"]) == (401, "invalid_client")


async def test_an_app_ends_its_own_tokens_alone(shared: Town) -> None:
    mine, other = await shared.app("amina"), await shared.app("amina")
    token = other.token
    for app, status in ((mine, 200), (other, 200)):
        form = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "token": token,
        }
        assert (await app.ask("POST", "/oauth/revoke", data=form)).status == 200
        still = await app.ask("GET", "/oauth/userinfo", token=token)
        assert still.status == (200 if app is mine else 401), status
    unknown = {"client_id": mine.client_id, "client_secret": "x", "token": token}
    refused = await mine.ask("POST", "/oauth/revoke", data=unknown)
    assert (refused.status, refused.body["error"]) == (403, "unauthorized_client")


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://x/1",
        "/relative",
        "https://app.example/#fragment",
        "https://app.example/a\u0000b",
        "https:///nowhere",
        "https://ex;form-action/x",
        "https://é.example/back",
        "x" * 3000 + ":y",
    ],
)
async def test_addresses_to_come_back_to(shared: Town, uri: str) -> None:
    told = await (await shared.app()).ask(
        "POST", "/api/v1/apps", json={"client_name": "X", "redirect_uris": [uri]}
    )
    assert told.status in (400, 422), told.body
    assert set(told.body) == {"error"}
    assert told.headers["Access-Control-Allow-Origin"] == "*"


async def test_apps_on_phones_have_schemes_of_their_own(shared: Town) -> None:
    for uri in ("oauth2redirect://com.keylesspalace.tusky/", "ivory:/x", "icecubesapp://"):
        app = await shared.app(redirect_uris=uri)
        told = await app.submit("amina", redirect_uri=uri)
        assert told.status == 302
        assert told.headers["Location"].startswith(uri + "?")


async def test_what_is_told_of_an_app(shared: Town) -> None:
    app = await shared.app()
    made = await app.post(
        "/api/v1/apps", client_name="X", redirect_uris=f"{BACK}\n{OUT_OF_BAND}", scopes="read"
    )
    assert made["redirect_uris"] == [BACK, OUT_OF_BAND]
    assert made["redirect_uri"] == f"{BACK}\n{OUT_OF_BAND}"
    assert made["scopes"] == ["read"]
    assert made["client_secret_expires_at"] == 0
    assert made["website"] is None
    for wrong in (
        {"client_name": ""},
        {"client_name": "x" * 61},
        {"redirect_uris": ""},
        {"scopes": "everything"},
        {"website": "javascript:alert(1)"},
    ):
        fields = {"client_name": "X", "redirect_uris": BACK, **wrong}
        told = await app.ask("POST", "/api/v1/apps", json=fields)
        assert told.status == 422, wrong


async def test_what_the_server_says_of_itself(shared: Town) -> None:
    app = await shared.app()
    told = await app.ask("GET", "/.well-known/oauth-authorization-server")
    base = shared.node.base
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert told.body["issuer"] == f"{base}/"
    assert told.body["code_challenge_methods_supported"] == ["S256"]
    assert told.body["authorization_endpoint"] == f"{base}/oauth/authorize"
    assert told.body["token_endpoint"] == f"{base}/oauth/token"
    assert told.body["app_registration_endpoint"] == f"{base}/api/v1/apps"
    assert {"read", "write:statuses", "push", "profile"} <= set(told.body["scopes_supported"])
    asked = await app.ask(
        "OPTIONS",
        "/oauth/token",
        headers={"Origin": "https://elk.example", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status == 204
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    unknown = "/api/v1/accounts/1/collections"
    assert (await app.ask("OPTIONS", unknown)).status == 204
    told = await app.ask("GET", unknown)
    assert told.status == 404
    assert told.headers["Access-Control-Allow-Origin"] == "*"


async def test_passwords_are_not_tried_without_end(tmp_path: Path) -> None:
    """25 for an account in an hour, however its name is written; from one network in 5 minutes."""
    async with town(tmp_path, "amina", limits={"rate_limits": True}) as here:
        app = await here.app()
        spellings = ("amina", "@amina", "AMINA", " amina ", "@Amina")
        seen = [(await app.submit(spellings[at % 5], f"wrong {at}")).status for at in range(25)]
        assert set(seen) == {401}
        right = await app.submit("amina")
        assert right.status == 429
        assert "<code>" not in right.body
        assert "Location" not in right.headers
        # The network has none left either, for whomever
        assert (await app.submit("somebody", "x")).status == 429


async def test_the_name_alone_is_limited_from_many_networks(tmp_path: Path) -> None:
    async with town(tmp_path, "amina", limits={"rate_limits": True}) as here:
        app = await here.app()

        async def from_network(number: int, who: str) -> int:
            form = app.request() | {"username": who, "password": "wrong"}
            told = await app.ask(
                "POST",
                "/oauth/authorize",
                data=form,
                headers={"X-Forwarded-For": f"203.0.{number}.1"},
            )
            return told.status

        assert {await from_network(at, "@" * (at % 2) + "amina") for at in range(25)} == {401}
        assert await from_network(99, "amina") == 429
        assert await from_network(99, "@@@amina") == 401  # nobody's name
        # Who is not here is counted alike: nothing tells the two apart
        assert {await from_network(at, "nobody") for at in range(25)} == {401}
        assert await from_network(99, "nobody") == 429


async def test_time_does_not_tell_who_is_here(
    shared: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody’s password is looked at as long as somebody’s, and the answer is the same."""
    checked: list[str] = []
    real = passwords.password_fits

    def counted(hashed: str, password: str) -> bool:
        checked.append(hashed)
        return real(hashed, password)

    monkeypatch.setattr(signing_in, "password_fits", counted)
    app = await shared.app()
    bodies = set()
    for who in ("amina", "nobody", "no@where.example"):
        told = await app.submit(who, "wrong")
        assert told.status == 401
        bodies.add(told.body.replace(who, "…"))
    assert len(bodies) == 1
    assert [hashed == passwords.NOBODY for hashed in checked] == [False, True, True]


async def test_who_may_not_sign_in(tmp_path: Path) -> None:
    async with town(tmp_path, "amina", "benoit") as here:
        app = await here.app("amina")
        assert (await app.ask("GET", "/oauth/userinfo")).status == 200
        actor = await here.node.store.read(actors.local_by_username, "benoit")
        assert actor is not None
        await here.node.store.write(_change, actor.id, confirmed_at=None)
        refused = await app.submit("benoit")
        assert refused.status == 403
        assert "pas encore confirmée" in refused.body
        assert (await app.submit("benoit", "wrong")).status == 401
        await here.node.store.write(_change, actor.id, confirmed_at=1.0)
        await here.node.store.write(moderation.suspend, actor.id, at=1.0)
        refused = await app.submit("benoit")
        assert refused.status == 403
        assert "suspendu" in refused.body
        assert (await app.submit("benoit", "wrong")).status == 401
        # A new password ends what apps hold
        amina = await here.node.store.read(actors.local_by_username, "amina")
        assert amina is not None
        await here.node.store.write(accounts.set_password, amina.id, "x", now=1.0)
        assert (await app.ask("GET", "/oauth/userinfo")).status == 401


def _change(tx: Transaction, /, actor_id: int, **values: Any) -> None:
    accounts.change(tx, actor_id, **values)
