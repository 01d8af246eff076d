"""The second question of signing in, and one's own locks, without a script."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pyotp
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from node.actions import authorization, passwords, second_factor, signing_in
from node.clock import FixedClock
from node.errors import Invalid, TooMany
from node.social.accounts import Actor
from node.store import connected, second_factors, web_sessions
from tests.mailbox import link, mailbox
from tests.pages.reading import Read, Reader, reader, session_of
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOON = 1_795_521_600.0


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing: it is not they that are tested here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        for module in (passwords, signing_in):
            patch.setattr(module, "NOBODY", cheap.hash("nobody's"))
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("locks")
    async with serving(f"sqlite:///{directory}/node.db", directory) as there:
        yield there


async def sign_in(somebody: Reader, who: str, path: str = "/signin", word: str = PASSWORD) -> Read:
    page = await somebody.get(path)
    return await somebody.submit(page, "/signin", who=who, password=word)


def codes_of(page: Read) -> list[str]:
    return [one.get_text() for one in page.soup.select("main ol code")]


def secret_of(page: Read) -> pyotp.TOTP:
    found = re.search(r"secret=([A-Z2-7]+)", page.html)
    assert found
    assert " ".join(re.findall("....", found[1])) in page.text
    return pyotp.TOTP(found[1])


# ── the second question ──────────────────────────────────────────────────────────────────────


async def test_from_setting_up_to_turning_off(node: Serving) -> None:
    amina = await node.account("amina")
    async with reader(node, amina) as hers, reader(node) as somebody:
        page = await hers.get("/me/security")
        assert "le mot de passe suffit" in page.text
        page = await hers.get("/me/security/code")
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "style=" not in page.html
        assert page.soup.select_one("main svg path")
        totp = secret_of(page)
        again = await hers.get("/me/security/code")
        assert secret_of(again).secret == totp.secret  # to load the page again changes nothing
        now = node.here.clock.now()
        page = await hers.submit(page, code="000000", current=PASSWORD)
        assert (page.status, len(page.problems)) == (422, 1)
        page = await hers.submit(page, code=totp.at(int(now) - 30), current="faux")
        assert (page.status, page.problems) == (403, ["Ce n’est pas votre mot de passe."])
        # Not in force until a code was given
        assert (await sign_in(somebody, "amina", "/signin?next=/display")).path == "/display"
        page = await hers.submit(page, code=totp.at(int(now) - 30), current=PASSWORD)
        assert page.status == 200
        codes = codes_of(page)
        assert len(codes) == len(set(codes)) == 10
        page = await hers.get("/me/security")
        assert "Il vous reste 10 codes de secours." in page.text
        somebody.session.cookie_jar.clear()
        page = await sign_in(somebody, "amina", "/signin?next=/display")
        assert page.h1 == "Votre code"
        assert "entraide=" not in str(page.headers.getall("Set-Cookie", []))
        assert (await somebody.get("/me/security")).path.startswith("/signin")
        wrong = await somebody.submit(page, "/signin/code", code="123456")
        assert (wrong.status, len(wrong.problems)) == (422, 1)
        inside = await somebody.submit(wrong, "/signin/code", code=totp.at(int(now)))
        assert inside.path == "/display"
        # The same code again, by who looked over the shoulder
        async with reader(node) as other:
            page = await sign_in(other, "amina")
            page = await other.submit(page, "/signin/code", code=totp.at(int(now)))
            assert page.status == 422
            page = await other.submit(page, "/signin/code", code=f" {codes[0].upper()} ")
            assert page.path.startswith("/me")
            other.session.cookie_jar.clear()
            page = await sign_in(other, "amina")
            page = await other.submit(page, "/signin/code", code=codes[0])
            assert page.status == 422
        page = await hers.get("/me/security/code")
        assert "Il vous reste 9 codes de secours." in page.text
        page = await hers.submit(
            page, button="Dix nouveaux codes de secours", current=PASSWORD, code=codes[1]
        )
        fresh = codes_of(page)
        assert len(set(fresh) | set(codes)) == 20
        page = await hers.get("/me/security/code")
        page = await hers.submit(
            page, button="Ne plus demander de code", current=PASSWORD, code=codes[2]
        )
        assert page.status == 422  # of the paper before
        page = await hers.submit(
            page, button="Ne plus demander de code", current="faux", code=fresh[0]
        )
        assert page.status == 403
        page = await hers.submit(
            page, button="Ne plus demander de code", current=PASSWORD, code=fresh[0]
        )
        assert page.path == "/me/security"
        assert await node.store.read(second_factors.of, amina.id) is None
        assert await node.store.read(second_factors.codes_left, amina.id) == 0
        somebody.session.cookie_jar.clear()
        assert (await sign_in(somebody, "amina", "/signin?next=/display")).path == "/display"


async def test_codes_of_a_clock_that_is_a_little_off(node: Serving) -> None:
    """One step before and one after; each once, and none that is older than one that was used."""
    benoit = await node.account("benoit")
    clock = FixedClock(NOON)
    here = replace(node.here, clock=clock)
    made = await node.store.write(second_factor.set_up, here, benoit)
    totp = pyotp.TOTP(made.secret)
    await node.store.write(second_factor.turn_on, here, benoit, totp.at(int(NOON) - 30))
    clock.advance(300)
    now = int(clock.now())
    for late in (-60, 60, 90):
        with pytest.raises(Invalid):
            await node.store.write(second_factor.use, here, benoit.id, totp.at(now + late))
    await node.store.write(second_factor.use, here, benoit.id, totp.at(now - 30))
    await node.store.write(second_factor.use, here, benoit.id, totp.at(now + 30))
    for used in (-30, 0, 30):
        with pytest.raises(Invalid):
            await node.store.write(second_factor.use, here, benoit.id, totp.at(now + used))
    for nonsense in ("", " ", "12345", "1234567", "١٢٣٤٥٦", "aaaa-bbbb-cccc", "x" * 10_000):
        with pytest.raises(Invalid):
            await node.store.write(second_factor.use, here, benoit.id, nonsense)


async def test_five_tries_in_five_minutes(tmp_path: Path) -> None:
    """Of an account, from wherever; the right code is refused then, too."""
    url = f"sqlite:///{tmp_path}/node.db"
    async with serving(url, tmp_path, limits={"rate_limits": True}) as node:
        amina = await node.account("amina")
        clock = FixedClock(node.here.clock.now())
        here = replace(node.here, clock=clock)
        made = await node.store.write(second_factor.set_up, here, amina)
        totp = pyotp.TOTP(made.secret)
        await second_factor.confirm(node.store, here, amina, totp.at(int(clock.now()) - 30))
        async with reader(node) as somebody:
            page = await sign_in(somebody, "amina")
            for _ in range(4):
                page = await somebody.submit(page, "/signin/code", code="000000")
                assert page.status == 422
            page = await somebody.submit(page, "/signin/code", code=totp.at(int(clock.now())))
            assert page.status == 429
            assert int(page.headers["Retry-After"]) > 0
        with pytest.raises(TooMany):
            await second_factor.check(node.store, here, amina.id, totp.at(int(clock.now())))
        clock.advance(120)
        await second_factor.check(node.store, here, amina.id, totp.at(int(clock.now())))


async def test_what_holds_between_the_questions_ends(node: Serving) -> None:
    """After ten minutes, with another password, and for another purpose."""
    carla = await node.account("carla")
    clock = FixedClock(node.here.clock.now())
    here = replace(node.here, clock=clock)
    known = await signing_in.by_password(node.store, here, "carla", PASSWORD, "")
    held = await signing_in.hold(node.store, here, known, "code")
    assert (await signing_in.held(node.store, here, held, "code")).actor.id == carla.id
    for wrong in (held[:-1], f"{held}0", f"9{held}", "", "..", "1.2.é", "\u0664.1.x"):
        with pytest.raises(Exception, match="Trop de temps"):
            await signing_in.held(node.store, here, wrong, "code")
    with pytest.raises(Exception, match="Trop de temps"):
        await signing_in.held(node.store, here, held, "confirm")
    clock.advance(601)
    with pytest.raises(Exception, match="Trop de temps"):
        await signing_in.held(node.store, here, held, "code")


# ── one's own locks ──────────────────────────────────────────────────────────────────────────


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
    assert await _is_over(node, token)
    async with reader(node) as somebody:
        assert (await sign_in(somebody, "dora")).status == 401
        page = await sign_in(somebody, "dora", "/signin?next=/display", " un tout autre mot ")
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
        assert [await _is_over(node, token) for token in tokens] == [True, False, False]
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
        assert [await _is_over(node, token) for token in tokens] == [True, True, True]
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
                page = await sign_in(somebody, "jean", "/signin?next=/display", "huit mots ici")
                assert page.path == "/display"


async def test_where_no_mail_is_sent(node: Serving) -> None:
    async with reader(node) as somebody:
        page = await somebody.get("/forgotten")
        assert "L’association du quartier vous donne un nouveau mot de passe" in page.text
        assert not page.soup.select("main form")


async def app_of(node: Serving, actor: Actor, name: str) -> str:
    """The token of an app that somebody let in."""
    now = node.here.clock.now()
    made = await node.store.write(
        authorization.register,
        name=name,
        redirect_uris=("https://app.example/back",),
        scopes="read",
        website=None,
        now=now,
    )
    token = await node.store.write(authorization.person_token, made.app, actor.id, now=now)
    return token.text


async def _is_over(node: Serving, token: str) -> bool:
    async with (
        reader(node) as somebody,
        somebody.session.get(
            f"{node.base}/api/v1/accounts/verify_credentials",
            headers={"Authorization": f"Bearer {token}"},
        ) as answer,
    ):
        return answer.status == 401
