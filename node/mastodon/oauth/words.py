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
    unconfirmed: str
    suspended: str
    too_many: str
    second: str
    code_field: str
    wrong_code: str
    too_late: str
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
    unconfirmed="Votre adresse électronique n’est pas encore confirmée : ouvrez le lien que nous "
    "vous avons écrit, et essayez encore.",
    suspended="Ce compte est suspendu. Parlez-en à l’association du quartier.",
    too_many="C’est trop à la fois : attendez un peu.",
    second="Le mot de passe est bon. Il manque le code que votre téléphone affiche en ce moment.",
    code_field="Le code à six chiffres, ou un de vos codes de secours",
    wrong_code="Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, et tapez-le tel "
    "qu’il s’affiche.",
    too_late="Trop de temps a passé. Donnez encore votre mot de passe.",
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
    unconfirmed="Your e-mail address is not confirmed yet: open the link that we sent you, and try "
    "again.",
    suspended="This account is suspended. Please speak to the association of the neighbourhood.",
    too_many="That is too much at once: wait a little.",
    second="The password is right. What is missing is the code that your phone shows now.",
    code_field="The code of six digits, or one of your recovery codes",
    wrong_code="This code is not the right one, or it was used already. Wait for the next one, and "
    "type it as it is shown.",
    too_late="Too much time has passed. Please give your password again.",
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
