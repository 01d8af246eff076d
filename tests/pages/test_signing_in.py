"""Signing in and out, without a script: what opens the door, and what does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions import passwords, signing_in
from node.store import accounts, moderation, web_sessions
from node.store.transaction import Transaction
from node.web.joining.devices import device_of
from tests.mailbox import link, mailbox
from tests.pages.reading import Read, reader, session_of
from tests.pages.signing import sign_in
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
WRONG = "Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez, et essayez encore."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("signing-in")
    async with serving(f"sqlite:///{directory}/node.db", directory) as there:
        await there.account("amina")
        await there.account("benoit")
        yield there


def mark_of(page: Read) -> str:
    field = page.soup.select_one("[name=_form]")
    assert field is not None
    return str(field["value"])


async def test_in_and_out_again(node: Serving) -> None:
    async with reader(node) as somebody:
        page = await somebody.get("/signin?next=/display")
        page = await somebody.submit(
            page, "/signin", who=" @AMINA ", password=PASSWORD, follow=False
        )
        assert (page.status, page.headers["Location"]) == (303, "/display")
        (cookie,) = [one for one in page.headers.getall("Set-Cookie") if "entraide=" in one]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        page = await somebody.get("/signin?next=/display", follow=False)
        assert page.headers["Location"] == "/display"
        page = await somebody.get("/me/security")
        assert page.h1 == "Mot de passe et sécurité"
        page = await somebody.submit(page, "/signout")
        assert page.path == "/"
        assert page.notice == "Cet appareil n’est plus connecté."
        page = await somebody.get("/me/security")
        assert page.path == "/signin?next=/me/security"
        page = await somebody.submit(page, "/signin", who="amina@EXAMPLE.org", password=PASSWORD)
        assert page.path == "/me/security"


async def test_nobody_and_a_wrong_password_are_told_alike(
    node: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And as late: a hash is looked at for each."""
    checked: list[bool] = []
    real = passwords.password_fits

    def counted(hashed: str, password: str) -> bool:
        checked.append(hashed == passwords.NOBODY)
        return real(hashed, password)

    monkeypatch.setattr(signing_in, "password_fits", counted)
    async with reader(node) as somebody:
        for who in ("amina", "nobody", "nobody@example.org", "quartier"):
            page = await sign_in(somebody, who, "un faux mot")
            assert page.status == 401
            assert page.problems == [WRONG]
            assert page.soup.select_one("#f-who")["value"] == who  # type: ignore[index]
            assert "un faux mot" not in page.html
    assert checked == [False, True, True, True]


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil.example",
        "/signin?next=/signin",
        "/signout",
    ],
)
async def test_nobody_is_sent_away_by_the_way_back(node: Serving, there: str) -> None:
    async with reader(node) as somebody:
        page = await somebody.get("/signin", params={"next": there})
        page = await somebody.submit(page, "/signin", who="benoit", password=PASSWORD, follow=False)
        assert page.status == 303
        assert page.headers["Location"] in ("/", "/me")
        page = await somebody.get("/signin", params={"next": there}, follow=False)
        assert page.headers["Location"] in ("/", "/me")


async def test_a_form_from_elsewhere_does_nothing(node: Serving) -> None:
    """Without a mark, with the mark of another browser, or posted by another site."""
    async with reader(node) as mallory, reader(node) as somebody:
        theirs = mark_of(await mallory.get("/signin"))
        ours = mark_of(await somebody.get("/signin"))
        form = {"who": "amina", "password": PASSWORD, "next": "/"}
        for fields, headers in (
            (form, {}),
            (form | {"_form": theirs}, {}),
            (form | {"_form": "x"}, {}),
            (form | {"_form": ours}, {"Origin": "https://evil.example"}),
            (form | {"_form": ours}, {"Sec-Fetch-Site": "cross-site"}),
        ):
            page = await somebody.post("/signin", fields, headers=headers)
            assert page.status == 403
            assert (await somebody.get("/signin")).path == "/signin"  # not signed in
        page = await sign_in(somebody)
        # What was marked before somebody signed in is of nobody, and signs nobody out
        page = await somebody.post("/signout", {"_form": ours})
        assert page.status == 403
        page = await somebody.post("/signout", {})
        assert page.status == 403
        assert (await somebody.get("/me/security")).path == "/me/security"


async def test_a_session_that_was_put_before_is_not_the_one(node: Serving) -> None:
    """Whoever plants a cookie does not sit beside who signs in with it; and who signs in over
    another one ends it."""
    benoit = await node.account("fixated")
    planted = await session_of(node, benoit)
    async with reader(node) as somebody:
        somebody.session.cookie_jar.update_cookies({"entraide": "x" * 43})
        page = await somebody.get("/signin")
        fields = {"_form": mark_of(page), "who": "benoit", "password": PASSWORD}
        page = await somebody.post("/signin", fields, follow=False)
        assert page.status == 303
        assert "entraide=" in str(page.headers.getall("Set-Cookie"))
        assert "x" * 43 not in str(page.headers.getall("Set-Cookie"))
    async with reader(node) as somebody:
        somebody.session.cookie_jar.update_cookies({"entraide": planted})
        page = await somebody.get("/me/security")
        fields = {"_form": mark_of(page), "who": "benoit", "password": PASSWORD}
        page = await somebody.post("/signin", fields, follow=False)
        assert page.status == 303
        assert planted not in str(page.headers.getall("Set-Cookie"))
    now = node.here.clock.now()
    assert await node.store.read(web_sessions.find, planted, now=now) is None


async def test_who_may_not_come_in_is_told_why(tmp_path: Path) -> None:
    """To who knows the password, and to nobody else."""
    async with mailbox() as box:
        mail = {"host": "127.0.0.1", "port": box.port, "security": "none"}
        url = f"sqlite:///{tmp_path}/node.db"
        async with serving(url, tmp_path, mail=mail) as node, reader(node) as somebody:
            carla = await node.account("carla")
            await node.store.write(_change, carla.id, confirmed_at=None)
            page = await sign_in(somebody, "carla", "un faux mot")
            assert (page.status, page.problems) == (401, [WRONG])
            page = await sign_in(somebody, "carla")
            assert page.status == 403
            assert "pas encore confirmée" in page.text
            page = await somebody.submit(page, "/signin/confirm")
            assert page.path == "/signin"
            assert "Le lien est parti" in page.notice
            confirm = link(await box.one(), "/confirm/")
            page = await somebody.get(confirm)
            page = await somebody.submit(page, button="C’est mon adresse")
            assert page.h1 == "Merci"
            assert (await sign_in(somebody, "carla")).path.startswith("/me")
            await node.store.write(moderation.suspend, carla.id, at=1.0)
            assert (await somebody.get("/me/security")).path.startswith("/signin")
            page = await sign_in(somebody, "carla")
            assert page.status == 403
            assert page.problems == [signing_in.SUSPENDED]
            # What is sent in place of what we gave
            fields = {"_form": mark_of(page), "held": f"{carla.id}.99999999999.{'0' * 64}"}
            assert (await somebody.post("/signin/confirm", fields)).status == 401
            assert (await somebody.post("/signin/code", fields | {"code": "1"})).status == 401


def _change(tx: Transaction, /, actor_id: int, **values: object) -> None:
    accounts.change(tx, actor_id, **values)


async def test_both_doors_count_together(tmp_path: Path) -> None:
    """The site and the page of apps: 25 tries of a network in five minutes."""
    url = f"sqlite:///{tmp_path}/node.db"
    async with (
        serving(url, tmp_path, limits={"rate_limits": True}) as node,
        reader(node) as somebody,
    ):
        await node.account("amina")
        asked = {"client_name": "X", "redirect_uris": "https://app.example/back"}
        async with somebody.session.post(f"{node.base}/api/v1/apps", json=asked) as answer:
            app = await answer.json()
        form = {
            "client_id": app["client_id"],
            "redirect_uri": "https://app.example/back",
            "response_type": "code",
            "username": "amina",
            "password": "faux",
        }
        for _ in range(12):
            assert (await somebody.post("/oauth/authorize", form)).status == 401
        page = await somebody.get("/signin")
        for _ in range(13):
            page = await somebody.submit(page, "/signin", who="amina", password="faux")
            assert page.status == 401
        page = await somebody.submit(page, "/signin", who="amina", password=PASSWORD)
        assert page.status == 429
        assert int(page.headers["Retry-After"]) > 0
        assert page.soup.select_one("form[action='/signin']")
        assert (await somebody.post("/oauth/authorize", form)).status == 429


async def test_cookies_of_https(tmp_path: Path) -> None:
    """Secure, and bound to this host by their names."""
    url = f"sqlite:///{tmp_path}/node.db"
    outside = "https://croix-rousse.example"
    async with (
        serving(url, tmp_path, node={"public_url": outside}) as node,
        reader(node) as somebody,
    ):
        await node.account("amina")
        # The test speaks HTTP, where no browser sends such cookies back: they are carried by hand
        page = await somebody.get("/signin")
        (browser,) = page.headers.getall("Set-Cookie")
        fields = {"_form": mark_of(page), "who": "amina", "password": PASSWORD}
        carried = {"Cookie": browser.split(";")[0], "Origin": outside}
        page = await somebody.post("/signin", fields, headers=carried, follow=False)
        assert page.status == 303
        cookies = page.headers.getall("Set-Cookie")
        assert {one.split("=")[0] for one in cookies} == {
            "__Host-entraide",
            "__Host-entraide-browser",
        }
        for one in (browser, *cookies):
            assert "Secure" in one
            assert "HttpOnly" in one
            assert "SameSite=Lax" in one
            assert "Path=/" in one
            assert "Domain" not in one


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/1", "Firefox, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140", "Firefox, Linux"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
async def test_devices_have_names(agent: str, device: str) -> None:
    assert device_of(agent) == device
