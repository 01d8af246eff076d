"""Registration of apps, and what the server says of itself to them."""

from __future__ import annotations

from typing import Any

from node.actions import authorization
from node.errors import Unauthenticated
from node.mastodon.method import Ask, Method
from node.social.accounts import SCOPES
from node.store.apps import App


async def create(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/apps."""
    read = ask.parameters
    uris = [uri for text in read.texts("redirect_uris") for uri in text.split()]
    made = await ask.store.write(
        authorization.register,
        name=read.text("client_name"),
        redirect_uris=tuple(dict.fromkeys(uris)),
        scopes=read.text("scopes", "read"),
        website=read.maybe("website"),
        now=ask.here.clock.now(),
    )
    return application(made.app, ask.here.vapid_public) | {
        "client_id": made.app.client_id,
        "client_secret": made.secret,
        "client_secret_expires_at": 0,
    }


async def verify(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/apps/verify_credentials: the app behind the token."""
    if ask.grant is None:
        raise Unauthenticated("The access token is invalid")
    app = ask.grant.app
    if app is None:  # a token that was made by a command
        return application(
            App(0, "", "", "Entraide", None, (), ask.grant.scopes), ask.here.vapid_public
        )
    return application(app, ask.here.vapid_public)


def application(app: App, vapid: str) -> dict[str, Any]:
    """The Application entity of its owner."""
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes.split(),
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": list(app.redirect_uris),
        "vapid_key": vapid,
    }


async def metadata(ask: Ask) -> dict[str, Any]:
    """GET /.well-known/oauth-authorization-server (RFC 8414)."""
    base = ask.here.settings.base_url
    return {
        "issuer": f"{base}/",
        "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "app_registration_endpoint": f"{base}/api/v1/apps",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


METHODS = (
    Method("POST", "/api/v1/apps", create, who="anybody"),
    Method("GET", "/api/v1/apps/verify_credentials", verify, who="app"),
    Method("GET", "/.well-known/oauth-authorization-server", metadata, who="anybody"),
)
