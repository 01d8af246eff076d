"""What a person does not want to read: words and single statuses, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from node.errors import Invalid

CONTEXTS: Final = ("home", "notifications", "public", "thread", "account")
ACTIONS: Final = ("warn", "hide", "blur")
TITLE_MAX: Final = 256
KEYWORD_MAX: Final = 512
FILTERS_MOST: Final = 100
KEYWORDS_MOST: Final = 500
"""Of one filter."""

Action = Literal["warn", "hide", "blur"]


@dataclass(frozen=True, slots=True)
class Keyword:
    id: int
    keyword: str
    whole_word: bool


@dataclass(frozen=True, slots=True)
class Filter:
    id: int
    account_id: int
    title: str
    contexts: tuple[str, ...]
    action: str
    expires_at: float | None
    """Seconds since the epoch; None for one that lasts."""
    keywords: tuple[Keyword, ...] = ()
    statuses: tuple[tuple[int, int], ...] = ()
    """(number, id of the status) of those that are filtered by themselves."""

    def over(self, now: float) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Match:
    """Why a filter applies."""

    filter: Filter
    words: tuple[str, ...]
    """As they stand in the text."""
    statuses: tuple[int, ...]


def matches(filters: Iterable[Filter], text: str, ids: Iterable[int]) -> list[Match]:
    """`text`: all words of a status; `ids`: its own, and that of what it shares."""
    wanted = frozenset(ids)
    found = []
    for one in filters:
        pattern = _pattern(one.keywords)
        words = dict.fromkeys(hit[0] for hit in pattern.finditer(text)) if pattern else {}
        statuses = tuple(number for _, number in one.statuses if number in wanted)
        if words or statuses:
            found.append(Match(one, tuple(words), statuses))
    return found


@lru_cache(maxsize=1024)
def _pattern(keywords: tuple[Keyword, ...]) -> re.Pattern[str] | None:
    parts = [_part(one) for one in keywords if one.keyword.strip()]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _part(one: Keyword) -> str:
    """A whole word begins and ends at its border, where it begins and ends with a letter."""
    word = one.keyword.strip()
    made = r"\s+".join(re.escape(part) for part in word.split())
    if not one.whole_word:
        return made
    before = r"\b" if re.match(r"\w", word) else ""
    after = r"\b" if re.search(r"\w\Z", word) else ""
    return f"{before}{made}{after}"


# ── what is asked ────────────────────────────────────────────────────────────────────────────


def check_title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise Invalid("Validation failed: Title can't be blank")
    if len(title) > TITLE_MAX:
        raise Invalid(f"Le titre a au plus {TITLE_MAX} caractères.")
    return title


def check_contexts(wanted: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one for one in wanted if one))
    if not found:
        raise Invalid("Validation failed: Context can't be blank")
    if any(one not in CONTEXTS for one in found):
        raise Invalid("Validation failed: Context None or invalid context supplied")
    return found


def check_action(word: str) -> str:
    if word not in ACTIONS:
        raise Invalid("filter_action is warn, hide or blur.")
    return word


def check_keyword(text: str) -> str:
    word = " ".join(text.split())
    if not word:
        raise Invalid("Validation failed: Keyword can't be blank")
    if len(word) > KEYWORD_MAX:
        raise Invalid(f"Un mot à filtrer a au plus {KEYWORD_MAX} caractères.")
    return word
