"""The quartier's own affairs: neighbours, topics, territory, texts, figures, mail, its health."""

from __future__ import annotations

from typing import Final

from node.web.house import figures, health, mail, neighbours, territory, texts, topics
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *neighbours.PAGES,
    *topics.PAGES,
    *territory.PAGES,
    *texts.PAGES,
    *figures.PAGES,
    *mail.PAGES,
    *health.PAGES,
)
