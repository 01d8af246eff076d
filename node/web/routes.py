"""Every page of the node, by area."""

from __future__ import annotations

from typing import Final

from node.web.asking import PAGES as ASKING
from node.web.charting import PAGES as CHARTING
from node.web.desk import PAGES as DESK
from node.web.house import PAGES as HOUSE
from node.web.joining import PAGES as JOINING
from node.web.live import PAGES as LIVE
from node.web.mine import PAGES as MINE
from node.web.paper import PAGES as PAPER
from node.web.quartier import PAGES as QUARTIER
from node.web.settling import PAGES as SETTLING
from node.web.site.visit import Page
from node.web.standing import PAGES as STANDING

PAGES: Final[tuple[Page, ...]] = (
    *QUARTIER,
    *STANDING,
    *ASKING,
    *CHARTING,
    *MINE,
    *DESK,
    *HOUSE,
    *SETTLING,
    *JOINING,
    *PAPER,
    *LIVE,
)
