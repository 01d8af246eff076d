"""Accounts that are opened with an app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from node.actions import membership
from node.store import accounts, actors, join_requests
from node.store.transaction import Transaction
from tests.mastodon.shapes import CREDENTIAL_ACCOUNT, check
from tests.mastodon.signing_in import App, Told, Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW = {
    "username": "nora",
    "email": "nora@example.org",
    "password": "quelques mots pour Nora",
    "agreement": "true",
    "locale": "fr-FR",
}


async def _alone(here: Town) -> App:
    """An app with a token of its own."""
    app = await here.app()
    form = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "scope": "read write",
    }
    told = await app.ask("POST", "/oauth/token", data=form)
    app.token = told.body["access_token"]
    return app


async def _create(app: App, **changes: Any) -> Told:
    form = {name: value for name, value in (NEW | changes).items() if value is not None}
    return await app.ask("POST", "/api/v1/accounts", data=form)


async def test_who_has_an_invitation_comes_in(shared: Town) -> None:
    amina = await shared.node.store.read(accounts.by_username, "amina")
    assert amina is not None
    code = await shared.node.store.write(_invite, shared, amina.actor_id)
    app = await _alone(shared)
    link = f"{shared.node.base}/join/{code}"
    told = await _create(app, invite_code=link)
    assert told.status == 200, told.body
    assert told.body["token_type"] == "Bearer"
    app.token = told.body["access_token"]
    mine = await app.get("/api/v1/accounts/verify_credentials")
    check(mine, CREDENTIAL_ACCOUNT)
    assert mine["username"] == "nora"
    over = await _create(await _alone(shared), username="otto", invite_code=code)
    assert over.status == 404


def _invite(tx: Transaction, here: Town, inviter_id: int) -> str:
    inviter = actors.by_id(tx, inviter_id)
    assert inviter is not None
    return membership.invite(tx, here.node.here, inviter)[1]


async def test_who_has_none_asks(shared: Town) -> None:
    app = await _alone(shared)
    told = await _create(
        app, username="paul", email="paul@example.org", reason="J’habite rue Belfort"
    )
    assert told.status == 403
    assert "médiation" in told.body["error"]
    waiting = await shared.node.store.read(join_requests.waiting_by_username, "paul")
    assert waiting is not None
    request = await shared.node.store.read(join_requests.waiting_by_email, "paul@example.org")
    assert request is not None
    assert request.text == "J’habite rue Belfort"


async def test_what_is_wrong_is_said_by_field(shared: Town) -> None:
    app = await _alone(shared)
    for changes, field, error in (
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"username": "amina"}, "username", "ERR_TAKEN"),
        ({"username": "no good"}, "username", "ERR_INVALID"),
        ({"email": "nobody"}, "email", "ERR_INVALID"),
        ({"password": "short"}, "password", "ERR_INVALID"),
        ({"agreement": None}, "agreement", "ERR_ACCEPTED"),
    ):
        told = await _create(app, **({"username": "quentin"} | changes))
        assert told.status == 422
        assert set(told.body) == {"error", "details"}
        assert told.body["details"][field][0]["error"] == error
    person = await _create(await shared.app("amina"), username="rosa")
    assert person.status == 403  # whose email this is stays unsaid


async def test_not_without_end(tmp_path: Path) -> None:
    """From one network, with however many apps."""
    async with town(tmp_path, "amina", limits={"rate_limits": True}) as here:
        seen = [(await _create(await _alone(here), username="")).status for _ in range(6)]
        assert seen == [422] * 5 + [429]


async def test_where_nobody_is_asked(tmp_path: Path) -> None:
    async with town(tmp_path, "amina", node={"joining": "closed"}) as here:
        app = await _alone(here)
        assert (await _create(app)).status == 403
        told = await app.get("/api/v2/instance")
        assert told["registrations"]["enabled"] is False
        assert told["registrations"]["message"]
