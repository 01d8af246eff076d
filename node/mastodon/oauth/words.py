"""The words of the page on which somebody lets an app in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    language: str
    title: str
    asks: str
    who: str
    field: str
    allow: str
    beware: str
    copy: str
    wrong: str
    refused: str
    again: str
    scopes: Mapping[str, str]


FRENCH: Final = Words(
    language="fr",
    title="Autoriser une application",
    asks="L’application « {app} » demande à utiliser votre compte. Elle pourra :",
    who="Votre adresse électronique, ou votre nom ici",
    field="Votre mot de passe",
    allow="Autoriser",
    beware="Si vous ne venez pas de votre application, fermez cette page.",
    copy="Copiez ce code dans votre application :",
    wrong="Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez, et essayez encore.",
    refused="Cette application ne peut pas être autorisée",
    again="Revenez à l’application et recommencez. Si cela arrive à nouveau, c’est elle qu’il faut "
    "corriger ; ses auteurs comprendront ceci :",
    scopes=MappingProxyType(
        {
            "read": "lire ce que vous pouvez lire",
            "write": "publier, répondre et changer vos réglages en votre nom",
            "follow": "suivre et bloquer des personnes en votre nom",
            "push": "vous prévenir sur votre téléphone",
            "profile": "voir votre nom et votre image",
            "admin": "faire le travail de médiation en votre nom, si c’est le vôtre",
        }
    ),
)

ENGLISH: Final = Words(
    language="en",
    title="Authorize an app",
    asks="The app “{app}” asks to use your account. It will be able to:",
    who="Your e-mail address, or your name here",
    field="Your password",
    allow="Authorize",
    beware="If you do not come from your app, close this page.",
    copy="Copy this code into your app:",
    wrong="This name and this password do not go together. Check them, and try again.",
    refused="This app cannot be authorized",
    again="Go back to the app and start again. If it happens again, the app is at fault; its "
    "authors will understand this:",
    scopes=MappingProxyType(
        {
            "read": "read what you can read",
            "write": "publish, answer and change your settings in your name",
            "follow": "follow and block people in your name",
            "push": "send notifications to your phone",
            "profile": "see your name and your picture",
            "admin": "do the work of a mediator in your name, if it is yours",
        }
    ),
)


def words_for(language: str, accept: str) -> Words:
    """``language`` as the app asks for it, else the browser's first of ours; French otherwise."""
    wanted = [language, *(part.split(";", 1)[0] for part in accept[:200].split(","))]
    for one in wanted:
        match one.strip().lower()[:2]:
            case "fr":
                return FRENCH
            case "en":
                return ENGLISH
    return FRENCH


def told(scopes: str, words: Words) -> list[str]:
    """What the scopes mean, each once."""
    wholes = dict.fromkeys(scope.partition(":")[0] for scope in scopes.split())
    return [words.scopes[whole] for whole in wholes]
