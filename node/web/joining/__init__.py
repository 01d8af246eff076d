"""Coming in: signing in and out, becoming a member, a password forgotten, one's own locks."""

from __future__ import annotations

from typing import Final

from node.web.joining import forgotten, invitation, letters, request, second, security, signin
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *signin.PAGES,
    *request.PAGES,
    *invitation.PAGES,
    *forgotten.PAGES,
    *letters.PAGES,
    *security.PAGES,
    *second.PAGES,
)
