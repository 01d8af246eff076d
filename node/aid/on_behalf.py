"""Writing for somebody who has no account: what must be known of their consent (aid.md §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from node.errors import Invalid

NAME_MAX: Final = 200
CALL_BACK_MAX: Final = 500
OLDEST_S: Final = 366 * 86_400.0
AHEAD_S: Final = 300.0


class Person(Protocol):
    """What must not be told of somebody."""

    @property
    def beneficiary(self) -> str: ...
    @property
    def call_back(self) -> str: ...


class How(StrEnum):
    SPOKEN = "spoken"
    PHONE = "phone"
    PAPER = "paper"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Consent:
    """For whom, and who said yes to it, when and how. Kept at home, purged with the proposal."""

    beneficiary: str
    consented_by: str
    """The person, or who may speak for them."""
    consented_at: float
    """Seconds since the epoch."""
    consent_how: How
    call_back: str
    """How to reach them."""

    def __repr__(self) -> str:
        """Without a word of it: what is shown so ends in logs."""
        return "Consent(…)"


def check_consent(
    *,
    beneficiary: str,
    consented_by: str,
    consented_at: float,
    consent_how: str,
    call_back: str,
    now: float,
) -> Consent:
    """Raises Invalid with what to do; its words repeat nothing of what was given."""
    who = _line(beneficiary)
    if not who or len(who) > NAME_MAX:
        raise Invalid(f"Dites pour qui vous écrivez, en {NAME_MAX} caractères au plus.")
    agreed = _line(consented_by)
    if not agreed or len(agreed) > NAME_MAX:
        raise Invalid(
            "Sans accord, rien n’est publié : dites qui l’a donné, la personne elle-même ou qui "
            f"parle pour elle, en {NAME_MAX} caractères au plus."
        )
    if consented_at > now + AHEAD_S:
        raise Invalid("L’accord ne peut pas être donné dans l’avenir. Vérifiez la date.")
    if consented_at < now - OLDEST_S:
        raise Invalid("Cet accord a plus d’un an : demandez à nouveau à la personne.")
    try:
        how = How(consent_how)
    except ValueError:
        raise Invalid(f"Dites comment l’accord fut donné : {', '.join(How)}.") from None
    back = _line(call_back)
    if not back or len(back) > CALL_BACK_MAX:
        raise Invalid(
            "Dites comment la rappeler (téléphone, passage, voisine), en "
            f"{CALL_BACK_MAX} caractères au plus."
        )
    return Consent(who, agreed, consented_at, how, back)


def check_unnamed(person: Person, *words: str) -> None:
    """What is published names nobody: raises Invalid when the person's name, or how to call them
    back, stands in it."""
    said = _line(" ".join(words)).casefold()
    digits = re.sub(r"\D", "", person.call_back)
    told = [person.beneficiary.casefold(), person.call_back.casefold()]
    named = any(len(one) >= 4 and one in said for one in told)
    called = len(digits) >= 6 and digits in re.sub(r"\D", "", said)
    if named or called:
        raise Invalid(
            "L’annonce est lue par tout le monde : n’y mettez ni le nom de la personne, ni "
            "comment la joindre. Cela reste ici, pour la médiation."
        )


def _line(text: str) -> str:
    return " ".join(text.split())
