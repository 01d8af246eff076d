"""To ask and to offer, in four short steps; and to change afterwards what one wrote.

Each step is kept as a draft on the node before the next is shown (`node.actions.drafts`): a
connection that breaks loses nothing, and on another device one goes on where one was.
"""

from __future__ import annotations

from typing import Final

from node.web.asking import beginning, changing, sending, times, words
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *beginning.PAGES,
    *words.PAGES,
    *times.PAGES,
    *sending.PAGES,
    *changing.PAGES,
)
