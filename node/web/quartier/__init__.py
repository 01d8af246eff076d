"""What everybody sees: the quartier, one announcement, somebody, a topic."""

from __future__ import annotations

from typing import Final

from node.web.quartier import (
    answering,
    elsewhere,
    following,
    front,
    people,
    proposal,
    reporting,
)
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *front.PAGES,
    *answering.PAGES,
    *elsewhere.PAGES,
    *reporting.PAGES,
    *following.PAGES,
    *proposal.PAGES,
    *people.PAGES,
)
