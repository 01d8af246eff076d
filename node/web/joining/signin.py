"""Signing in, by a name or an address and a password, and out again."""

from __future__ import annotations

import secrets
from typing import Final

from aiohttp import web

from node.actions import credentials, mailing, second_factor, signing_in
from node.actions.signing_in import Known, Unconfirmed
from node.errors import EntraideError, Invalid, TooMany
from node.outbox.reading.network import NETWORK
from node.store import web_sessions
from node.web.joining.devices import device_of
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, local, show

CODE: Final = "code"
CONFIRM: Final = "confirm"
HOME: Final = "/me"
UNCONFIRMED: Final = later(
    "Votre adresse électronique n’est pas encore confirmée : ouvrez le lien que nous vous avons "
    "écrit."
)


def onward(path: str) -> str:
    """Where somebody goes who signed in: a page of ours, and not this one again."""
    path = local(path) if path else HOME
    return HOME if path.startswith(("/signin", "/signout")) else path


async def enter(visit: Visit, actor_id: int) -> None:
    """Whoever sits there is signed in from now on, by a session of which nobody knew before."""
    token = secrets.token_urlsafe(32)
    if visit.person is not None:
        await leave(visit)
    await visit.store.write(
        web_sessions.begin,
        token,
        actor_id,
        device=device_of(visit.request.headers.get("User-Agent", "")),
        now=visit.now,
    )
    visit.cookies.session = token


async def leave(visit: Visit) -> None:
    """The session of this browser ends, with its open streams."""
    if visit.person is not None:
        me = visit.person
        await visit.store.write(web_sessions.end, me.actor.id, me.session, now=visit.now)


# ── in ───────────────────────────────────────────────────────────────────────────────────────


async def signin(visit: Visit) -> web.Response:
    """GET /signin?next=…"""
    if visit.person is not None:
        return visit.go(onward(visit.query("next")))
    return _ask(visit, visit.query("next"))


async def signed_in(visit: Visit) -> web.Response:
    """POST /signin: fields ``who``, ``password`` and ``next``."""
    who, word = visit.text("who"), visit.form.get("password", "")
    network = str(visit.request.get(NETWORK, ""))
    back = visit.text("next")
    try:
        known = await signing_in.by_password(
            visit.store, visit.here, who, word if isinstance(word, str) else "", network
        )
    except Unconfirmed as error:
        again = await signing_in.hold(visit.store, visit.here, error.known, CONFIRM)
        return _ask(visit, back, error, again=again if mailing.sends_mail(visit.here) else "")
    except EntraideError as error:
        return _ask(visit, back, error)
    if known.second:
        held = await signing_in.hold(visit.store, visit.here, known, CODE)
        return _ask_code(visit, held, back)
    return await _let_in(visit, known, back)


async def code_without_form(visit: Visit) -> web.Response:
    """GET /signin/code: who comes here by a bookmark begins at the beginning."""
    return visit.go("/signin")


async def code_given(visit: Visit) -> web.Response:
    """POST /signin/code: fields ``held``, ``code`` and ``next``."""
    held, back = visit.text("held"), visit.text("next")
    try:
        known = await signing_in.held(visit.store, visit.here, held, CODE)
    except EntraideError as error:
        return _ask(visit, back, error)
    try:
        await second_factor.check(visit.store, visit.here, known.actor.id, visit.text("code"))
    except (Invalid, TooMany) as error:
        return _ask_code(visit, held, back, error)
    return await _let_in(visit, known, back)


async def link_again(visit: Visit) -> web.Response:
    """POST /signin/confirm: field ``held``; the link to confirm an address goes once more."""
    known = await signing_in.held(visit.store, visit.here, visit.text("held"), CONFIRM)
    await visit.store.write(credentials.ask_confirmation, visit.here, known.actor)
    return visit.go(
        "/signin",
        notice=visit.say(
            "Le lien est parti à votre adresse. Ouvrez-le, puis connectez-vous. S’il n’arrive "
            "pas en quelques minutes, regardez dans les courriers indésirables."
        ),
    )


async def _let_in(visit: Visit, known: Known, back: str) -> web.Response:
    await enter(visit, known.actor.id)
    return visit.go(onward(back))


def _ask(
    visit: Visit, back: str, error: EntraideError | None = None, *, again: str = ""
) -> web.Response:
    said = UNCONFIRMED if isinstance(error, Unconfirmed) else error.public if error else ""
    return visit.page(
        "joining/signin.html",
        status=200 if error is None else error.status,
        headers=_wait(error),
        title=visit.say("Se connecter"),
        back=back,
        who=visit.text("who"),
        errors={} if error is None else {"": said},
        again=again,
        joining=visit.here.settings.node.joining,
    )


def _ask_code(
    visit: Visit, held: str, back: str, error: EntraideError | None = None
) -> web.Response:
    return visit.page(
        "joining/code.html",
        status=200 if error is None else error.status,
        headers=_wait(error),
        title=visit.say("Votre code"),
        back=back,
        held=held,
        errors={} if error is None else {"code": error.public},
    )


def _wait(error: EntraideError | None) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}


# ── out ──────────────────────────────────────────────────────────────────────────────────────


async def signed_out(visit: Visit) -> web.Response:
    """POST /signout."""
    await leave(visit)
    visit.cookies.signed_out = True
    return visit.go("/", notice=visit.say("Cet appareil n’est plus connecté."))


PAGES: Final[tuple[Page, ...]] = (
    show("/signin", signin),
    act("/signin", signed_in),
    show("/signin/code", code_without_form),
    act("/signin/code", code_given),
    act("/signin/confirm", link_again),
    act("/signout", signed_out),
)
