"""What everybody sees: the quartier, one announcement, somebody, a topic."""

from __future__ import annotations

from typing import Final

from node.web.quartier import front, people, proposal
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (*front.PAGES, *proposal.PAGES, *people.PAGES)
