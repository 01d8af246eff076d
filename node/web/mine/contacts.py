"""Contact details as people write them, with what a telephone or a mail program can open."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_EMAIL: Final = (
    r"(?P<mail>(?<![\w@.+%-])[A-Za-z0-9._%+-]{1,64}"
    r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})"
)
_PHONE: Final = r"(?P<phone>(?<![\w+])\+?\(?\d(?:[\s.\-/()]{0,3}\d){6,14}(?!\w))"
_FOUND: Final = re.compile(f"{_EMAIL}|{_PHONE}", re.ASCII)
_NOT_DIALLED: Final = re.compile(r"\(0\)|[^\d+]")


def linked(text: str) -> Markup:
    """The text as it is; telephone numbers and addresses in it are links."""
    parts, at = [], 0
    for match in _FOUND.finditer(text):
        parts.append(escape(text[at : match.start()]))
        parts.append(_link(match))
        at = match.end()
    parts.append(escape(text[at:]))
    return Markup("<br>").join(Markup("").join(parts).split("\n"))


def _link(match: re.Match[str]) -> Markup:
    if match["mail"] is not None:
        address = match["mail"].rstrip(".-")
        rest = match["mail"][len(address) :]
        return Markup('<a href="mailto:{0}">{0}</a>{1}').format(address, rest)
    number = _NOT_DIALLED.sub("", match["phone"])
    return Markup('<a href="tel:{}">{}</a>').format(number, match["phone"])
