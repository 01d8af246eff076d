"""Tokens: given for a code or to an app alone, and ended."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote

from node.actions import authorization
from node.actions.authorization import OAuthError, Token
from node.mastodon.method import Answer, Ask, Method

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def create(ask: Ask) -> Answer:
    """POST /oauth/token."""
    read, now = ask.parameters, ask.here.clock.now()
    client_id, secret = _credentials(ask)
    app = await ask.store.read(authorization.client, client_id, secret)
    match read.text("grant_type"):
        case "authorization_code":
            token = await ask.store.write(
                authorization.exchange,
                app,
                code=read.text("code"),
                redirect_uri=read.text("redirect_uri"),
                verifier=read.maybe("code_verifier"),
                now=now,
            )
            if token is None:
                raise OAuthError(
                    "invalid_grant",
                    "The code is wrong, too old, used already, or was given for something else.",
                )
        case "client_credentials":
            token = await ask.store.write(
                authorization.app_token, app, scopes=read.text("scope"), now=now
            )
        case "password":
            raise OAuthError(
                "unsupported_grant_type",
                "Apps do not get to see passwords here: use the authorization code.",
            )
        case _:
            raise OAuthError(
                "unsupported_grant_type", "There is authorization_code and client_credentials."
            )
    return Answer(_told(token), headers=NO_STORE)


def _told(token: Token) -> dict[str, Any]:
    return {
        "access_token": token.text,
        "token_type": "Bearer",
        "scope": token.scopes,
        "created_at": int(token.created_at),
    }


async def revoke(ask: Ask) -> Answer:
    """POST /oauth/revoke: nothing is told of tokens that are not the app's (RFC 7009)."""
    client_id, secret = _credentials(ask)
    try:
        app = await ask.store.read(authorization.client, client_id, secret)
    except OAuthError as error:
        raise OAuthError(
            "unauthorized_client", "You are not authorized to revoke this token", status=403
        ) from error
    await ask.store.write(
        authorization.revoke, app, ask.parameters.text("token"), now=ask.here.clock.now()
    )
    return Answer({}, headers=NO_STORE)


async def userinfo(ask: Ask) -> dict[str, Any]:
    """GET /oauth/userinfo (OpenID Connect's claims, as Mastodon 4.4 has them)."""
    person, base = ask.person, ask.here.settings.base_url
    return {
        "iss": f"{base}/",
        "sub": person.actor.uri,
        "name": person.actor.name or person.actor.username,
        "preferred_username": person.actor.username,
        "profile": person.actor.url,
        "picture": person.actor.icon_url or f"{base}/static/avatar.png",
    }


def _credentials(ask: Ask) -> tuple[str, str]:
    """Of the Basic header, or of the parameters."""
    header = ask.request.headers.get("Authorization", "")
    if header[:6].lower() == "basic ":
        try:
            text = base64.b64decode(header[6:].strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            text = ""
        client_id, _, secret = text.partition(":")
        return unquote(client_id), unquote(secret)
    return ask.parameters.text("client_id"), ask.parameters.text("client_secret")


METHODS = (
    Method("POST", "/oauth/token", create, who="anybody"),
    Method("POST", "/oauth/revoke", revoke, who="anybody"),
    Method("GET", "/oauth/userinfo", userinfo, scope="profile", who="person"),
    Method("POST", "/oauth/userinfo", userinfo, scope="profile", who="person"),
)
