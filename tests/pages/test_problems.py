"""What cannot be done is told in the reader's language, too."""

from __future__ import annotations

import pytest

from node.web.site.languages import language
from tests.pages.problems import problems, unexplained
from tests.pages.words import catalogue, said


def test_every_problem_is_told_in_both_languages() -> None:
    """A French text has its English, and what was written for programs its French."""
    assert unexplained() == {}
    assert len(problems()) > 300


@pytest.mark.parametrize("code", ["en", "fr"])
def test_values_stand_in_both(code: str) -> None:
    """As many places for values here as there."""
    wrong = [
        text
        for text, entries in catalogue(code).items()
        for _, message in entries
        if isinstance(message.string, str) and text.count("{}") != message.string.count("{}")
    ]
    assert wrong == []


def test_nothing_is_explained_that_nobody_tells() -> None:
    known = {one.text for one in said()} | set(problems())
    assert [text for text in catalogue("fr") if text not in known] == []


def test_values_are_carried_over() -> None:
    en, fr = language("en"), language("fr")
    assert en.explain("Il n’en reste que 2 : demandez moins.") == "Only 2 are left: ask for less."
    assert fr.explain("The database does not answer.") == "Le site ne répond pas."
    told = en.explain("Cet accord est accepté : il n’y a rien à régler.")
    assert told == "This agreement is accepted: there is nothing to settle."
    assert en.explain("Quelque chose d’autre.") == "Quelque chose d’autre."
