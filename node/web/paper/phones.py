"""The number that stands on paper, and when somebody answers it: what somebody typed, else the
association's own."""

from __future__ import annotations

from typing import Final

from node.actions.house import texts_of
from node.web.site.visit import Visit

LONGEST: Final = 30


async def phone_of(visit: Visit) -> str:
    """ "" where none is known. A field that was sent empty means none."""
    if "phone" in visit.request.query:
        return cut(visit.query("phone"))
    texts = await visit.store.read(texts_of, visit.here)
    return cut(texts.phone)


async def hours_of(visit: Visit) -> str:
    """When the association's own number is answered; "" where it says nothing of that."""
    texts = await visit.store.read(texts_of, visit.here)
    return texts.hours if texts.phone and cut(texts.phone) == await phone_of(visit) else ""


def cut(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
