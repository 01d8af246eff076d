"""Addresses that are short enough to be typed from a sheet of paper: ``/a/3f5h-7kq2-m9xz``.

The number of an announcement in base 32, with Crockford's letters: without those that people take
for another.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.errors import NotFound
from node.web.quartier.details import path_of
from node.web.quartier.finding import entry_of
from node.web.quartier.opening import may_look, members_only
from node.web.site.visit import NOTHING, Page, Visit, show

LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_MEANT: Final = str.maketrans("oil", "011")
GROUP: Final = 4
LONGEST: Final = 13
"""Letters of the largest number."""


def short_of(number: int) -> str:
    """``3f5h-7kq2-m9xz`` for the number of an announcement."""
    letters = ""
    while number:
        number, rest = divmod(number, 32)
        letters = LETTERS[rest] + letters
    letters = letters or "0"
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def number_of(typed: str) -> int | None:
    """What `short_of` made, however it was typed; None for what cannot be one."""
    plain = typed.lower().replace("-", "").replace(" ", "").translate(_MEANT)
    if not 0 < len(plain) <= LONGEST or set(plain) - set(LETTERS):
        return None
    number = 0
    for letter in plain:
        number = number * 32 + LETTERS.index(letter)
    return number if number < 2**63 else None


async def followed(visit: Visit) -> web.Response:
    """GET /a/{code}: on to the announcement."""
    number = number_of(visit.path("code"))
    if number is None:
        raise NotFound(NOTHING)
    if not may_look(visit):
        return members_only(visit)
    return visit.go(path_of(await entry_of(visit, number)))


PAGES: Final[tuple[Page, ...]] = (show("/a/{code}", followed),)
