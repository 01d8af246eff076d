"""What concerns one's own help: what is to be done, agreements, news, dates, messages, settings."""

from __future__ import annotations

from typing import Final

from node.web.mine import (
    agreement,
    data,
    dates,
    invitations,
    messages,
    news,
    overview,
    profile,
    settings,
)
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *overview.PAGES,
    *news.PAGES,
    *agreement.PAGES,
    *dates.PAGES,
    *messages.PAGES,
    *settings.PAGES,
    *profile.PAGES,
    *data.PAGES,
    *invitations.PAGES,
)
