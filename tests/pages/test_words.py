"""No page says anything that a reader of another language cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from node.web.site.languages import known, language
from tests.pages.problems import problems
from tests.pages.words import WEB, catalogue, missing, said

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
OTHERS = [code for code in known() if code != "fr"]
_VALUE = re.compile(r"%\((\w+)\)")
_TAG = re.compile(r"<code>.*?</code>|<[^<>]*>|\s[\w-]+=\"[^\"]*\"", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:alt|title|placeholder|aria-label|content)=\"([^\"]*)\"")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Mastodon", "Entraide", "width", "device", "initial", "scale"}
"""Said alike in all languages, or said to browsers."""


def test_there_is_much_to_say() -> None:
    """The extraction finds the texts at all: of code, of templates, with plurals and without."""
    texts = list(said())
    assert len(texts) > 40
    assert any(one.where.endswith(".html:16") or ".html:" in one.where for one in texts)
    assert any(".py:" in one.where for one in texts)


@pytest.mark.parametrize("code", OTHERS)
def test_everything_is_translated(code: str) -> None:
    """Each text of code and templates stands in the language's catalogues."""
    assert [f"{one.where}: {one.text}" for one in missing(code)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_values_and_no_second_meaning(code: str) -> None:
    """A translation names the same values, and one text is translated in one way."""
    wrong = []
    for text, entries in catalogue(code).items():
        translations = {str(message.string) for _, message in entries}
        if len(translations) > 1:
            wrong.append(f"{text!r} is said in {len(translations)} ways: {sorted(translations)}")
        for file, message in entries:
            ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
            strings = (
                message.string if isinstance(message.string, list | tuple) else [message.string]
            )
            wanted = set(_VALUE.findall(ids[-1]))
            wrong += [
                f"{file}: {text!r} has other values than {string!r}"
                for string in strings
                if not set(_VALUE.findall(str(string))) <= wanted
            ]
    assert wrong == []


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    """What was taken out of the pages is taken out of the catalogues, too."""
    texts = {one.text for one in said()} | set(problems())
    stale = {text: entries[0][0] for text, entries in catalogue(code).items() if text not in texts}
    assert stale == {}


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates"))
)
def test_no_template_has_words_of_its_own(path: Path) -> None:
    """Words stand in ``trans`` blocks or in ``_()``, where a translation reaches them."""
    bare = [
        word
        for text in _plain(path.read_text(encoding="utf-8"))
        for word in _LETTERS.findall(text)
        if word not in NAMES
    ]
    assert bare == []


def _plain(source: str) -> Iterator[str]:
    """What a template says outside of ``trans`` and of tags; and what its tags say to people."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    trans, inside, data = False, False, []
    for _, kind, text in environment.lex(source):
        if kind == "block_begin":
            inside = True
        elif kind == "block_end":
            inside = False
        elif inside and kind == "name" and text in ("trans", "endtrans"):
            trans = text == "trans"
        elif kind == "data":
            data.append("" if trans else text)
        elif kind in ("variable_begin", "variable_end"):
            data.append("")
    whole = "\x00".join(data)
    yield from _SPOKEN.findall(whole.replace("\x00", ""))
    yield _TAG.sub(" ", whole.replace("\x00", "")).replace("&nbsp;", " ")


def test_moments_distances_and_plurals_are_said_as_the_language_wants() -> None:
    """Twenty-four hours in French, commas in its decimals; French has no plural at zero."""
    fr, en = language("fr"), language("en")
    at = 1_795_521_600.0  # 2026-11-24T12:00:00Z
    assert fr.moment(at, "Europe/Paris") == "24 novembre, 13:00"
    assert "24 November" in en.moment(at, "Europe/Paris")
    assert fr.distance(1240) == "1,2 km"
    assert en.distance(1240) == "1.2 km"
    assert fr.distance(310) == en.distance(310) == "300 m"
    assert fr.span(3 * 86_400) == "3\N{NO-BREAK SPACE}jours"
    assert en.span(3 * 86_400) == "3 days"
    assert fr.ago(3600) == "il y a 1 heure"
    one, many = "%(n)s annonce d’essai", "%(n)s annonces d’essai"
    assert [fr.count(one, many, n) for n in (0, 1, 2)] == [
        "0 annonce d’essai",
        "1 annonce d’essai",
        "2 annonces d’essai",
    ]
