"""One's own locks, without a script: the password, the address, what is connected."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from node.store import connected, web_sessions
from tests.mailbox import link, mailbox
from tests.pages.reading import reader, session_of
from tests.pages.signing import app_of, is_over, sign_in
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("locks")
    async with serving(f"sqlite:///{directory}/node.db", directory) as there:
        yield there


async def test_another_password_ends_what_is_connected_but_this(node: Serving) -> None:
    dora = await node.account("dora")
    other = await session_of(node, dora)
    token = await app_of(node, dora, "Tusky")
    async with reader(node, dora) as hers:
        page = await hers.get("/me/security/password")
        page = await hers.submit(page, current="faux", password="un tout autre mot")
        assert (page.status, page.problems) == (403, ["Ce n’est pas votre mot de passe."])
        assert page.soup.select_one("#e-current")
        page = await hers.submit(page, current=PASSWORD, password="court")
        assert page.status == 422
        assert page.soup.select_one("#e-password")
        page = await hers.submit(page, current=PASSWORD, password=" un tout autre mot ")
        assert page.path == "/me/security"
        assert "est changé" in page.notice
        assert len(page.soup.select("[name=hash]")) == 0  # this one alone
    now = node.here.clock.now()
    assert await node.store.read(web_sessions.find, other, now=now) is None
    assert await is_over(node, token)
    async with reader(node) as somebody:
        assert (await sign_in(somebody, "dora")).status == 401
        page = await sign_in(somebody, "dora", " un tout autre mot ", "/signin?next=/display")
        assert page.path == "/display"


async def test_devices_and_apps_end_one_by_one_and_all(node: Serving) -> None:
    emil = await node.account("emil")
    fanny = await node.account("fanny")
    hers = await session_of(node, fanny)
    tokens = [await app_of(node, emil, name) for name in ("Tusky", "<b>Elk", "Phanpy")]
    await session_of(node, emil)
    async with reader(node, emil) as somebody:
        page = await somebody.get("/me/security")
        assert "Firefox sur Linux" in page.text
        assert page.text.count("C’est cet appareil.") == 1
        assert "<b>Elk" in page.text
        page = await somebody.press(page, "Déconnecter Tusky")
        assert page.notice == "C’est déconnecté."
        assert [await is_over(node, token) for token in tokens] == [True, False, False]
        # What is another's is not there
        form = page.form("/me/security/devices")
        mark = form.select_one("[name=_form]")
        assert mark is not None
        theirs = web_sessions.hash_of(hers)
        fields = {"_form": str(mark["value"]), "hash": theirs}
        assert (await somebody.post("/me/security/devices", fields)).status == 404
        page = await somebody.get("/me/security")
        page = await somebody.press(page, "Déconnecter tout le reste")
        assert page.status == 200
        assert [await is_over(node, token) for token in tokens] == [True, True, True]
        assert page.soup.select("[name=hash]") == []
        assert (await somebody.get("/me/security")).path == "/me/security"
    now = node.here.clock.now()
    assert await node.store.read(web_sessions.find, hers, now=now) is not None
    assert await node.store.read(connected.apps_of, emil.id) == []


async def test_signing_out_ends_the_stream(node: Serving) -> None:
    """What was opened with the session does not stay open when it is over."""
    gina = await node.account("gina")
    token = await app_of(node, gina, "Tusky")
    async with (
        reader(node, gina) as somebody,
        somebody.session.get(
            f"{node.base}/api/v1/streaming/user", headers={"Authorization": f"Bearer {token}"}
        ) as stream,
    ):
        assert stream.status == 200
        page = await somebody.get("/me/security")
        await somebody.press(page, "Déconnecter Tusky")
        async with asyncio.timeout(5):
            with contextlib.suppress(aiohttp.ClientPayloadError):  # cut off, not finished
                await stream.content.read()


async def test_another_address(tmp_path: Path) -> None:
    """It counts when the link is opened that went there; who has it already is not told of."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        url = f"sqlite:///{tmp_path}/node.db"
        async with serving(url, tmp_path, mail=mail) as node:
            hugo = await node.account("hugo")
            await node.account("ines")
            async with reader(node, hugo) as his, reader(node) as somebody:
                page = await his.get("/me/security/address")
                page = await his.submit(page, email="hugo@new.example", current="faux")
                assert page.status == 403
                page = await his.submit(page, email="hugo", current=PASSWORD)
                assert page.status == 422
                page = await his.submit(page, email="hugo@new.example", current=PASSWORD)
                notice = page.notice
                assert "hugo@example.org" in page.text
                letter = await box.one()
                page = await somebody.get(link(letter, "/confirm/"))
                page = await somebody.submit(page, button="C’est mon adresse")
                page = await his.get("/me/security")
                assert "hugo@new.example" in page.text
                page = await his.get("/me/security/address")
                page = await his.submit(page, email="ines@example.org", current=PASSWORD)
                assert page.notice == notice.replace("hugo@new.example", "ines@example.org")


async def test_a_forgotten_password(tmp_path: Path) -> None:
    """The same answer for every address; by the link another one, and every device is out."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        url = f"sqlite:///{tmp_path}/node.db"
        async with serving(url, tmp_path, mail=mail) as node:
            jean = await node.account("jean")
            async with reader(node, jean) as his, reader(node) as somebody:
                told = set()
                for email in ("nobody@example.org", "jean@example.org"):
                    page = await somebody.get("/forgotten")
                    page = await somebody.submit(page, "/forgotten", email=email)
                    told.add(page.notice)
                assert len(told) == 1
                page = await somebody.submit(page, "/forgotten", email="nowhere")
                assert page.status == 422
                page = await somebody.get(link(await box.one(), "/reset/"))
                assert page.headers["Cache-Control"] == "private, no-store"
                assert page.headers["Referrer-Policy"] == "no-referrer"
                page = await somebody.submit(page, button="Enregistrer", password="court")
                assert page.status == 422
                page = await somebody.submit(page, button="Enregistrer", password="huit mots ici")
                assert page.h1 == "C’est fait"
                assert (await his.get("/me/security")).path.startswith("/signin")
                page = await sign_in(somebody, "jean", "huit mots ici", "/signin?next=/display")
                assert page.path == "/display"


async def test_where_no_mail_is_sent(node: Serving) -> None:
    async with reader(node) as somebody:
        page = await somebody.get("/forgotten")
        assert "L’association du quartier vous donne un nouveau mot de passe" in page.text
        assert not page.soup.select("main form")
