"""Apps that act for people: registration, the code, the token and its end (RFC 6749, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from node.errors import EntraideError, Invalid
from node.social.accounts import allows, check_scopes
from node.store import apps
from node.store.apps import App
from node.store.transaction import Transaction

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
CODE_S: Final = 60.0
NAME_MAX: Final = 60
REDIRECTS_MAX: Final = 20
URI_MAX: Final = 2_000
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636: 32 bytes, base64url
_ADDRESS: Final = re.compile(r"[!-~]+")  # RFC 3986 has ASCII alone
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")


class OAuthError(EntraideError):
    """An error with a name of RFC 6749, section 5.2."""

    def __init__(self, error: str, public: str, *, status: int = 400) -> None:
        super().__init__(public)
        self.error = error
        self.status = status


@dataclass(frozen=True, slots=True)
class Registered:
    app: App
    secret: str


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    scopes: str
    created_at: float


def digest(text: str) -> str:
    """As secrets are kept: SHA-256, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def register(
    tx: Transaction,
    *,
    name: str,
    redirect_uris: tuple[str, ...],
    scopes: str,
    website: str | None,
    now: float,
) -> Registered:
    """A new app. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        raise Invalid(f"client_name: 1 to {NAME_MAX} characters.")
    if not redirect_uris or len(redirect_uris) > REDIRECTS_MAX:
        raise Invalid("redirect_uris: one at least.")
    for uri in redirect_uris:
        _check_redirect(uri)
    if website and (len(website) > URI_MAX or urlsplit(website).scheme not in ("http", "https")):
        raise Invalid("website: an address that begins with https://.")
    secret = secrets.token_urlsafe(32)
    app = apps.insert(
        tx,
        client_id=secrets.token_urlsafe(32),
        secret_hash=digest(secret),
        name=name,
        website=website or None,
        redirect_uris=redirect_uris,
        scopes=check_scopes(scopes or "read"),
        now=now,
    )
    return Registered(app, secret)


def _check_redirect(uri: str) -> None:
    """Absolute, without a fragment; any scheme, since apps on phones have their own, but those
    that a browser would run."""
    if uri == OUT_OF_BAND:
        return
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise Invalid("redirect_uris: that is not an address to come back to.") from error
    if (
        not parts.scheme
        or "#" in uri
        or len(uri) > URI_MAX
        or _ADDRESS.fullmatch(uri) is None
        or (parts.scheme.lower() in ("http", "https") and _HOST.fullmatch(parts.netloc) is None)
        or parts.scheme.lower() in ("javascript", "data", "vbscript", "file", "blob", "about")
    ):
        raise Invalid(f"redirect_uris: {uri[:100]!r} is not an address to come back to.")


def check_request(
    app: App, *, redirect_uri: str, scopes: str, challenge: str | None, method: str | None
) -> str:
    """The scopes of an authorization request; raises OAuthError. The redirect address must be one
    of the app's own, to the letter."""
    if redirect_uri not in app.redirect_uris:
        raise OAuthError("invalid_request", "This address to come back to is not the app's.")
    if challenge is not None and method != "S256":
        raise OAuthError("invalid_request", "code_challenge_method must be S256.")
    if challenge is not None and _CHALLENGE.fullmatch(challenge) is None:
        raise OAuthError("invalid_request", "code_challenge must be SHA-256, base64url.")
    return narrowed(app.scopes, scopes)


def narrowed(granted: str, wanted: str) -> str:
    """The wanted scopes, all of which the app has; by default what it has of ``read``."""
    try:
        checked = check_scopes(wanted or "read")
    except Invalid as error:
        raise OAuthError("invalid_scope", error.public) from error
    if not all(allows(granted, scope) for scope in checked.split()):
        raise OAuthError("invalid_scope", "The app did not register for these scopes.")
    return checked


def authorize(
    tx: Transaction,
    app: App,
    *,
    account_id: int,
    redirect_uri: str,
    scopes: str,
    challenge: str | None,
    now: float,
) -> str:
    """A code, good once and for a minute."""
    code = secrets.token_urlsafe(32)
    apps.authorize(
        tx,
        hash=digest(code),
        app_id=app.id,
        account_id=account_id,
        redirect_uri=redirect_uri,
        scopes=scopes,
        challenge=challenge,
        now=now,
    )
    return code


def client(tx: Transaction, client_id: str, secret: str) -> App:
    """The app that proves itself; raises OAuthError."""
    app = apps.by_client_id(tx, client_id)
    if app is None or not hmac.compare_digest(digest(secret), app.secret_hash):
        raise OAuthError(
            "invalid_client", "The app is not known here, or its secret is wrong.", status=401
        )
    return app


def exchange(
    tx: Transaction,
    app: App,
    *,
    code: str,
    redirect_uri: str,
    verifier: str | None,
    now: float,
) -> Token | None:
    """The token for a code; None for a code that is not good. A code that comes a second time was
    stolen, from one side or the other: what it was given for ends."""
    hashed = digest(code)
    found = apps.authorization(tx, hashed)
    if found is None or found.app_id != app.id:
        return None
    if found.used_at is not None:
        if found.token_hash is not None:
            apps.revoke(tx, found.token_hash, now=now)
        return None
    if now - found.created_at > CODE_S or found.redirect_uri != redirect_uri:
        return None
    if not _verifies(found.challenge, verifier):
        return None
    token = secrets.token_urlsafe(32)
    if not apps.use(tx, hashed, token_hash=digest(token), now=now):
        return None
    apps.add_token(
        tx,
        hash=digest(token),
        account_id=found.account_id,
        app_id=app.id,
        scopes=found.scopes,
        now=now,
    )
    return Token(token, found.scopes, now)


def _verifies(challenge: str | None, verifier: str | None) -> bool:
    """RFC 7636, section 4.6; a verifier without a challenge means that somebody took the
    challenge away (RFC 9700, section 2.1.1)."""
    if challenge is None:
        return not verifier
    if verifier is None or not 43 <= len(verifier) <= 128 or not verifier.isascii():
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made.decode(), challenge)


def app_token(tx: Transaction, app: App, *, scopes: str, now: float) -> Token:
    """A token of the app alone (client credentials)."""
    token = secrets.token_urlsafe(32)
    granted = narrowed(app.scopes, scopes)
    apps.add_token(tx, hash=digest(token), account_id=None, app_id=app.id, scopes=granted, now=now)
    return Token(token, granted, now)


def person_token(tx: Transaction, app: App, account_id: int, *, now: float) -> Token:
    """A token of somebody who opened their account with this app, for all that it asked for."""
    token = secrets.token_urlsafe(32)
    apps.add_token(
        tx, hash=digest(token), account_id=account_id, app_id=app.id, scopes=app.scopes, now=now
    )
    return Token(token, app.scopes, now)


def revoke(tx: Transaction, app: App, token: str, *, now: float) -> None:
    """End a token of this app; of one that is not its, nothing is told (RFC 7009)."""
    apps.revoke(tx, digest(token), now=now, app_id=app.id)
