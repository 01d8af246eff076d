"""The quartier's own affairs: neighbours, topics, territory, texts, figures, mail, its health."""

from __future__ import annotations

from typing import Final

from node.web.house import (
    figures,
    health,
    introductions,
    mail,
    neighbours,
    terms,
    territory,
    texts,
    topics,
)
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *neighbours.PAGES,
    *introductions.PAGES,
    *terms.PAGES,
    *topics.PAGES,
    *territory.PAGES,
    *texts.PAGES,
    *figures.PAGES,
    *mail.PAGES,
    *health.PAGES,
)
