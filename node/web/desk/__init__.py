"""The association's desk: what waits for a mediator, and who is who here."""

from __future__ import annotations

from typing import Final

from node.web.desk import (
    auditing,
    behalf,
    blocks,
    conflicts,
    deeds,
    hall,
    newcomers,
    people,
    person,
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
    *person.PAGES,
    *deeds.PAGES,
    *auditing.PAGES,
    *reports.PAGES,
    *conflicts.PAGES,
    *blocks.PAGES,
    *slips.PAGES,
    *behalf.PAGES,
    *referrals.PAGES,
)
