"""The map: the quartiers as shapes, what is asked and offered as coarse circles."""

from __future__ import annotations

from typing import Final

from node.web.charting import chart
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = chart.PAGES
