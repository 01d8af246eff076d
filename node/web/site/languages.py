"""What pages say, in the reader's language.

French is what stands in the code and the templates; each other language is a folder of
`node/web/languages/` with catalogues in gettext's text form (``en/quartier.po``, one an area), which
anybody can write with Poedit or a text editor. They are read at start: nothing has to be compiled.
Dates and distances are written by Babel, with the Unicode consortium's data (CLDR).
"""

from __future__ import annotations

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

    @property
    def name(self) -> str:
        """Of the language in itself: ``français``."""
        return str(self.locale.get_display_name(self.code))

    def say(self, text: str, **values: object) -> str:
        """A French text in this language; ``%(name)s`` stands for a value. What no catalogue has
        is said in French."""
        said = self.texts.get(text) or text
        return said % values if values else said

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """``one`` or ``many`` as the language's plural wants it for `n`, which is a value, too."""
        forms = self.plurals.get(one)
        if forms:
            text = forms[min(self.form_of(n), len(forms) - 1)]
        else:
            text = one if abs(n) < 2 else many  # French: zero and one are singular
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
    return (FRENCH, *(name for name in others if not name.startswith("_")))


@cache
def language(code: str) -> Language:
    """One language of those that are there."""
    locale = Locale.parse(code)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    form_of: Callable[[int], int] = lambda n: int(abs(n) > 1)  # noqa: E731 - French
    if code != FRENCH:
        for entry in sorted((_folder() / code).iterdir(), key=lambda entry: entry.name):
            if not entry.name.endswith(".po"):
                continue
            catalog = read_po(BytesIO(entry.read_bytes()), locale=locale)
            form_of = catalog.plural_func if hasattr(catalog, "plural_func") else form_of
            for message in catalog:
                if isinstance(message.id, tuple | list):
                    if all(message.string):
                        plurals[message.id[0]] = tuple(message.string)
                elif message.id and message.string and not message.fuzzy:
                    texts[message.id] = str(message.string)
        form_of = _rule(locale)
    return Language(code, locale, texts, plurals, form_of)


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
