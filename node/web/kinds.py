"""The kinds of accounts, as people call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from node.web.site.languages import later
from node.web.site.visit import Visit

KINDS: Final[Mapping[str, str]] = {
    "resident": later("Habitante ou habitant"),
    "informal-group": later("Groupe de personnes"),
    "association": later("Association"),
    "public-body": later("Mairie, centre social ou autre service public"),
    "business": later("Commerce ou entreprise"),
    "professional": later("Travail social, animation, médiation"),
}


def kind_said(visit: Visit, kind: str | None) -> str:
    """ "" for a kind that is not told."""
    said = KINDS.get(kind or "")
    return visit.say(said) if said else ""
