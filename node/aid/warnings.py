"""What a text should rather not say, and who will read it: told before it is published, in plain
words. Nothing is forbidden here: the person decides."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from node.aid.content_words import NBSP, distance
from node.aid.proposals import WIDE_M, Answerable, Draft, Reach
from node.aid.territory import COARSE_RESOLUTION, PLACE_RESOLUTION, public_place

FOUND_MAX: Final = 10
"""Warnings about one text: more help nobody."""


class Danger(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    CODE = "code"
    """Of a door."""
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Warning:
    kind: Danger
    found: str
    """As it stands in the text."""
    words: str
    """What is the matter and what to do, in the reader's language."""


_PHONE: Final = re.compile(
    r"""(?<![\w+])(?:
        (?:(?:\+|00)33[\s.\-]?(?:\(0\)[\s.\-]?)?|0)[1-9](?:[\s.\-]?[0-9]{2}){4}  # France
      | \+(?!33)[1-9][0-9]{0,2}(?:[\s.\-]?[0-9]){7,12}  # elsewhere
    )(?!\w)""",
    re.VERBOSE,
)
_EMAIL: Final = re.compile(
    r"[\w.+\-]{1,64}\s?(?:@|\(at\)|\[at\]|\barobase\b)\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}",
    re.IGNORECASE,
)
_WAYS: Final = (
    "rue|avenue|av|boulevard|bd|bld|boul|place|pl|impasse|allée|allee|chemin|quai|montée|"
    # not « 2 cours de français »
    r"cours(?!\sd(?:e\s|[’'])(?-i:[a-zà-ÿ]))|"
    "passage|square|route|ruelle|esplanade|sentier|villa|résidence|lotissement|hameau|cité|côte|"
    "faubourg|fbg|traverse|voie|venelle|promenade"
)
_ADDRESS: Final = re.compile(
    rf"""\b[0-9]{{1,4}}\s?(?:bis|ter|quater|[a-d])?\s?,?\s(?:{_WAYS})\b\.?(?:\s[\w’'\-]+){{1,5}}
      | \b(?:b[âa]timent|b[âa]t\.?|escalier|esc\.?|appartement|appart\.?|appt\.?|apt\.?|porte)
        \s(?:n[°o]\s?)?(?-i:[A-Z]|[A-Z]?[0-9]{{1,4}}[A-Z]?)\b
      | \b(?:F-)?(?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{{3}}\s(?-i:[A-ZÀ-Ý])[\w’'\-]+
      | \b[0-9]{{1,4}}\s(?:(?-i:[A-Z])[\w’'\-]+\s){{1,3}}
        (?:street|road|avenue|lane|close|drive)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"""\b(?:digicode|interphone|
        code\s(?:d[’']entrée|d[’']accès|de\sla\sporte|du\sportail|de\sl[’']immeuble|porte)|
        (?:door|gate|entry)\scode)\b
      | \bcode\s?(?:est\s|is\s)?:?\s?(?=[A-Z]*[0-9])[0-9A-Z]{4,6}\b""",
    re.VERBOSE | re.IGNORECASE,
)

_WORDS: Final[Mapping[Danger, tuple[str, str]]] = MappingProxyType(
    {
        Danger.PHONE: (
            "Un numéro de téléphone serait lu par tout le monde. Vous pourrez le donner à une "
            "seule personne, une fois d’accord avec elle.",
            "A phone number would be read by everybody. You can give it to one person, once you "
            "have agreed with them.",
        ),
        Danger.EMAIL: (
            "Une adresse e-mail serait lue par tout le monde. Vous pourrez la donner à une seule "
            "personne, une fois d’accord avec elle.",
            "An e-mail address would be read by everybody. You can give it to one person, once "
            "you have agreed with them.",
        ),
        Danger.ADDRESS: (
            f"Une adresse serait lue par tout le monde. Le quartier suffit{NBSP}: dites l’endroit "
            "exact à la personne qui vient. Pour une rencontre dans un lieu public, c’est à vous "
            "de voir.",
            "An address would be read by everybody. The neighbourhood is enough here: tell the "
            "exact place to the person who comes; for a meeting in a public place, it is up to "
            "you.",
        ),
        Danger.CODE: (
            "Un code de porte serait lu par tout le monde. Donnez-le seulement à la personne qui "
            "vient.",
            "A door code would be read by everybody. Give it only to the person who comes.",
        ),
        Danger.HEALTH: (
            "La santé est une affaire privée, et ceci serait lu par tout le monde. Dites plutôt ce "
            "dont il y a besoin, sans dire pourquoi.",
            "Health is private, and this would be read by everybody. Rather say what is needed, "
            "without saying why.",
        ),
    }
)


@cache
def _health() -> re.Pattern[str]:
    """Whole words; those with a star may go on."""
    found: dict[str, list[str]] = json.loads(
        files("node.aid").joinpath("data", "health_words.json").read_text(encoding="utf-8")
    )
    words = {word for language in found.values() for word in language}
    patterns = sorted(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


def warnings(text: str, language: str) -> tuple[Warning, ...]:
    """What stands in a title or text that all will read, each once, in the order in which it
    stands there. `language` is the reader's: ``fr`` or ``en``."""
    spoken = 1 if language.partition("-")[0] == "en" else 0
    found: dict[tuple[Danger, str], int] = {}
    for kind, pattern in (
        (Danger.EMAIL, _EMAIL),
        (Danger.PHONE, _PHONE),
        (Danger.ADDRESS, _ADDRESS),
        (Danger.CODE, _CODE),
        (Danger.HEALTH, _health()),
    ):
        for match in pattern.finditer(text):
            found.setdefault((kind, " ".join(match[0].split())), match.start())
    ordered = sorted(found, key=lambda one: found[one])
    return tuple(Warning(kind, what, _WORDS[kind][spoken]) for kind, what in ordered[:FOUND_MAX])


def who_will_see(
    draft: Draft, *, quartier: str, language: str, wide_m: int = WIDE_M, review: bool = False
) -> str:
    """Who reads it, where it stands and what it shows of the person, in plain words. `quartier`
    is its name; `review`: a mediator looks at it first."""
    french = language.partition("-")[0] != "en"
    metres = distance(draft.reach_m or wide_m, "fr" if french else "en")
    near = distance(
        public_place(0.0, 0.0, COARSE_RESOLUTION if draft.coarse else PLACE_RESOLUTION).radius_m,
        "fr" if french else "en",
    )
    say = _french if french else _english
    said = say(draft, quartier, metres, near)
    if review:
        said = (
            f"La médiation du quartier relit l’annonce avant tout le monde. {said}"
            if french
            else f"The neighbourhood's mediators read it first. {said}"
        )
    return said


def _french(draft: Draft, quartier: str, metres: str, near: str) -> str:
    reach = {
        Reach.QUARTIER: "Les quartiers voisins ne la montrent pas.",
        Reach.ADJACENT: "Les quartiers qui touchent le vôtre la montrent aussi.",
        Reach.WIDE: f"Les quartiers jusqu’à {metres} du lieu la montrent aussi.",
    }[draft.reach]
    answer = {
        Answerable.ANYONE: "Tout le monde peut y répondre.",
        Answerable.MEMBERS: "Seuls les membres du quartier peuvent y répondre.",
        Answerable.VOUCHED: (
            "Seuls les membres pour qui quelqu’un se porte garant peuvent y répondre."
        ),
    }[draft.answerable]
    return (
        f"Tout le monde peut lire cette annonce sur le site de {quartier}, et les personnes qui "
        f"vous suivent ou suivent le quartier la reçoivent, aussi sur Mastodon. {reach} {answer} "
        f"Elle montre votre nom, et le lieu à {near} près, jamais votre adresse. Vos coordonnées "
        "ne sont montrées à personne tant que vous ne les donnez pas vous-même."
    )


def _english(draft: Draft, quartier: str, metres: str, near: str) -> str:
    reach = {
        Reach.QUARTIER: "Neighbouring quartiers do not show it.",
        Reach.ADJACENT: "The quartiers next to yours show it, too.",
        Reach.WIDE: f"Quartiers within {metres} of the place show it, too.",
    }[draft.reach]
    answer = {
        Answerable.ANYONE: "Everybody may answer.",
        Answerable.MEMBERS: "Only members of the neighbourhood may answer.",
        Answerable.VOUCHED: "Only members whom somebody vouches for may answer.",
    }[draft.answerable]
    return (
        f"Everybody can read this post on the site of {quartier}, and those who follow you or the "
        f"neighbourhood receive it, on Mastodon, too. {reach} {answer} It shows your name, and the "
        f"place within {near} or so, never your address. How to reach you is shown to nobody "
        "until you give it yourself."
    )
