"""Becoming a member without a script: by the link that somebody gave, and by asking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import membership
from node.social.accounts import Actor
from node.store import accounts, actors, join_requests
from tests.pages.reading import reader
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
RULES = ("On se dit bonjour.",)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("joining")
    url = f"sqlite:///{directory}/node.db"
    async with serving(url, directory, node={"rules": RULES}) as there:
        await there.account("amina")
        yield there


async def invitation(node: Serving, uses: int = 1) -> str:
    amina = await node.store.read(actors.local_by_username, "amina")
    assert isinstance(amina, Actor)
    _, code = await node.store.write(membership.invite, node.here, amina, uses=uses)
    return code


async def test_by_invitation(node: Serving) -> None:
    """Who invites is named; the name of the address is made of the name; one is signed in."""
    code = await invitation(node)
    async with reader(node) as lea:
        page = await lea.get(f"/join/{code}")
        assert page.h1 == "Amina vous invite à rejoindre l’entraide"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "On se dit bonjour." in page.text
        page = await lea.submit(
            page,
            f"/join/{code}",
            name="Léa d’Œuvre",
            email="lea@example.org",
            password=PASSWORD,
            agreed="on",
        )
        assert (page.status, page.path) == (200, "/join/welcome")
        assert page.h1 == "Bienvenue, Léa d’Œuvre !"
        assert "lea_d_oeuvre" in page.text
        assert [page.links[words] for words in page.links][:4] == [
            "/me/profile",
            "/ask",
            "/offer",
            "/me/settings",
        ]
        page = await lea.get(f"/join/{code}")
        assert page.h1 == "Vous êtes déjà membre"
    account = await node.store.read(accounts.by_username, "lea_d_oeuvre")
    assert account is not None
    assert account.confirmed_at is not None
    async with reader(node) as late:
        page = await late.get(f"/join/{code}")
        assert (page.status, page.h1) == (404, "Cette invitation ne vaut plus")
        page = await late.get("/join/nonsense")
        assert (page.status, page.h1) == (404, "Cette invitation ne vaut plus")


async def test_what_is_wrong_is_said_in_place(node: Serving) -> None:
    """All of it at once, and what was typed is still there, but for the password."""
    code = await invitation(node)
    async with reader(node) as somebody:
        page = await somebody.get(f"/join/{code}")
        page = await somebody.submit(
            page, name="<b>Zoé", username="Zoé!", email="nowhere", password="brefxyz"
        )
        assert page.status == 422
        assert len(page.problems) == 4
        assert page.soup.select_one("#e-username")
        assert page.soup.select_one("#e-email")
        assert page.soup.select_one("#e-password")
        assert page.soup.select_one("#e-agreed")
        assert page.soup.select_one("#f-name")["value"] == "<b>Zoé"  # type: ignore[index]
        assert page.soup.select_one("#f-password")["value"] == ""  # type: ignore[index]
        assert "brefxyz" not in page.html
        page = await somebody.submit(
            page, name="Amina", username="amina", email="z@example.org", password=PASSWORD,
            agreed="on",
        )  # fmt: skip
        assert page.status == 409
        assert page.problems == ["Le nom amina est déjà pris. Choisissez-en un autre."]
        page = await somebody.submit(
            page, username="", email="amina@example.org", password=PASSWORD
        )
        assert page.status == 409
        assert page.soup.select_one("#e-email")
        assert page.soup.select_one("#f-username")["value"] == "amina2"  # type: ignore[index]
        page = await somebody.submit(page, username="", email="z@example.org", password=PASSWORD)
        assert page.path == "/join/welcome"
    assert await node.store.read(accounts.by_username, "amina2") is not None


async def test_by_asking(node: Serving) -> None:
    async with reader(node, language="en") as paul:
        page = await paul.get("/join")
        page = await paul.submit(page, "/join", name="Paul", email="p@example.org")
        assert page.status == 422
        assert page.soup.select_one("#e-text")
        page = await paul.submit(
            page,
            "/join",
            name="Paul",
            email="paul@example.org",
            password=PASSWORD,
            text="Rue Belfort, au-dessus de la boulangerie.",
            agreed="on",
        )
        assert (page.status, page.path) == (200, "/join/thanks")
        # The same answer when the address has an account already
        page = await paul.get("/join")
        page = await paul.submit(
            page, "/join", name="Pierre", email="amina@example.org", password=PASSWORD, text="Moi.",
            agreed="on",
        )  # fmt: skip
        assert (page.status, page.path) == (200, "/join/thanks")
    request = await node.store.read(join_requests.waiting_by_email, "paul@example.org")
    assert request is not None
    assert (request.username, request.name, request.locale) == ("paul", "Paul", "en")
    assert request.kind == "resident"
    assert request.text.startswith("Rue Belfort")
    assert await node.store.read(accounts.by_username, "paul") is None


@pytest.mark.parametrize(("joining", "words"), [("closed", "n’ouvre pas"), ("invitation", "lien")])
async def test_where_one_cannot_ask(joining: str, words: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/node.db"
    async with serving(url, tmp_path, node={"joining": joining}) as node, reader(node) as somebody:
        page = await somebody.get("/join")
        assert page.status == 200
        assert words in page.text
        assert not page.soup.select("main form")
        signin = await somebody.get("/signin")
        form = {"_form": signin.soup.select_one("[name=_form]")["value"], "name": "X"}  # type: ignore[index]
        page = await somebody.post("/join", form)
        assert page.path == "/join"
        assert words in page.text


async def test_sign_ups_of_a_network_are_counted(tmp_path: Path) -> None:
    """Five in half an hour, at all doors together; what is typed wrong does not count."""
    url = f"sqlite:///{tmp_path}/node.db"
    async with serving(url, tmp_path, limits={"rate_limits": True}) as node:
        await node.account("amina")
        code = await invitation(node, uses=10)
        async with reader(node) as crowd:
            for at in range(5):
                page = await crowd.get(f"/join/{code}")
                page = await crowd.submit(page, name="X", email="no", password=PASSWORD)
                assert page.status == 422
                page = await crowd.submit(page, email=f"x{at}@example.org", password=PASSWORD)
                assert page.path == "/join/welcome", page.text
                crowd.session.cookie_jar.clear()
            page = await crowd.get(f"/join/{code}")
            page = await crowd.submit(page, name="X", email="y@example.org", password=PASSWORD)
            assert page.status == 429
            assert int(page.headers["Retry-After"]) > 0
            page = await crowd.get("/join")
            page = await crowd.submit(
                page, name="X", email="y@example.org", password=PASSWORD, text="Moi."
            )
            assert page.status == 429
            async with crowd.session.post(
                f"{node.base}/api/aid/v1/join/{code}",
                json={"username": "zz", "email": "zz@example.org", "password": PASSWORD},
            ) as answer:
                assert answer.status == 429
