"""How one becomes a member, and who may stand up for whom (aid.md §2)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from node.errors import Forbidden, Invalid

DAY_S: Final = 86_400.0
CODE_BYTES: Final = 18
"""144 bits, 24 characters of a link."""
DAYS: Final = 14
DAYS_MOST: Final = 90
USES_MOST: Final = 50
OPEN_MOST: Final = 20
"""Invitations of one member that are good at the same time."""
NAME_MAX: Final = 100
TEXT_MAX: Final = 2_000
SUMMARY_MAX: Final = 2_000
CONTACT_MAX: Final = 500
LOCALES: Final = ("fr", "en")

PASSWORD_KEY_S: Final = 2 * 3600.0
EMAIL_KEY_S: Final = 2 * 3600.0
WELCOME_KEY_S: Final = 3 * DAY_S
"""Of the first letter: who asked to join is not waiting at the door when a mediator answers."""


def new_code() -> str:
    """What stands in the link of an invitation."""
    return secrets.token_urlsafe(CODE_BYTES)


def new_key() -> str:
    """256 bits, for what goes by mail."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is kept of a code or a key: SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_uses(uses: int) -> int:
    if not 1 <= uses <= USES_MOST:
        raise Invalid(f"Une invitation sert 1 à {USES_MOST} fois.")
    return uses


def check_days(days: int) -> int:
    if not 1 <= days <= DAYS_MOST:
        raise Invalid(f"Une invitation dure 1 à {DAYS_MOST} jours.")
    return days


def check_locale(text: str) -> str:
    if text not in LOCALES:
        raise Invalid(f"Cette langue n’est pas encore parlée ici. Il y a : {', '.join(LOCALES)}.")
    return text


def one_line(text: str, most: int, what: str) -> str:
    """Text with no line breaks and no control characters. Raises Invalid when it is too long."""
    line = " ".join(_printable(text).split())
    if len(line) > most:
        raise Invalid(f"{what} : {most} caractères au plus.")
    return line


def lines(text: str, most: int, what: str) -> str:
    """Text of several lines, without control characters. Raises Invalid when it is too long."""
    kept = "\n".join(_printable(line).rstrip() for line in text.splitlines()).strip()
    if len(kept) > most:
        raise Invalid(f"{what} : {most} caractères au plus.")
    return kept


def how_to_join(language: str, *, closed: bool) -> str:
    """Why one cannot ask to join here."""
    if closed:
        return (
            "This neighbourhood opens no accounts at the moment."
            if language == "en"
            else "Ce quartier n’ouvre pas de compte en ce moment."
        )
    return (
        "One joins here by the invitation of a member: ask somebody you know."
        if language == "en"
        else "On devient membre ici sur l’invitation d’un membre : demandez à quelqu’un."
    )


KINDS_BY_MEMBERS: Final = ("resident", "informal-group")


def check_inviter(kind: str, *, role: str, confirmed: bool) -> None:
    """Whether somebody may open an account of this kind to another. One that speaks for an
    organisation or a profession is opened by mediators, who know whether it does."""
    if not confirmed:
        raise Forbidden("Confirmez d’abord votre adresse électronique.")
    if kind not in KINDS_BY_MEMBERS and role == "member":
        raise Forbidden(
            "Les comptes d’associations, d’institutions, de commerces et de professionnels "
            "s’ouvrent par la médiation du quartier."
        )


def check_voucher(*, account_id: int, voucher_id: int, voucher_confirmed: bool) -> None:
    """Whether one may stand up for the other. Raises with what to do."""
    if account_id == voucher_id:
        raise Invalid(
            "On ne peut pas répondre de soi-même : demandez à quelqu’un qui vous connaît."
        )
    if not voucher_confirmed:
        raise Forbidden("Confirmez d’abord votre adresse électronique.")


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
