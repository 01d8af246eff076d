"""What a push says: a title of a few words, in the language of the person."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from node.social.told import Told

BODY_LETTERS: Final = 140
_TITLES: Final = MappingProxyType(
    {
        Told.MENTION: ("{who} s’adresse à vous", "{who} mentioned you"),
        Told.STATUS: ("{who} vient d’écrire", "{who} just posted"),
        Told.REBLOG: ("{who} a partagé votre message", "{who} boosted your post"),
        Told.FOLLOW: ("{who} vous suit", "{who} followed you"),
        Told.FOLLOW_REQUEST: ("{who} demande à vous suivre", "{who} asks to follow you"),
        Told.FAVOURITE: ("{who} aime votre message", "{who} favourited your post"),
        Told.POLL: ("Un sondage est terminé", "A poll has ended"),
        Told.UPDATE: ("{who} a modifié un message", "{who} edited a post"),
        Told.QUOTE: ("{who} cite votre message", "{who} quoted your post"),
        Told.QUOTED_UPDATE: (
            "{who} a modifié un message que vous citez",
            "{who} edited a post you quoted",
        ),
        Told.ADMIN_SIGN_UP: ("{who} a rejoint le quartier", "{who} signed up"),
        Told.ADMIN_REPORT: ("{who} signale quelque chose", "{who} submitted a report"),
    }
)


def title(kind: str, who: str, language: str) -> str:
    french, english = _TITLES[Told(kind)]
    return (english if language == "en" else french).format(who=who)


def shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= BODY_LETTERS else plain[: BODY_LETTERS - 1].rstrip() + "…"
