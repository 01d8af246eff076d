"""The page on which somebody lets an app in: one form, no script, and then back to the app."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from node.actions import authorization
from node.actions.authorization import OUT_OF_BAND, OAuthError
from node.actions.passwords import NOBODY, password_fits
from node.errors import TooMany
from node.mastodon.method import Ask, Method
from node.mastodon.oauth.words import Words, told, words_for
from node.moderation.rates import Rate, Rates
from node.outbox.reading.network import NETWORK
from node.store import accounts, actors, apps
from node.store.accounts import Account
from node.store.apps import App
from node.store.transaction import Transaction

ASKED: Final = (
    *("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"),
    *("response_type", "lang"),
)
PER_NETWORK: Final = Rate("sign-in of a network", 25, 300.0)
PER_ACCOUNT: Final = Rate("sign-in of an account", 25, 3600.0)

_templates = Environment(
    loader=PackageLoader("node.mastodon"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class AuthorizePage:
    def __init__(self, *, enforced: bool) -> None:
        self._rates = Rates(enforced=enforced)

    async def show(self, ask: Ask) -> web.Response:
        """GET /oauth/authorize."""
        try:
            app, scopes = await self._request(ask)
        except OAuthError as error:
            return _refusal(ask, error)
        return _page(ask, app, scopes)

    async def allow(self, ask: Ask) -> web.Response:
        """POST /oauth/authorize: signs in and lets the app in, in one step."""
        try:
            app, scopes = await self._request(ask)
        except OAuthError as error:
            return _refusal(ask, error)
        read, now = ask.parameters, ask.here.clock.now()
        who = read.text("username").strip()
        words = _words(ask)
        try:
            # Before the password is looked at: of many at once none slips through
            self._rates.spend(PER_NETWORK, ask.request.get(NETWORK, ""), now)
            self._rates.spend(PER_ACCOUNT, canonical(who), now)
        except TooMany as error:
            return _page(ask, app, scopes, problem=error.public, who=who, status=429)
        account = await ask.store.read(_account, canonical(who))
        hashed = account.password_hash if account else NOBODY
        fits = await asyncio.to_thread(password_fits, hashed, read.text("password"))
        if account is None or not fits:
            return _page(ask, app, scopes, problem=words.wrong, who=who, status=401)
        uri = read.text("redirect_uri")
        code = await ask.store.write(
            authorization.authorize,
            app,
            account_id=account.actor_id,
            redirect_uri=uri,
            scopes=scopes,
            challenge=read.maybe("code_challenge"),
            now=now,
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

    async def _request(self, ask: Ask) -> tuple[App, str]:
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


def canonical(who: str) -> str:
    """The one spelling of a name or an e-mail address by which it is looked up and counted."""
    text = who.strip().removeprefix("@")
    local, mark, domain = text.partition("@")
    return f"{local}@{domain.lower()}" if mark else text.lower()


def _account(tx: Transaction, who: str) -> Account | None:
    """By e-mail address or by name; nobody who may not sign in."""
    found = accounts.by_email(tx, who) if "@" in who else accounts.by_username(tx, who)
    if found is None or found.confirmed_at is None:
        return None
    actor = actors.by_id(tx, found.actor_id)
    return None if actor is None or actor.suspended or actor.gone else found


def methods(*, enforced: bool) -> tuple[Method, ...]:
    page = AuthorizePage(enforced=enforced)
    return (
        Method("GET", "/oauth/authorize", page.show, who="anybody"),
        Method("POST", "/oauth/authorize", page.allow, who="anybody"),
    )
