"""The second question of signing in: put in place, its codes on paper, taken away again."""

from __future__ import annotations

from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from node.actions import second_factor, signing_in
from node.errors import EntraideError
from node.store import second_factors
from node.web.joining.security import HOME, secret_of
from node.web.site.visit import Page, Visit, act, show

AT: Final = f"{HOME}/code"


async def code(visit: Visit) -> web.Response:
    """GET /me/security/code."""
    return await _show(visit)


async def code_given(visit: Visit) -> web.Response:
    """POST /me/security/code: fields ``current`` (the password), ``code``, and ``do``: ``on``,
    ``codes`` (ten new ones) or ``off``."""
    me, at, do = visit.me, "current", visit.text("do")
    given = visit.text("code")
    try:
        await signing_in.own_password(visit.here, me.account, secret_of(visit, "current"))
        at = "code"
        if do == "on":
            codes = await second_factor.confirm(visit.store, visit.here, me.actor, given)
            return _codes(visit, codes, fresh=True)
        await second_factor.check(visit.store, visit.here, me.actor.id, given)
    except EntraideError as error:
        return await _show(visit, error, at)
    if do == "off":
        await visit.store.write(second_factor.turn_off, visit.here, me.actor)
        return visit.go(
            HOME, notice=visit.say("Votre mot de passe suffit de nouveau pour vous connecter.")
        )
    return _codes(visit, await visit.store.write(second_factor.new_codes, me.actor), fresh=False)


def _codes(visit: Visit, codes: list[str], *, fresh: bool) -> web.Response:
    """Shown once: neither this page nor its codes are kept."""
    return visit.page(
        "joining/codes.html",
        headers={"Cache-Control": "private, no-store"},
        title=visit.say("Vos dix codes de secours"),
        codes=codes,
        fresh=fresh,
        username=visit.me.actor.username,
    )


async def _show(visit: Visit, error: EntraideError | None = None, at: str = "") -> web.Response:
    me = visit.me
    status = 200 if error is None else error.status
    errors = {} if error is None else {at: error.public}
    title = visit.say("La seconde vérification")
    headers = {"Cache-Control": "private, no-store"}
    found = await visit.store.read(second_factors.of, me.actor.id)
    if found is not None and found.confirmed_at is not None:
        return visit.page(
            "joining/second_on.html",
            status=status,
            headers=headers,
            title=title,
            since=found.confirmed_at,
            codes=await visit.store.read(second_factors.codes_left, me.actor.id),
            errors=errors,
        )
    setup = await visit.store.write(second_factor.set_up, visit.here, me.actor)
    return visit.page(
        "joining/second_off.html",
        status=status,
        headers=headers,
        title=title,
        qr=_qr(setup.uri),
        uri=setup.uri,
        secret_text=_in_fours(setup.secret),
        errors=errors,
    )


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _qr(text: str) -> Markup:
    """Dark on light in every look of the pages: cameras want it so."""
    svg = segno.make(text, error="m").svg_inline(
        scale=6, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(svg)  # noqa: S704 - made of squares


PAGES: Final[tuple[Page, ...]] = (
    show(AT, code, who="member"),
    act(AT, code_given, who="member"),
)
