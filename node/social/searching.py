"""What somebody types to search with: words, and the operators that Mastodon knows.

``soupe from:amina has:image after:2026-11-01 language:fr``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

OPERATORS: Final = frozenset({"from", "has", "is", "language", "before", "after", "during", "in"})
HAS: Final = frozenset({"media", "image", "video", "audio", "poll"})
IS: Final = frozenset({"reply", "sensitive", "quote"})
PLACES: Final = frozenset({"all", "library", "public"})
_PIECE: Final = re.compile(r"(?P<minus>-?)(?P<name>[a-z]+):(?P<value>\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    words: str
    """What is left of the text: for `aid.searching.asked`."""
    authors: tuple[str, ...] = ()
    """Handles; ``me`` is who asks."""
    has: tuple[tuple[str, bool], ...] = ()
    """(what, whether it is to be there)"""
    kinds: tuple[tuple[str, bool], ...] = ()
    language: str | None = None
    since: float | None = None
    until: float | None = None
    place: str = "all"

    @property
    def narrows(self) -> bool:
        """Whether it says anything without words."""
        return bool(
            self.authors
            or self.has
            or self.kinds
            or self.language
            or self.since is not None
            or self.until is not None
            or self.place != "all"
        )


@dataclass(slots=True)
class _Reading:
    words: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    has: list[tuple[str, bool]] = field(default_factory=list)
    kinds: list[tuple[str, bool]] = field(default_factory=list)
    language: str | None = None
    since: float | None = None
    until: float | None = None
    place: str = "all"


def read(text: str) -> Query:
    """What cannot be an operator is words."""
    found = _Reading()
    for piece in text.split():
        match = _PIECE.fullmatch(piece)
        if match is None or not _operator(found, match["name"], match["value"], not match["minus"]):
            found.words.append(piece)
    words = " ".join(found.words)
    # The last word may still be written, unless a space stands behind it.
    ended = bool(words) and text[-1].isspace()
    return Query(
        words=words + " " if ended else words,
        authors=tuple(found.authors),
        has=tuple(found.has),
        kinds=tuple(found.kinds),
        language=found.language,
        since=found.since,
        until=found.until,
        place=found.place,
    )


def _operator(found: _Reading, name: str, value: str, wanted: bool) -> bool:
    match name:
        case "from":
            found.authors.append(value.removeprefix("@"))
        case "has" if value in HAS:
            found.has.append((value, wanted))
        case "is" if value in IS:
            found.kinds.append((value, wanted))
        case "language":
            found.language = value.lower()
        case "in" if value in PLACES:
            found.place = value
        case "before" | "after" | "during":
            return _when(found, name, value)
        case _:
            return False
    return True


def _when(found: _Reading, name: str, value: str) -> bool:
    """A day, in UTC."""
    try:
        day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    start, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
    if name in ("before", "during"):
        found.until = start if name == "before" else end
    if name in ("after", "during"):
        found.since = end if name == "after" else start
    return True
