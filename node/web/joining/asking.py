"""What somebody who joins is asked: by which name, how to write to them, a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from node.actions import usernames
from node.actions.house import texts_of
from node.actions.signing_in import SIGN_UP
from node.errors import Invalid
from node.outbox.reading.network import NETWORK
from node.social.accounts import KINDS, check_email, check_kind, check_password, check_username
from node.social.membership import LOCALES, NAME_MAX, TEXT_MAX, lines, one_line
from node.web.kinds import KINDS as KINDS_SAID
from node.web.site.languages import later
from node.web.site.visit import Visit

NO_NAME: Final = later("Dites comment on vous appelle : le prénom suffit.")
NO_WORDS: Final = later(
    "Écrivez quelques mots : sans eux, l’association ne sait pas qui vous êtes."
)
NOT_AGREED: Final = later("Lisez les règles du quartier, et cochez la case si vous êtes d’accord.")


@dataclass(slots=True)
class Given:
    """A form as it was filled, and what is wrong with it."""

    name: str
    username: str
    """As typed, or made of the name where nothing was."""
    email: str
    password: str
    kind: str
    text: str
    proposed: bool
    """Whether we made the username."""
    rules: tuple[str, ...] = ()
    """Of the house: who joins agrees with them."""
    errors: dict[str, str] = field(default_factory=dict)


async def empty(visit: Visit) -> Given:
    given = Given("", "", "", "", "resident", "", proposed=True)
    given.rules = await _rules(visit)
    return given


async def _rules(visit: Visit) -> tuple[str, ...]:
    return (await visit.store.read(texts_of, visit.here)).rules


async def read(visit: Visit, *, text: bool) -> Given:
    """The form, with what is wrong by field; `text`: whether words about oneself are asked."""
    given = Given(
        name=visit.text("name")[: NAME_MAX * 4],
        username=visit.text("username")[:100],
        email=visit.text("email")[:300],
        password=_password(visit),
        kind=visit.text("kind", "resident"),
        text=visit.text("text")[: TEXT_MAX * 4],
        proposed=False,
        rules=await _rules(visit),
    )
    if not given.name:
        given.errors["name"] = NO_NAME
    _check(given, "name", one_line, given.name, NAME_MAX, "Le nom affiché")
    if not given.username and given.name:
        given.proposed = True
        given.username = await visit.store.read(usernames.propose, visit.here, given.name)
    if given.username:
        _check(given, "username", check_username, given.username)
    _check(given, "email", check_email, given.email)
    _check(given, "password", check_password, given.password)
    if text:
        if not given.text:
            given.errors["text"] = NO_WORDS
        _check(given, "text", lines, given.text, TEXT_MAX, "Le mot")
        _check(given, "kind", check_kind, given.kind)
    if given.rules and not visit.ticked("agreed"):
        given.errors["agreed"] = NOT_AGREED
    return given


def _password(visit: Visit) -> str:
    value = visit.form.get("password", "")
    return value if isinstance(value, str) else ""


def _check(given: Given, name: str, check: Callable[..., object], *values: Any) -> None:
    try:
        check(*values)
    except Invalid as error:
        given.errors.setdefault(name, error.public)


def spend(visit: Visit) -> None:
    """Before what costs something: whoever joins is counted by their network, at all doors
    together. Raises TooMany."""
    visit.here.rates.spend(SIGN_UP, str(visit.request.get(NETWORK, "")), visit.now)


def locale(visit: Visit) -> str:
    return visit.language.code if visit.language.code in LOCALES else LOCALES[0]


def kinds(visit: Visit) -> list[tuple[str, str]]:
    return [(kind, visit.say(KINDS_SAID[kind])) for kind in KINDS]
