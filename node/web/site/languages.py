"""What pages say, in the reader's language.

French is what stands in the code and the templates; each other language is a folder of
`node/web/languages/` with catalogues in gettext's text form (``en/quartier.po``, one an area),
which anybody can write with Poedit or a text editor. They are read at start: nothing has to be
compiled. (``fr/`` holds what was first written for programs, in English.)
Dates and distances are written by Babel, with the Unicode consortium's data (CLDR).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FRENCH: Final = "fr"
DAY_S: Final = 86_400
_APART: Final = re.compile(r" ([:;!?»])(?![\w/])")
_OPENING: Final = re.compile("« ")


def fine(text: str) -> str:
    """French as it is set: no line begins with a sign that stands apart from its word, or ends
    with a quotation mark that opens (Lexique des règles typographiques de l'Imprimerie nationale).
    """
    return _OPENING.sub("«\N{NO-BREAK SPACE}", _APART.sub("\N{NO-BREAK SPACE}\\1", text))


def later(text: str) -> str:
    """Marks a text that is translated where it is shown (by `Language.say`)."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages: its words, and how it writes moments and measures."""

    code: str
    locale: Locale
    texts: Mapping[str, str]
    """French text → this language's."""
    plurals: Mapping[str, tuple[str, ...]]
    """French singular → this language's forms, in the order of its plural rule."""
    form_of: Callable[[int], int]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Of the texts with ``{}`` in them: what fits, and what it is in this language."""

    @property
    def name(self) -> str:
        """Of the language in itself: ``français``."""
        return str(self.locale.get_display_name(self.code))

    def say(self, text: str, **values: object) -> str:
        """A French text in this language; ``%(name)s`` stands for a value. What no catalogue has
        is said in French."""
        said = self.said(text)
        return said % values if values else said

    def said(self, text: str) -> str:
        """A text without its values."""
        found = self.texts.get(text) or text
        return fine(found) if self.code == FRENCH else found

    def explain(self, problem: str) -> str:
        """What an error tells the public, in this language. Where values stand in it, the
        catalogue has ``{}`` for each; a value that it has, too, is said in this language."""
        found = self.texts.get(problem)
        if found is not None:
            return found
        for pattern, text in self.patterns:
            matched = pattern.fullmatch(problem)
            if matched is not None:
                return text.format(*(self.texts.get(one, one) for one in matched.groups()))
        return problem

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """``one`` or ``many`` as the language's plural wants it for `n`, which is a value, too."""
        forms = self.plurals.get(one)
        french = fine(one if abs(n) < 2 else many)  # zero and one are singular
        text = forms[min(self.form_of(n), len(forms) - 1)] if forms else french
        return text % {"n": self.number(n), **values}

    # ── moments; seconds since 1970, shown where the quartier is ─────────────────────────────

    def date(self, at: float, zone: str) -> str:
        """``mardi 24 novembre`` (with the year, when it is another one than now's)."""
        return str(format_date(_there(at, zone), "EEEE d MMMM y", locale=self.locale))

    def day(self, at: float, zone: str) -> str:
        """``24 novembre``."""
        return str(format_datetime(_there(at, zone), self._day, locale=self.locale))

    def time(self, at: float, zone: str) -> str:
        """``13:00``."""
        return str(format_time(_there(at, zone), "short", locale=self.locale))

    def moment(self, at: float, zone: str) -> str:
        """``24 novembre, 13:00``."""
        return f"{self.day(at, zone)}, {self.time(at, zone)}"

    def ago(self, seconds: float) -> str:
        """``il y a 3 heures`` of what was; ``dans 3 heures`` of what will be (negative)."""
        return str(
            format_timedelta(
                timedelta(seconds=-seconds), add_direction=True, threshold=1.0, locale=self.locale
            )
        )

    def span(self, seconds: float) -> str:
        """``3 heures``."""
        return str(format_timedelta(timedelta(seconds=seconds), threshold=1.0, locale=self.locale))

    # ── measures ─────────────────────────────────────────────────────────────────────────────

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=self.locale))

    def distance(self, metres: float) -> str:
        """``300 m``, ``1,2 km``; rounded, since places are coarse."""
        if metres < 950:
            return f"{self.number(max(50, round(metres / 50) * 50))} m"
        return f"{self.number(round(metres / 1000, 1))} km"

    @property
    def _day(self) -> str:
        return "d MMMM"


def _there(at: float, zone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone))


def languages_in(folder: Traversable) -> tuple[str, ...]:
    """French, and each language that has a folder."""
    others = sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
    return (FRENCH, *(name for name in others if name != FRENCH and name.isalpha()))


@cache
def language(code: str) -> Language:
    """One language of those that are there."""
    locale = Locale.parse(code)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in sorted(_catalogues(code), key=lambda entry: entry.name):
        for message in read_po(BytesIO(entry.read_bytes()), locale=locale):
            said = message.string
            if message.fuzzy or not message.id or not said:
                continue
            if isinstance(message.id, str):
                texts[message.id] = said if isinstance(said, str) else said[0]
            elif not isinstance(said, str) and all(said):
                plurals[message.id[0]] = tuple(said)
    patterns = tuple((_pattern(text), texts[text]) for text in texts if "{" in text)
    return Language(code, locale, texts, plurals, _rule(locale), patterns)


def _pattern(text: str) -> re.Pattern[str]:
    """Of ``Au plus {} images.``; numbered places (``{0}``) are allowed in the translation."""
    return re.compile("(.*)".join(re.escape(part) for part in text.split("{}")), re.DOTALL)


def _catalogues(code: str) -> list[Traversable]:
    folder = _folder() / code
    if not folder.is_dir():
        return []
    return [entry for entry in folder.iterdir() if entry.name.endswith(".po")]


def _rule(locale: Locale) -> Callable[[int], int]:
    """Which form a number takes: CLDR's categories, in gettext's order."""
    tags = [tag for tag in ("zero", "one", "two", "few", "many") if tag in locale.plural_form.rules]
    order = [*tags, "other"]

    def form(n: int) -> int:
        return order.index(locale.plural_form(n))

    return form


def _folder() -> Traversable:
    return files("node.web") / "languages"


def known() -> tuple[str, ...]:
    return languages_in(_folder())


def preferred(header: str, offered: tuple[str, ...]) -> str | None:
    """The first of the reader's languages (``Accept-Language``) that is offered, by their weight
    (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")[:20]):
        tag, _, rest = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        if code not in offered:
            continue
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            continue
        if weight > 0:
            wanted.append((-weight, place, code))
    return min(wanted)[2] if wanted else None
