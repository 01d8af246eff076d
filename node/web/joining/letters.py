"""Where the links of our mails lead: no more mail (RFC 8058), an address confirmed, a new password.

To look at a page changes nothing, since mail programs and their guards open links by themselves;
its one button does it. No cookie is asked for: the key in the address is all that opens it, so no
other site can press the button without knowing it.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from node.actions import credentials, mailing
from node.actions.passwords import hash_password
from node.errors import Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.reading.network import NETWORK
from node.social.accounts import check_password
from node.web.site.visit import Page, Visit, act, show

KEYS: Final = Rate("keys", 25, 1800.0)
SECRET: Final = {
    # The address is a secret: it is neither kept nor told to whom the page links.
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def key_of(visit: Visit) -> str:
    """The key of the address. Raises TooMany for whoever tries many."""
    visit.here.rates.spend(KEYS, str(visit.request.get(NETWORK, "")), visit.now)
    return visit.path("key")[:100]


# ── no more mail ─────────────────────────────────────────────────────────────────────────────


async def unsubscribe(visit: Visit) -> web.Response:
    """GET /unsubscribe/{key}."""
    try:
        await visit.store.read(mailing.subscriber, key_of(visit))
    except NotFound:
        return _over(visit)
    return _letter(
        visit,
        visit.say("Ne plus recevoir de courrier"),
        visit.say(
            "Vous ne recevrez plus de nouvelles par courrier. Elles restent dans votre compte, et "
            "vous pourrez en redemander à tout moment."
        ),
        button=visit.say("Ne plus m’écrire"),
    )


async def unsubscribed(visit: Visit) -> web.Response:
    """POST /unsubscribe/{key}: by the button, or by a mail program that posts
    ``List-Unsubscribe=One-Click``."""
    try:
        await visit.store.write(mailing.unsubscribe, key_of(visit))
    except NotFound:
        return _over(visit)
    return _letter(
        visit,
        visit.say("C’est fait"),
        visit.say(
            "Nous ne vous écrirons plus. Vos nouvelles restent dans votre compte ; c’est là aussi "
            "que vous pouvez redemander du courrier."
        ),
        onward=("/me/settings", visit.say("Mes réglages")),
    )


# ── an address ───────────────────────────────────────────────────────────────────────────────


async def confirm(visit: Visit) -> web.Response:
    """GET /confirm/{key}."""
    try:
        await visit.store.read(credentials.check_key, visit.here, key_of(visit), credentials.EMAIL)
    except NotFound:
        return _over(visit)
    return _letter(
        visit,
        visit.say("Votre adresse"),
        visit.say("Confirmez que cette adresse est la vôtre, pour que nous puissions vous écrire."),
        button=visit.say("C’est mon adresse"),
    )


async def confirmed(visit: Visit) -> web.Response:
    """POST /confirm/{key}."""
    try:
        await visit.store.write(credentials.confirm_address, visit.here, key_of(visit))
    except NotFound:
        return _over(visit)
    return _letter(
        visit, visit.say("Merci"), visit.say("Votre adresse est confirmée."), onward=_door(visit)
    )


# ── a password ───────────────────────────────────────────────────────────────────────────────


async def reset(visit: Visit) -> web.Response:
    """GET /reset/{key}."""
    try:
        await visit.store.read(
            credentials.check_key, visit.here, key_of(visit), credentials.PASSWORD
        )
    except NotFound:
        return _over(visit)
    return _ask_password(visit)


async def was_reset(visit: Visit) -> web.Response:
    """POST /reset/{key}: field ``password``. Every device is signed out."""
    key, given = key_of(visit), visit.form.get("password", "")
    try:
        await visit.store.read(credentials.check_key, visit.here, key, credentials.PASSWORD)
        word = check_password(given if isinstance(given, str) else "")
        hashed = await asyncio.to_thread(hash_password, word)
        await visit.store.write(credentials.use_password_key, visit.here, key, hashed)
    except NotFound:
        return _over(visit)
    except Invalid as error:
        return _ask_password(visit, error)
    return _letter(
        visit,
        visit.say("C’est fait"),
        visit.say(
            "Votre nouveau mot de passe est enregistré, et tous vos appareils sont déconnectés. "
            "Connectez-vous à nouveau."
        ),
        onward=("/signin", visit.say("Se connecter")),
    )


def _ask_password(visit: Visit, error: Invalid | None = None) -> web.Response:
    return visit.page(
        "joining/reset.html",
        status=200 if error is None else error.status,
        headers=SECRET,
        title=visit.say("Un nouveau mot de passe"),
        errors={} if error is None else {"password": error.public},
    )


# ── all ──────────────────────────────────────────────────────────────────────────────────────


def _door(visit: Visit) -> tuple[str, str]:
    if visit.person is not None:
        return ("/me", visit.say("Mon entraide"))
    return ("/signin", visit.say("Se connecter"))


def _over(visit: Visit) -> web.Response:
    return _letter(
        visit,
        visit.say("Ce lien ne vaut plus"),
        visit.say("Il a déjà servi, ou son temps est passé. Demandez-en un autre."),
        status=404,
        onward=_door(visit),
    )


def _letter(
    visit: Visit,
    title: str,
    text: str,
    *,
    button: str = "",
    onward: tuple[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    """`onward`: where one may go from here, and what that is called."""
    return visit.page(
        "joining/letter.html",
        status=status,
        headers=SECRET,
        title=title,
        text=text,
        button=button,
        onward=onward,
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/unsubscribe/{key}", unsubscribe),
    act("/unsubscribe/{key}", unsubscribed, unmarked=True),
    show("/confirm/{key}", confirm),
    act("/confirm/{key}", confirmed, unmarked=True),
    show("/reset/{key}", reset),
    act("/reset/{key}", was_reset, unmarked=True),
)
