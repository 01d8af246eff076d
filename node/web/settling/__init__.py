"""How the pages look and speak to this browser."""

from __future__ import annotations

from typing import Final

from node.web.settling import display
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = display.PAGES
