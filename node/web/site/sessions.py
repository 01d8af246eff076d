"""Who sits before the browser: a token like those of apps, in a cookie.

A session is a token whose scope is ``pages``: it opens nothing of the interfaces for apps, and ends
as they do, by signing out, a new password or a suspension. The cookie is HttpOnly and SameSite=Lax,
and on https Secure and bound to this host (``__Host-``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.social.accounts import Actor
from node.store import web_sessions
from node.store.accounts import Account

SCOPE: Final = web_sessions.SCOPE
LASTS_S: Final = web_sessions.LASTS_S
RANKS: Final = ("member", "mediator", "admin")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    actor: Actor
    account: Account
    session: str
    """The digest of the session's token."""
    unread: int = 0
    """News that they have not read, counted up to 99."""

    def has_role(self, role: str) -> bool:
        """Whether this is a member, mediator or admin, or more than that."""
        return RANKS.index(self.account.role) >= RANKS.index(role)


class Cookies:
    """The node's cookies, by the names that its address allows."""

    def __init__(self, base_url: str) -> None:
        self._secure = base_url.startswith("https://")
        prefix = "__Host-" if self._secure else ""
        self.session = f"{prefix}entraide"
        self.browser = f"{prefix}entraide-browser"
        self.notice = f"{prefix}entraide-notice"
        self.language = f"{prefix}entraide-language"
        self.theme = f"{prefix}entraide-theme"
        self.elsewhere = f"{prefix}entraide-elsewhere"

    def read(self, request: web.Request, name: str) -> str:
        return request.cookies.get(name, "")[:1000]

    def put(
        self, response: web.StreamResponse, name: str, value: str, *, seconds: int | None
    ) -> None:
        """`seconds` None: until the browser is closed."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def drop(self, response: web.StreamResponse, name: str) -> None:
        response.del_cookie(name, path="/", httponly=True, secure=self._secure, samesite="Lax")
