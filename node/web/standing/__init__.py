"""What stands: who runs the quartier, what becomes of what one writes, whom the site excludes."""

from __future__ import annotations

from typing import Final

from node.web.site.visit import Page, show
from node.web.standing.about import about
from node.web.standing.accessibility import accessibility
from node.web.standing.privacy import privacy
from node.web.standing.source import source

PAGES: Final[tuple[Page, ...]] = (
    show("/about", about),
    show("/privacy", privacy),
    show("/accessibility", accessibility),
    show("/source.tar.gz", source),
)
