"""The page on which somebody lets an app in: one form, no script, and then back to the app.

Who has a second factor is asked for it on a page of its own, between the two.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from node.actions import authorization, second_factor, signing_in
from node.actions.authorization import OUT_OF_BAND, OAuthError
from node.actions.signing_in import Known, Unconfirmed
from node.errors import EntraideError, Forbidden, Invalid, TooMany
from node.mastodon.method import Ask, Method
from node.mastodon.oauth.words import Words, told, words_for
from node.outbox.reading.network import NETWORK
from node.store import apps
from node.store.apps import App

PURPOSE: Final = "oauth"
ASKED: Final = (
    *("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"),
    *("response_type", "lang"),
)
_templates = Environment(
    loader=PackageLoader("node.mastodon"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def show(ask: Ask) -> web.Response:
    """GET /oauth/authorize."""
    try:
        app, scopes = await _request(ask)
    except OAuthError as error:
        return _refusal(ask, error)
    return _page(ask, app, scopes)


async def allow(ask: Ask) -> web.Response:
    """POST /oauth/authorize: signs in and lets the app in, in one step, or in two."""
    try:
        app, scopes = await _request(ask)
    except OAuthError as error:
        return _refusal(ask, error)
    read, words = ask.parameters, _words(ask)
    held, who = read.text("held"), read.text("username").strip()
    try:
        if held:
            known = await signing_in.held(ask.store, ask.here, held, PURPOSE)
        else:
            network = str(ask.request.get(NETWORK, ""))
            known = await signing_in.by_password(
                ask.store, ask.here, who, read.text("password"), network
            )
            if known.second:
                held = await signing_in.hold(ask.store, ask.here, known, PURPOSE)
                return _page(ask, app, scopes, held=held)
    except EntraideError as error:
        problem = words.too_late if held else _problem(error, words)
        return _page(ask, app, scopes, problem=problem, who=who, status=error.status)
    try:
        if known.second:
            await second_factor.check(ask.store, ask.here, known.actor.id, read.text("otp"))
    except (Invalid, TooMany) as error:
        problem = _problem(error, words)
        return _page(ask, app, scopes, problem=problem, held=held, status=error.status)
    return await _let_in(ask, app, scopes, known)


async def _let_in(ask: Ask, app: App, scopes: str, known: Known) -> web.Response:
    read = ask.parameters
    uri = read.text("redirect_uri")
    code = await ask.store.write(
        authorization.authorize,
        app,
        account_id=known.actor.id,
        redirect_uri=uri,
        scopes=scopes,
        challenge=read.maybe("code_challenge"),
        now=ask.here.clock.now(),
    )
    if uri == OUT_OF_BAND:
        return _page(ask, app, scopes, code=code)
    told_back = {"code": code}
    if read.maybe("state"):
        told_back["state"] = read.text("state")
    mark = "&" if urlsplit(uri).query else "?"
    return web.Response(
        status=302,
        headers={
            "Location": f"{uri}{mark}{urlencode(told_back)}",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )


def _problem(error: EntraideError, words: Words) -> str:
    match error:
        case TooMany():
            return words.too_many
        case Unconfirmed():
            return words.unconfirmed
        case Forbidden():
            return words.suspended
        case Invalid():
            return words.wrong_code
        case _:
            return words.wrong


async def _request(ask: Ask) -> tuple[App, str]:
    """The app and the scopes. Where they are wrong nobody is sent anywhere."""
    read = ask.parameters
    app = await ask.store.read(apps.by_client_id, read.text("client_id"))
    if app is None:
        raise OAuthError("invalid_client", "This app is not registered here.", status=401)
    if read.text("response_type", "code") != "code":
        raise OAuthError("unsupported_response_type", "There is only response_type=code.")
    scopes = authorization.check_request(
        app,
        redirect_uri=read.text("redirect_uri"),
        scopes=read.text("scope", "read"),
        challenge=read.maybe("code_challenge"),
        method=read.maybe("code_challenge_method"),
    )
    return app, scopes


def _words(ask: Ask) -> Words:
    return words_for(ask.parameters.text("lang"), ask.request.headers.get("Accept-Language", ""))


def _page(
    ask: Ask,
    app: App,
    scopes: str,
    *,
    code: str = "",
    problem: str = "",
    held: str = "",
    who: str = "",
    status: int = 200,
) -> web.Response:
    read, words = ask.parameters, _words(ask)
    text = _templates.get_template("authorize.html").render(
        words=words,
        quartier=ask.here.settings.node.name,
        app=app.name,
        allowed=told(scopes, words),
        hidden=[(name, read.text(name)) for name in ASKED if read.maybe(name) is not None],
        code=code,
        problem=problem,
        held=held,
        who=who,
    )
    return web.Response(
        status=status,
        text=text,
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Language": words.language,
            "Content-Security-Policy": _policy(read.text("redirect_uri")),
        },
    )


def _refusal(ask: Ask, error: OAuthError) -> web.Response:
    """For the person before the page; what the app is to be told stands there by its name."""
    words = _words(ask)
    text = _templates.get_template("refused.html").render(
        words=words,
        quartier=ask.here.settings.node.name,
        error=error.error,
        reason=error.public,
    )
    return web.Response(
        status=error.status,
        text=text,
        content_type="text/html",
        headers={"Cache-Control": "no-store", "Content-Language": words.language},
    )


def _policy(redirect_uri: str) -> str:
    """As strict as elsewhere, but browsers hold the way back to the app for a form's target."""
    parts = urlsplit(redirect_uri)
    back = f"{parts.scheme}://{parts.netloc}" if parts.netloc and parts.scheme in _WEB else ""
    if not back and parts.scheme not in ("urn", ""):
        back = f"{parts.scheme}:"
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {back}".rstrip()
        + "; base-uri 'none'; frame-ancestors 'none'"
    )


_WEB: Final = ("http", "https")


METHODS = (
    Method("GET", "/oauth/authorize", show, who="anybody"),
    Method("POST", "/oauth/authorize", allow, who="anybody"),
)
