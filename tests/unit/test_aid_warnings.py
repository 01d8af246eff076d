"""What a text should rather not say, and who will see it."""

from __future__ import annotations

import pytest

from node.aid.content_words import NBSP
from node.aid.drafts import check_draft
from node.aid.warnings import Danger, warnings, who_will_see
from tests.ending import ends


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind.value, one.found) for one in warnings(text, "fr")]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Appelez le 06 12 34 56 78, merci", [("phone", "06 12 34 56 78")]),
        ("0612345678", [("phone", "0612345678")]),
        ("+33 (0)6.12.34.56.78", [("phone", "+33 (0)6.12.34.56.78")]),
        ("Suisse : +41 22 345 67 89", [("phone", "+41 22 345 67 89")]),
        ("amina@example.org", [("email", "amina@example.org")]),
        ("amina arobase example.org", [("email", "amina arobase example.org")]),
        (
            "au 12 bis, rue des Tables Claudiennes",
            [("address", "12 bis, rue des Tables Claudiennes")],
        ),
        ("4 cours Vitton", [("address", "4 cours Vitton")]),
        ("bât. B", [("address", "bât. B")]),
        ("Bâtiment C, porte 12", [("address", "Bâtiment C"), ("address", "porte 12")]),
        ("69004 Lyon", [("address", "69004 Lyon")]),
        ("12 Baker Street", [("address", "12 Baker Street")]),
        ("le digicode est facile", [("code", "digicode")]),
        ("code : 12A45", [("code", "code : 12A45")]),
        ("the door code", [("code", "door code")]),
        ("Il a un cancer", [("health", "cancer")]),
        ("elle est diabétique", [("health", "diabétique")]),
        ("my medication", [("health", "medication")]),
    ],
)
def test_what_all_would_read_is_pointed_out(text: str, what: list[tuple[str, str]]) -> None:
    """Telephones, addresses, codes and health, as people write them in French and in English."""
    assert found(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Deux sacs de courses, mardi à 18 h, avant le 24 novembre 2026.",
        "2 cours de français, 20 places, 3 allées à désherber",
        "On porte l’eau pour 10000 personnes",
        "Perceuse 18 V, mèches de 3 à 12, référence 75.12.4",
        "Atelier place Bellecour, rue piétonne",
        "Le code de la route, une cancoillotte, une maladresse",
        "De 8 h 30 à 12 h 45, du 01/12 au 15/12",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    """A warning that comes too often is read by nobody."""
    assert found(text) == []


def test_warnings_come_in_order_once_and_few() -> None:
    """In the order of the text, the same once, ten at most, in the reader's language."""
    text = "Mon cancer, mon cancer ; 06 12 34 56 78 ou a@b.fr"
    assert [kind for kind, _ in found(text)] == ["health", "phone", "email"]
    assert len(warnings(" ".join(f"porte {n}" for n in range(50)), "fr")) == 10
    (french,), (english,) = warnings("a@b.fr", "fr"), warnings("a@b.fr", "en-GB")
    assert "e-mail serait lue" in french.words
    assert "e-mail address would" in english.words
    assert french.kind is Danger.EMAIL


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "0 " * 5_000, "a@" * 5_000, "1 rue " * 1_600, "code " * 2_000, "+1 " * 3_000],
)
def test_no_text_takes_long(text: str) -> None:
    """Whoever writes it: the patterns are walked through once."""
    with ends():
        warnings(text, "fr")


@pytest.mark.parametrize(
    ("reach", "says", "english"),
    [
        ("quartier", "Les quartiers voisins ne la montrent pas.", "do not show it"),
        ("adjacent", "qui touchent le vôtre", "next to yours"),
        ("wide", f"jusqu’à 5{NBSP}km du lieu", f"within 5{NBSP}km"),
    ],
)
def test_who_will_see_it_is_said_plainly(reach: str, says: str, english: str) -> None:
    """How far it goes, who may answer, how exactly the place is shown, and what is not."""
    draft = check_draft(
        {
            "author": "amina", "purpose": "offer", "topic": "lending.tools", "title": "Perceuse",
            "reach": reach, "reach_m": 5000, "answerable": "members", "coarse": reach == "wide",
        }
    )  # fmt: skip
    said = who_will_see(draft, quartier="Croix-Rousse", language="fr", review=True)
    assert says in said
    assert said.startswith("La médiation du quartier relit")
    assert "Seuls les membres du quartier peuvent y répondre." in said
    near = f"1,4{NBSP}km" if reach == "wide" else f"500{NBSP}m"
    assert f"le lieu à {near} près, jamais votre adresse" in said
    said = who_will_see(draft, quartier="Croix-Rousse", language="en")
    assert english in said
    assert said.startswith("Everybody can read this post on the site of Croix-Rousse")
