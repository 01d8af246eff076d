"""The words of the pages, French first, English complete; another language is another entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Words:
    language: str
    request: str
    offer: str
    urgent: str
    asked_and_offered: str
    nothing: str
    until: str
    older: str
    follow: str
    follow_urgent: str
    doubt: str
    minutes: str
    hours: str
    days: str
    home: str
    answer: str
    answer_how: str
    months: tuple[str, ...]
    at: str

    def date(self, seconds: float, zone: str) -> str:
        """``24 novembre à 13 h 00``: where the quartier is, by the name of its time zone."""
        then = datetime.fromtimestamp(seconds, ZoneInfo(zone))
        return self.at.format(
            day=then.day, month=self.months[then.month - 1], hour=then.hour, minute=then.minute
        )


FRENCH = Words(
    language="fr",
    request="Demande",
    offer="Offre",
    urgent="Urgent",
    asked_and_offered="Ce qui se demande et se propose en ce moment",
    nothing="Rien pour le moment.",
    until="Jusqu’au",
    older="Plus anciennes",
    follow="Pour suivre le quartier depuis Mastodon ou une application semblable, cherchez",
    follow_urgent="Pour ne suivre que les urgences, cherchez",
    doubt="Vu par {voucher} ; son nœud d’origine ne répond pas depuis {since}.",
    minutes="{n} min",
    hours="{n} h",
    days="{n} j",
    home="Voir l’annonce chez elle",
    answer="Pour répondre",
    answer_how="Depuis Mastodon ou une application semblable, écrivez un message privé à",
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    at="{day} {month} à {hour} h {minute:02d}",
)  # fmt: skip

ENGLISH = Words(
    language="en",
    request="Request",
    offer="Offer",
    urgent="Urgent",
    asked_and_offered="What is asked for and offered now",
    nothing="Nothing at the moment.",
    until="Until",
    older="Older ones",
    follow="To follow the neighbourhood from Mastodon or a similar app, search for",
    follow_urgent="To follow only what is urgent, search for",
    doubt="Seen by {voucher}; its own node has not answered for {since}.",
    minutes="{n} min",
    hours="{n} h",
    days="{n} d",
    home="See it where it was published",
    answer="To answer",
    answer_how="From Mastodon or a similar app, send a private message to",
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    at="{day} {month}, {hour}:{minute:02d}",
)  # fmt: skip

WORDS = {"fr": FRENCH, "en": ENGLISH}


def language_of(request: web.Request) -> str:
    """The first language that the reader asks for and that there is; French otherwise."""
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        code = part.split(";", 1)[0].strip().lower()[:2]
        if code in WORDS:
            return code
    return "fr"


def when(seconds: float, words: Words) -> str:
    """A span of time, in its largest unit."""
    if seconds < 3600:
        return words.minutes.format(n=max(1, int(seconds // 60)))
    if seconds < 2 * 86_400:
        return words.hours.format(n=int(seconds // 3600))
    return words.days.format(n=int(seconds // 86_400))
