"""An app is let in by the second factor, too, where somebody has one."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp

from node.actions import second_factor
from node.store import actors
from tests.mastodon.signing_in import App, Told, town


async def test_the_page_of_apps_asks_for_the_code(tmp_path: Path) -> None:
    async with town(tmp_path, "amina", "benoit", limits={"rate_limits": True}) as here:
        node = here.node
        amina = await node.store.read(actors.local_by_username, "amina")
        assert amina is not None
        made = await node.store.write(second_factor.set_up, node.here, amina)
        now = node.here.clock.now()
        totp = pyotp.TOTP(made.secret)
        codes = await node.store.write(
            second_factor.turn_on, node.here, amina, totp.at(int(now) - 30)
        )
        app = await here.app()
        asked = await app.submit("amina")
        assert asked.status == 200
        assert "Location" not in asked.headers
        assert 'type="password"' not in asked.body
        assert "<code>" not in asked.body
        held = _held(asked)
        # Neither the held value nor a code alone opens anything
        assert (await _second(app, held, "")).status == 422
        assert (await _second(app, held, "000000")).status == 422
        assert (await _second(app, "", codes[0])).status == 401
        assert (await _second(app, held[:-1] + "x", codes[0])).status == 401
        other = held.replace(str(amina.id), str(amina.id + 1))
        assert (await _second(app, other, codes[0])).status == 401
        let_in = await _second(app, held, totp.at(int(now)))
        assert let_in.status == 302
        again = await _second(app, held, totp.at(int(now)))
        assert again.status == 422  # a code is good once
        assert "déjà servi" in again.body
        let_in = await _second(app, held, f" {codes[3].upper()} ")
        assert let_in.status == 302
        many = await _second(app, held, codes[4])
        assert many.status == 429  # the sixth in five minutes
        assert (await app.submit("benoit")).status == 302


def _held(page: Told) -> str:
    found = re.search(r'name="held" value="([^"]+)"', page.body)
    assert found
    return found[1]


async def _second(app: App, held: str, code: str) -> Told:
    form = app.request() | {"held": held, "otp": code}
    return await app.ask("POST", "/oauth/authorize", data=form)
