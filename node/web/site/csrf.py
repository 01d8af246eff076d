"""A form is answered only to the browser that was given it (OWASP: signed double submit).

Each browser has a cookie of its own with 128 random bits; a form carries a mark made of it with a
key of the node, and, for who is signed in, of the session. Another site can neither read the cookie
nor make the mark. What browsers say of where a form came from (``Sec-Fetch-Site``, ``Origin``) is
heeded, too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final

from aiohttp import web

from node.errors import Forbidden

FIELD: Final = "_form"
HEADER: Final = "X-Form"
"""For what a script of ours posts."""
STALE: Final = (
    "Cette page est restée ouverte trop longtemps, ou vient d’ailleurs. "
    "Revenez en arrière, rechargez-la et recommencez."
)
_BROWSER: Final = re.compile(r"[A-Za-z0-9_-]{22}")


def new_browser() -> str:
    return secrets.token_urlsafe(16)


def is_browser(text: str) -> bool:
    return _BROWSER.fullmatch(text) is not None


def mark(key: bytes, browser: str, session: str) -> str:
    """What a form of this browser carries; `session` is "" for who is not signed in. Another one
    each time: an answer that is compressed gives nothing away by its length (BREACH)."""
    salt = secrets.token_urlsafe(9)
    return f"{salt}.{_seal(key, salt, browser, session)}"


def _seal(key: bytes, salt: str, browser: str, session: str) -> str:
    text = f"form {salt} {browser} {session}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:43]


def check(
    request: web.Request, given: str, base_url: str, *, key: bytes, browser: str, session: str
) -> None:
    """Raises Forbidden for a form that this browser was not given by us."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden(STALE)
    origin = request.headers.get("Origin")
    if origin not in (None, "null", base_url):
        raise Forbidden(STALE)
    salt, _, seal = given[:200].partition(".")
    expected = _seal(key, salt, browser, session)
    if not hmac.compare_digest(seal.encode(), expected.encode()):
        raise Forbidden(STALE)
