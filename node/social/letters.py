"""What mails say, in French and in English: plain text, and never more than that there is
something and where. No contact details, no message, nobody for whom somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from node.social.sentences import OTHERS, SENTENCES, Sentence

SHOWN: Final = 30
"""News in one digest; of the rest it says how many."""


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Who writes: the quartier's name, and the base of its links."""

    name: str
    base_url: str


class Lock(StrEnum):
    """What keeps an account one's own."""

    PASSWORD = "password"  # noqa: S105
    ADDRESS = "address"
    CODE_ON = "code on"
    CODE_OFF = "code off"


@dataclass(frozen=True, slots=True)
class Changed:
    """What is told of a lock that changed."""

    fr_subject: str
    fr: str
    en_subject: str
    en: str


LOCKS: Final = MappingProxyType(
    {
        Lock.PASSWORD: Changed(
            "votre mot de passe a changé",
            "votre mot de passe vient de changer ; vos autres appareils sont déconnectés.",
            "your password has changed",
            "your password has just been changed; your other devices are signed out.",
        ),
        Lock.ADDRESS: Changed(
            "votre adresse électronique a changé",
            "l’adresse électronique de votre compte vient de changer : celle-ci n’y sert plus.",
            "your e-mail address has changed",
            "the e-mail address of your account has just been changed: this one is no longer used.",
        ),
        Lock.CODE_ON: Changed(
            "un code est demandé pour vous connecter",
            "la seconde vérification vient d’être mise en place : un code du téléphone est demandé "
            "pour se connecter.",
            "a code is asked for to sign in",
            "the second check has just been set up: a code from the phone is asked for to sign in.",
        ),
        Lock.CODE_OFF: Changed(
            "plus de code pour vous connecter",
            "la seconde vérification vient d’être retirée : le mot de passe suffit pour se "
            "connecter.",
            "no more code to sign in",
            "the second check has just been removed: the password is enough to sign in.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class News:
    """One thing that somebody is told."""

    kind: str
    who: str
    """Who caused it, as everybody may know them; "" for nobody."""
    title: str
    """Of the public announcement that it is about; "" for none."""
    link: str


def sentence(language: str, news: News) -> str:
    """What happened, in one sentence: ``Bruno a répondu à votre annonce « Perceuse ».``"""
    both = SENTENCES.get(news.kind, OTHERS)
    said: Sentence = both.en if language == "en" else both.fr
    return said.say(who=news.who, title=news.title, language=language)


def digest(
    language: str, place: Place, *, name: str, news: Sequence[News], more: int, unsubscribe: str
) -> Letter:
    """The day's letter. `more`: how much happened besides."""
    told = []
    for one in news:
        told += [f"– {sentence(language, one)}", f"  {one.link}"]
    if language == "en":
        many = len(news) + more
        subject = f"{place.name}: {many} {'thing' if many == 1 else 'things'} new today"
        if more:
            told.append(f"– And {more} more: {place.base_url}")
        body = [
            f"Hello {name},",
            "",
            f"here is what happened for you in {place.name}.",
            "",
            *told,
            "",
            "Thank you for being there.",
        ]
    else:
        many = len(news) + more
        subject = f"{place.name} : {many} {'nouvelle' if many == 1 else 'nouvelles'} pour vous"
        if more:
            told.append(f"– Et {more} de plus : {place.base_url}")
        body = [
            f"Bonjour {name},",
            "",
            f"voici ce qui s’est passé pour vous dans le quartier ({place.name}).",
            "",
            *told,
            "",
            "Merci d’être là.",
        ]
    return Letter(subject, _signed(language, place, body, unsubscribe))


def urgent(language: str, place: Place, *, name: str, news: News, unsubscribe: str) -> Letter:
    """One thing that cannot wait."""
    said = sentence(language, news)
    hello = f"Hello {name}," if language == "en" else f"Bonjour {name},"
    body = [hello, "", said, "", news.link]
    return Letter(
        f"{place.name}{_colon(language)}{said}", _signed(language, place, body, unsubscribe)
    )


def welcome(language: str, place: Place, *, name: str, link: str, days: int) -> Letter:
    """A request to join was accepted; the link confirms the address."""
    if language == "en":
        return Letter(
            f"Welcome to {place.name}",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    f"your account in {place.name} is open. Welcome!",
                    "",
                    "Please confirm that this address is yours, so that we may write to you:",
                    link,
                    "",
                    f"The link is good for {days} days. Your account is there without it, too.",
                ],
            ),
        )
    return Letter(
        f"Bienvenue à {place.name}",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                f"votre compte est ouvert ({place.name}). Bienvenue !",
                "",
                "Confirmez que cette adresse est la vôtre, pour que nous puissions vous écrire :",
                link,
                "",
                f"Le lien vaut {days} jours. Votre compte est là aussi sans lui.",
            ],
        ),
    )


def declined(language: str, place: Place, *, name: str, words: str = "") -> Letter:
    """A request to join was not accepted; `words` are a mediator's own."""
    own = ["", *words.split("\n")] if words else []
    if language == "en":
        return Letter(
            f"Your request to join {place.name}",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    f"thank you for your interest in {place.name}. We could not open an account "
                    "for you this time.",
                    *own,
                    "",
                    "It is no judgement of you: often we merely do not know yet who is asking. "
                    "If you know a member, ask them for an invitation, or come and see us.",
                    "",
                    "Everybody can read what is asked for and offered:",
                    place.base_url,
                ],
            ),
        )
    return Letter(
        f"Votre demande d’adhésion à {place.name}",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                f"merci de votre intérêt pour {place.name}. Nous n’avons pas pu vous ouvrir de "
                "compte cette fois-ci.",
                *own,
                "",
                "Ce n’est pas un jugement sur vous : souvent, nous ne savons simplement pas encore "
                "qui demande. Si vous connaissez un membre, demandez-lui une invitation, ou passez "
                "nous voir.",
                "",
                "Tout le monde peut lire ce qui se demande et se propose :",
                place.base_url,
            ],
        ),
    )


def already_here(language: str, place: Place, *, name: str) -> Letter:
    """Somebody asked to join with the address of an account that there is."""
    if language == "en":
        return Letter(
            f"You already have an account in {place.name}",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    f"somebody asked to join {place.name} with this address. You already have an "
                    "account: nothing was changed.",
                    "",
                    "If it was you and you forgot your password, ask for a new one. If it was "
                    "not, there is nothing to do.",
                ],
            ),
        )
    return Letter(
        f"Vous avez déjà un compte à {place.name}",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                f"quelqu’un a demandé à rejoindre {place.name} avec cette adresse. Vous avez déjà "
                "un compte : rien n’a changé.",
                "",
                "Si c’était vous et que vous avez oublié votre mot de passe, demandez-en un "
                "nouveau. Sinon, il n’y a rien à faire.",
            ],
        ),
    )


def new_password(language: str, place: Place, *, name: str, link: str) -> Letter:
    if language == "en":
        return Letter(
            f"{place.name}: a new password",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    "to choose a new password, open this link within two hours:",
                    link,
                    "",
                    "If you did not ask for it, there is nothing to do: your password stays.",
                ],
            ),
        )
    return Letter(
        f"{place.name} : un nouveau mot de passe",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                "pour choisir un nouveau mot de passe, ouvrez ce lien dans les deux heures :",
                link,
                "",
                "Si vous n’avez rien demandé, il n’y a rien à faire : votre mot de passe reste.",
            ],
        ),
    )


def confirm_address(language: str, place: Place, *, name: str, link: str) -> Letter:
    if language == "en":
        return Letter(
            f"{place.name}: is this address yours?",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    "to confirm that this address is yours, open this link within two hours:",
                    link,
                    "",
                    "If you did not ask for it, there is nothing to do.",
                ],
            ),
        )
    return Letter(
        f"{place.name} : cette adresse est-elle la vôtre ?",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                "pour confirmer que cette adresse est la vôtre, ouvrez ce lien dans les deux "
                "heures :",
                link,
                "",
                "Si vous n’avez rien demandé, il n’y a rien à faire.",
            ],
        ),
    )


def lock_changed(language: str, place: Place, *, name: str, lock: Lock) -> Letter:
    """Whoever changed it, the person whose account it is reads of it."""
    said = LOCKS[lock]
    if language == "en":
        return Letter(
            f"{place.name}: {said.en_subject}",
            _signed(
                language,
                place,
                [
                    f"Hello {name},",
                    "",
                    said.en,
                    "",
                    "If it was you, there is nothing to do. If not, tell the association now:",
                    f"{place.base_url}/about#contact",
                ],
            ),
        )
    return Letter(
        f"{place.name} : {said.fr_subject}",
        _signed(
            language,
            place,
            [
                f"Bonjour {name},",
                "",
                said.fr,
                "",
                "Si c’est vous, il n’y a rien à faire. Sinon, dites-le tout de suite à "
                "l’association :",
                f"{place.base_url}/about#contact",
            ],
        ),
    )


def _signed(language: str, place: Place, body: Sequence[str], unsubscribe: str = "") -> str:
    end = ["", "-- ", place.name, place.base_url]
    if unsubscribe:
        stop = "No more mail" if language == "en" else "Ne plus recevoir de courrier"
        end += ["", f"{stop}{_colon(language)}{unsubscribe}"]
    return "\n".join([*body, *end]) + "\n"


def _colon(language: str) -> str:
    return ": " if language == "en" else " : "
