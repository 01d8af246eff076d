"""Joining: by invitation, by asking; vouching. Over the JSON interface."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from node.actions.passwords import password_fits
from node.store import accounts, join_requests
from tests.databases import new_sqlite
from tests.flows.members import Quartier, quartier
from tests.mailbox import link, mailbox, words
from tests.serving import PASSWORD, serving


async def test_a_member_invites_a_neighbour(tmp_path: Path) -> None:
    """The link opens one account, of the kind and by the member that it names, and then no more;
    what is kept of it opens nothing."""
    async with quartier(tmp_path) as here:
        amina = await here.node.account("amina")
        status, made = await here.call("POST", "/invitations", "amina")
        assert status == 201
        assert made["link"] == f"{here.node.base}/join/{made['code']}"
        status, offer = await here.call("GET", f"/join/{made['code']}")
        assert (status, offer["inviter"]["name"], offer["kind"]) == (200, "Amina", "resident")
        assert (await here.call("GET", f"/join/{made['invitation']['hash']}"))[0] == 404
        lea = {"username": "lea", "email": "lea@example.org", "password": PASSWORD, "name": "Léa"}
        status, joined = await here.call("POST", f"/join/{made['code']}", **lea)
        assert (status, joined["handle"]) == (201, f"lea@{here.node.domain}")
        account = await here.node.store.read(accounts.by_username, "lea")
        assert account is not None
        assert account.invited_by == amina.id
        assert account.confirmed_at is not None
        assert account.role == "member"
        other = {**lea, "username": "zoe", "email": "zoe@example.org"}
        assert (await here.call("POST", f"/join/{made['code']}", **other))[0] == 404
        _, mine = await here.call("GET", "/invitations", "amina")
        assert [(one["uses_left"], one["open"]) for one in mine] == [(0, False)]


async def test_an_invitation_is_taken_back_and_is_nobody_elses(tmp_path: Path) -> None:
    """Only who made it takes it back; a taken name uses nothing up."""
    async with quartier(tmp_path) as here:
        await here.node.account("amina")
        await here.node.account("bruno")
        _, made = await here.call("POST", "/invitations", "amina", uses=2, days=3)
        name = made["invitation"]["hash"]
        lea = {"username": "bruno", "email": "lea@example.org", "password": PASSWORD}
        assert (await here.call("POST", f"/join/{made['code']}", **lea))[0] == 409
        assert (await here.call("GET", "/invitations", "amina"))[1][0]["uses_left"] == 2
        assert (await here.call("DELETE", f"/invitations/{name}", "bruno"))[0] == 404
        assert (await here.call("DELETE", f"/invitations/{name}", "amina"))[0] == 204
        assert (await here.call("GET", f"/join/{made['code']}"))[0] == 404
        assert (await here.call("POST", "/invitations", "amina", kind="public-body"))[0] == 403
        assert (await here.call("POST", "/invitations", "amina", kind="king"))[0] == 422


async def test_asking_to_join(tmp_path: Path) -> None:
    """Mediators are told, one accepts, a letter comes with a link that confirms the address; the
    password is the one that was given, and news come by mail from then on."""
    async with mailbox() as box, quartier(tmp_path, box) as here:
        await here.node.account("maya", role="mediator")
        asked = {
            "username": "lea", "email": "lea@example.org", "password": PASSWORD,
            "name": "Léa", "text": "J’habite rue Dumenge.", "locale": "en",
        }  # fmt: skip
        assert (await here.call("POST", "/join_requests", **asked))[0] == 204
        assert (await here.call("POST", "/join_requests", **asked))[0] == 409  # the name
        assert (await here.call("GET", "/join_requests", "maya"))[0] == 200
        _, told = await here.call("GET", "/notifications", "maya")
        assert [one["kind"] for one in told] == ["join-request"]
        assert "Léa" not in str(told)
        _, waiting = await here.call("GET", "/join_requests", "maya")
        assert [one["text"] for one in waiting] == ["J’habite rue Dumenge."]
        path = f"/join_requests/{waiting[0]['id']}/accept"
        await here.node.account("bruno")
        assert (await here.call("POST", path, "bruno"))[0] == 403
        assert (await here.call("POST", path, "maya"))[0] == 200
        assert (await here.call("POST", path, "maya"))[0] == 409
        welcome = await box.one()
        assert welcome["To"] == "lea@example.org"
        assert "Welcome" in welcome["Subject"]
        assert "Hello Léa" in words(welcome)
        account = await here.node.store.read(accounts.by_username, "lea")
        assert account is not None
        assert account.confirmed_at is None
        assert password_fits(account.password_hash, PASSWORD)
        page = link(welcome, "/confirm/")
        assert (await here.form("GET", page))[0] == 200
        assert await confirmed(here) is None
        status, text = await here.form("POST", page)
        assert (status, "confirmée" in text) == (200, True)
        assert await confirmed(here) is not None
        assert (await here.form("POST", page))[0] == 404
        request = await here.node.store.read(join_requests.by_id, int(waiting[0]["id"]))
        assert request is not None
        assert request.password_hash == ""


async def confirmed(here: Quartier) -> float | None:
    account = await here.node.store.read(accounts.by_username, "lea")
    assert account is not None
    return account.confirmed_at


async def test_who_asks_does_not_learn_whose_address_it_is(tmp_path: Path) -> None:
    """The same answer for an address that has an account; its owner reads of it, and mediators do
    not. Declining sends a kind letter."""
    async with mailbox() as box, quartier(tmp_path, box) as here:
        await here.node.account("maya", role="mediator")
        await here.node.account("bruno")
        ask = {"password": PASSWORD, "name": "X"}
        first = await here.call(
            "POST", "/join_requests", username="un", email="bruno@example.org", **ask
        )
        other = await here.call(
            "POST", "/join_requests", username="deux", email="deux@example.org", **ask
        )
        again = await here.call(
            "POST", "/join_requests", username="trois", email="deux@example.org", **ask
        )
        assert first == other == again == (204, None)
        known = await box.one()
        assert known["To"] == "bruno@example.org"
        assert "déjà un compte" in words(known)
        _, waiting = await here.call("GET", "/join_requests", "maya")
        assert [one["username"] for one in waiting] == ["deux"]
        path = f"/join_requests/{waiting[0]['id']}/decline"
        assert (await here.call("POST", path, "maya"))[0] == 204
        kind = await box.one()
        assert kind["To"] == "deux@example.org"
        assert "pas un jugement" in words(kind)
        assert (await here.call("POST", "/password/forgotten", email="no@example.org"))[0] == 204
        assert (await here.call("POST", "/password/forgotten", email="bruno@example.org"))[0] == 204
        assert (await box.one())["To"] == "bruno@example.org"
        assert not box.mails


@pytest.mark.parametrize(("joining", "invites"), [("invitation", 201), ("closed", 403)])
async def test_the_association_says_how_one_joins(
    tmp_path: Path, joining: str, invites: int
) -> None:
    """Where one cannot ask, the answer says what to do instead."""
    async with quartier(tmp_path, joining=joining) as here:
        await here.node.account("amina")
        status, told = await here.call(
            "POST", "/join_requests", username="a", email="a@example.org", password=PASSWORD
        )
        assert status == 403
        assert "quartier" in told["error"] or "invitation" in told["error"]
        assert (await here.call("POST", "/invitations", "amina"))[0] == invites


async def test_nobody_knocks_too_often(tmp_path: Path) -> None:
    """Five sign-ups in half an hour from one network, and five letters to one person."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        async with (
            serving(
                new_sqlite(tmp_path), tmp_path, mail=mail, limits={"rate_limits": True}
            ) as node,
            aiohttp.ClientSession() as web,
        ):
            here = Quartier(node, web)
            await node.account("amina")
            asked = {"email": "amina@example.org", "password": PASSWORD}
            found = [
                (await here.call("POST", "/join_requests", username=f"u{number}", **asked))[0]
                for number in range(6)
            ]
            assert found == [204] * 5 + [429]
            address = {"email": "amina@example.org"}
            assert (await here.call("POST", "/password/forgotten", **address))[0] == 204
            for _ in range(5):
                await box.one()
            await asyncio.sleep(0.1)
            assert not box.mails  # the sixth letter does not go


async def test_vouching_by_name_and_date(tmp_path: Path) -> None:
    """Everybody sees who vouches for a newcomer and since when; one takes it back oneself, and
    nobody vouches for themselves."""
    async with quartier(tmp_path) as here:
        lea = await here.node.account("lea")
        await here.node.account("amina")
        await here.node.account("centre", kind="association")
        path = f"/accounts/{lea.id}/vouch"
        assert (await here.call("PUT", path, "lea"))[0] == 422
        assert (await here.call("PUT", path, "amina"))[0] == 200
        assert (await here.call("PUT", path, "amina"))[0] == 200
        status, seen = await here.call("PUT", path, "centre")
        assert status == 200
        assert [one["account"]["name"] for one in seen["vouched_for_by"]] == ["Amina", "Centre"]
        assert all(one["since"].endswith("Z") for one in seen["vouched_for_by"])
        assert set(seen) == {"account", "summary", "member_since", "vouched_for_by"}  # no score
        _, told = await here.call("GET", "/notifications", "lea")
        assert [one["text"] for one in told] == ["Centre répond de vous.", "Amina répond de vous."]
        assert (await here.call("DELETE", path, "amina"))[0] == 204
        _, seen = await here.call("GET", f"/accounts/{lea.id}")
        assert [one["account"]["name"] for one in seen["vouched_for_by"]] == ["Centre"]
        assert (await here.call("PUT", "/accounts/7/vouch", "amina"))[0] == 404
