"""The letters to people elsewhere: both languages say the same things, and nothing is left open."""

from __future__ import annotations

import re

import pytest

from node.activitypub.html import clean_html, plain_text
from node.aid.letters import LANGUAGES, LETTERS, facts_of, letter, short, words_listed
from node.aid.posts import purpose_said
from node.aid.words import understand

FACTS = {
    "other": "Amina",
    "title": "Courses",
    "text": "Je viens",
    "quantity": "2 places",
    "handle": "@amina@croix-rousse.example",
    "you": "@zoe@mastodon.example",
    "when": "ce sera fait",
    "kind": "demande",
    "topic": "Bricolage",
    "urgency": "C’est urgent.",
    "url": "https://croix-rousse.example/@quartier/1",
    "what": "un numéro de téléphone",
    "choices": "« oui »",
    "until": "mardi",
    "quartier": "Croix-Rousse",
    "example": "Je cherche… #demande",
}
JARGON = re.compile(
    r"fédér|federat|serveur|server|ActivityPub|JSON|Create|Update|agreement|proposal|"
    r"brouillon|draft|notification|boost|FEP|Group\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", LETTERS)
def test_both_languages_tell_the_same(name: str) -> None:
    """Paragraph by paragraph, with the same facts."""
    french, english = (LETTERS[name][language] for language in LANGUAGES)
    assert [facts_of(one) for one in french] == [facts_of(one) for one in english]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_can_be_written(name: str, language: str) -> None:
    """With all facts and with none of those that may be missing; short, plain, and harmless."""
    written = letter(name, language, **FACTS)
    assert written == clean_html(written).replace("&nbsp;", "\u00a0")
    assert "{" not in written
    text = plain_text(written)
    assert not JARGON.search(text)
    assert len(text) < 900
    for paragraph in text.split("\n\n"):
        assert paragraph[0] == paragraph[0].upper()
    fewer = letter(name, language, title="Courses", other="Amina")
    assert "{" not in fewer


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_a_letter_tells_to_reply_are_understood(language: str) -> None:
    """Whatever stands in quotation marks after « répondez » or “reply”."""
    marks = r"«\s(\w+)\s»" if language == "fr" else "“(\\w+)”"
    verbs = r"[Rr]épondez(?: encore une fois)?\s" if language == "fr" else r"[Rr]eply\s"
    told = {
        word
        for paragraphs in LETTERS.values()
        for paragraph in paragraphs[language]
        for start in re.finditer(verbs, paragraph)
        for word in re.findall(marks, paragraph[start.end() :][:60])
    }
    assert {"oui", "non", "fait", "stop"} <= told or {"yes", "no", "done", "stop"} <= told
    for word in told:
        assert len(understand(word).words) == 1 or purpose_said(word) is not None, word


def test_what_is_quoted_is_escaped_and_short() -> None:
    """Nobody writes markup, or a novel, into our letters."""
    written = letter(
        "answered",
        "fr",
        other="<b>Amina</b>",
        title="<script>x</script>",
        text="mot " * 1_000,
    )
    assert "<b>" not in written
    assert "<script>" not in written
    assert len(written) < 2_000
    assert plain_text(written).count("mot ") < 200


def test_a_paragraph_without_its_fact_is_left_out() -> None:
    with_words = letter("answered", "fr", other="Amina", title="Courses", text="Je viens")
    without = letter("answered", "fr", other="Amina", title="Courses", text="")
    assert "Vos mots" in with_words
    assert "Vos mots" not in without
    assert "Pour 2" not in without


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("Amina", "l’annonce d’Amina,"),
        ("Élise", "l’annonce d’Élise,"),
        ("Zoé", "l’annonce de Zoé,"),
        ("le quartier Croix-Rousse", "l’annonce du quartier Croix-Rousse,"),
    ],
)
def test_french_joins_its_little_words(other: str, said: str) -> None:
    assert said in letter("answered", "fr", other=other, title="Courses")


def test_french_marks_keep_to_their_word() -> None:
    """No line begins with a question mark."""
    for paragraphs in LETTERS.values():
        for paragraph in paragraphs["fr"]:
            assert not re.search(r" [!?;:»]|« ", paragraph), paragraph


def test_choices_stand_on_lines_of_their_own() -> None:
    assert words_listed(["oui", "non"], "fr") == "«\u00a0oui\u00a0»\n«\u00a0non\u00a0»"
    assert words_listed(["yes"], "en") == "“yes”"
    assert "<br>" in letter("ask-again", "fr", title="x", choices="a\nb")


def test_short() -> None:
    assert short("un  deux\ntrois") == "un deux trois"
    assert short("un deux trois", 8) == "un deux…"
    assert short("x" * 20, 8) == "xxxxxxxx…"
