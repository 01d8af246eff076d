"""What happens while a page is open, and on one's own device: new cards and news as they come,
the site as an app, a copy for when there is no connection, notifications."""

from __future__ import annotations

from typing import Final

from node.web.live import events, installing, pushing
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (*events.PAGES, *installing.PAGES, *pushing.PAGES)
