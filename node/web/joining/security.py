"""One's own locks: the password, the address, what is connected."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from node.actions import credentials, mailing, signing_in
from node.actions.passwords import hash_password
from node.errors import EntraideError, NotFound
from node.social.accounts import check_email, check_password
from node.store import connected, second_factors, web_sessions
from node.store.connected import Connected
from node.store.second_factors import Factor
from node.store.transaction import Transaction
from node.store.web_sessions import Session
from node.web.joining.devices import said
from node.web.joining.signin import enter
from node.web.site.visit import Page, Visit, act, show

HOME: Final = "/me/security"


def secret_of(visit: Visit, name: str) -> str:
    """A password as it was typed, with its spaces."""
    value = visit.form.get(name, "")
    return value if isinstance(value, str) else ""


# ── what there is ────────────────────────────────────────────────────────────────────────────


def _locks(
    tx: Transaction, actor_id: int, now: float
) -> tuple[list[Session], list[Connected], Factor | None, int]:
    return (
        web_sessions.of(tx, actor_id, now=now),
        connected.apps_of(tx, actor_id),
        second_factors.of(tx, actor_id),
        second_factors.codes_left(tx, actor_id),
    )


async def security(visit: Visit) -> web.Response:
    """GET /me/security."""
    me = visit.me
    sessions, apps, factor, codes = await visit.store.read(_locks, me.actor.id, visit.now)
    return visit.page(
        "joining/security.html",
        title=visit.say("Mot de passe et sécurité"),
        account=me.account,
        devices=[(one, said(visit, one.device), one.hash == me.session) for one in sessions],
        apps=apps,
        on=factor is not None and factor.confirmed_at is not None,
        codes=codes,
    )


async def ended(visit: Visit) -> web.Response:
    """POST /me/security/devices: field ``hash``, of a device or an app; ``others`` for all but
    this one."""
    me, which = visit.me, visit.text("hash")
    if which == "others":
        await visit.store.write(connected.end_others, me.actor.id, me.session, now=visit.now)
        return visit.go(HOME, notice=visit.say("Tout est déconnecté, sauf cet appareil."))
    if not await visit.store.write(connected.end, me.actor.id, which[:100], now=visit.now):
        raise NotFound("Cet appareil est déjà déconnecté.")
    return visit.go(HOME, notice=visit.say("C’est déconnecté."))


# ── the password ─────────────────────────────────────────────────────────────────────────────


async def password(visit: Visit) -> web.Response:
    """GET /me/security/password."""
    return _ask_password(visit)


async def password_given(visit: Visit) -> web.Response:
    """POST /me/security/password: fields ``current`` and ``password``. All other devices and apps
    are signed out; this one goes on, by another session."""
    me, at = visit.me, "current"
    try:
        await signing_in.own_password(visit.here, me.account, secret_of(visit, "current"))
        at = "password"
        word = check_password(secret_of(visit, "password"))
    except EntraideError as error:
        return _ask_password(visit, error, at)
    hashed = await asyncio.to_thread(hash_password, word)
    await visit.store.write(credentials.change_password, visit.here, me.actor, hashed)
    await enter(visit, me.actor.id)
    return visit.go(
        HOME,
        notice=visit.say(
            "Votre mot de passe est changé. Vos autres appareils et applications sont déconnectés."
        ),
    )


def _ask_password(
    visit: Visit, error: EntraideError | None = None, field: str = ""
) -> web.Response:
    return visit.page(
        "joining/password.html",
        status=200 if error is None else error.status,
        title=visit.say("Changer de mot de passe"),
        errors={} if error is None else {field: error.public},
    )


# ── the address ──────────────────────────────────────────────────────────────────────────────


async def address(visit: Visit) -> web.Response:
    """GET /me/security/address."""
    return _ask_address(visit)


async def address_given(visit: Visit) -> web.Response:
    """POST /me/security/address: fields ``email`` and ``current``. It is another one when the
    link is opened that goes there."""
    me, at = visit.me, "email"
    try:
        email = check_email(visit.text("email"))
        at = "current"
        await signing_in.own_password(visit.here, me.account, secret_of(visit, "current"))
        at = "email"
        await visit.store.write(credentials.ask_confirmation, visit.here, me.actor, email)
    except EntraideError as error:
        return _ask_address(visit, error, at)
    return visit.go(
        HOME,
        notice=visit.say(
            "Un lien part à l’adresse %(email)s. Ouvrez-le : votre adresse change à ce moment. "
            "S’il n’arrive pas, regardez dans les courriers indésirables.",
            email=email,
        ),
    )


async def link_again(visit: Visit) -> web.Response:
    """POST /me/security/confirm: the link to confirm the account's own address goes once more."""
    await visit.store.write(credentials.ask_confirmation, visit.here, visit.me.actor)
    return visit.go(
        HOME,
        notice=visit.say(
            "Le lien est parti à votre adresse. S’il n’arrive pas en quelques minutes, regardez "
            "dans les courriers indésirables."
        ),
    )


def _ask_address(visit: Visit, error: EntraideError | None = None, field: str = "") -> web.Response:
    return visit.page(
        "joining/address.html",
        status=200 if error is None else error.status,
        title=visit.say("Changer d’adresse électronique"),
        account=visit.me.account,
        by_mail=mailing.sends_mail(visit.here),
        contact=visit.here.settings.node.contact_email,
        email=visit.text("email"),
        errors={} if error is None else {field: error.public},
    )


PAGES: Final[tuple[Page, ...]] = (
    show(HOME, security, who="member"),
    act("/me/security/devices", ended, who="member"),
    show("/me/security/password", password, who="member"),
    act("/me/security/password", password_given, who="member"),
    show("/me/security/address", address, who="member"),
    act("/me/security/address", address_given, who="member"),
    act("/me/security/confirm", link_again, who="member"),
)
