"""The association's desk: what waits for a mediator, and who is who here."""

from __future__ import annotations

from typing import Final

from node.web.desk import (
    behalf,
    conflicts,
    hall,
    newcomers,
    people,
    referrals,
    reports,
    review,
    slips,
)
from node.web.site.visit import Page

PAGES: Final[tuple[Page, ...]] = (
    *hall.PAGES,
    *review.PAGES,
    *newcomers.PAGES,
    *people.PAGES,
    *reports.PAGES,
    *conflicts.PAGES,
    *slips.PAGES,
    *behalf.PAGES,
    *referrals.PAGES,
)
