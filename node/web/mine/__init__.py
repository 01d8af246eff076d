"""What concerns one's own help: what is to be done, agreements, news, dates, messages, settings."""

from __future__ import annotations

from typing import Final

from node.web.mine import agreement, news, overview
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (*overview.PAGES, *news.PAGES, *agreement.PAGES)
