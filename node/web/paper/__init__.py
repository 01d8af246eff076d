"""On paper: a board for the hall, a poster, announcements with strips to tear off.

Printed by the browser. Nothing stands on paper that not everybody may read on the site: no
contact of people, and nothing of those for whom somebody else wrote.
"""

from __future__ import annotations

from typing import Final

from node.web.paper import choosing, sheets, short, strips
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *choosing.PAGES,
    *sheets.PAGES,
    *strips.PAGES,
    *short.PAGES,
)
