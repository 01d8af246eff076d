"""The second question of signing in, without a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio

from node.actions import second_factor, signing_in
from node.clock import FixedClock
from node.errors import Invalid, TooMany
from node.store import second_factors
from tests.pages.reading import Read, reader
from tests.pages.signing import sign_in
from tests.serving import PASSWORD, Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOON = 1_795_521_600.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("locks")
    async with serving(f"sqlite:///{directory}/node.db", directory) as there:
        yield there


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
        assert (await sign_in(somebody, "amina", path="/signin?next=/display")).path == "/display"
        page = await hers.submit(page, code=totp.at(int(now) - 30), current=PASSWORD)
        assert page.status == 200
        codes = codes_of(page)
        assert len(codes) == len(set(codes)) == 10
        page = await hers.get("/me/security")
        assert "Il vous reste 10 codes de secours." in page.text
        somebody.session.cookie_jar.clear()
        page = await sign_in(somebody, "amina", path="/signin?next=/display")
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
        assert (await sign_in(somebody, "amina", path="/signin?next=/display")).path == "/display"


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
