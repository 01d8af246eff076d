"""Every text that a node writes in direct notes to people elsewhere, in French and in English.

The texts are data, ``data/letters.json``: a name, and for each language its paragraphs, side by
side. A paragraph that names a fact which this letter has not is left out. Each letter says what
was understood and what to do next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Final

from node.aid.topics import fold

LANGUAGES: Final = ("fr", "en")
_ELIDING: Final = frozenset("aeiouyh")
QUOTED_MAX: Final = 600
"""Characters of what somebody said that a letter repeats."""


def _read() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    raw: dict[str, dict[str, list[str]]] = json.loads(
        files("node.aid").joinpath("data", "letters.json").read_text(encoding="utf-8")
    )
    return MappingProxyType(
        {
            name: MappingProxyType(
                {
                    "fr": tuple(_spaced(paragraph) for paragraph in texts["fr"]),
                    "en": tuple(texts["en"]),
                }
            )
            for name, texts in raw.items()
        }
    )


def _spaced(text: str) -> str:
    """French marks keep to their word: no line begins with one."""
    text = text.replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace(" :", "\u00a0:")
    return re.sub(r" ([!?;])", "\u202f\\1", text)


LETTERS: Final = _read()
"""Name → language → paragraphs, with ``{facts}``."""


def letter(name: str, language: str, **facts: str) -> str:
    """HTML of a letter: paragraphs, everything in them escaped. ``language`` is fr or en;
    ``text`` among the facts is cut when it is long."""
    known = {key: _fact(key, value) for key, value in facts.items()}
    paragraphs = []
    for paragraph in LETTERS[name][language]:
        named = facts_of(paragraph)
        if all(known.get(one) for one in named - {"urgency"}):
            words = _elided(paragraph, known.get("other", ""))
            words = words.format_map({"urgency": "", **known}).strip()
            paragraphs.append(f"<p>{words[:1].upper()}{words[1:]}</p>")
    return "".join(paragraphs)


def _elided(paragraph: str, other: str) -> str:
    """« d’Amina », « qu’Hélène », « du quartier »: French joins such words. In English nothing is
    written that this changes."""
    if other.startswith("le "):
        return (
            paragraph.replace(" de {other}", " du {other}")
            .replace(" à {other}", " au {other}")
            .replace("du {other}", f"du {other[3:]}")
            .replace("au {other}", f"au {other[3:]}")
        )
    if fold(other[:1]) in _ELIDING:
        paragraph = re.sub(r"\b([Dd])e \{other\}", "\\1’{other}", paragraph)
        return re.sub(r"\b([Qq])ue \{other\}", "\\1u’{other}", paragraph)
    return paragraph


def facts_of(paragraph: str) -> set[str]:
    """The names of the facts that a paragraph has."""
    return {name for _, name, _, _ in Formatter().parse(paragraph) if name}


def short(text: str, most: int = QUOTED_MAX) -> str:
    """So much of a text as a letter repeats, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[:most].rsplit(' ', 1)[0][:most]}…"


def words_listed(words: list[str], language: str) -> str:
    """``« oui »`` and ``« non »``, each on a line of its own."""
    marks = "« {} »" if language == "fr" else "“{}”"
    marked = [marks.format(word) for word in words]
    return "\n".join(map(_spaced, marked) if language == "fr" else marked)


def _fact(name: str, value: str) -> str:
    said = short(value) if name in ("text", "title") else value
    return escape(said, quote=False).replace("\n", "<br>")


__all__ = ["LANGUAGES", "LETTERS", "facts_of", "letter", "short", "words_listed"]
