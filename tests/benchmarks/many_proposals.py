"""Many proposals around one place, written as rows: for what is asked of many. A tenth of them is
open, as on a node after some years, or as many as one wants."""

from __future__ import annotations

import random
import time
from typing import Any, Final

import sqlalchemy as sa

from node.aid.nearby import cell_at
from node.aid.searching import words_in
from node.aid.territory import public_place
from node.aid.topics import TOPICS
from node.store import tables

PAGE: Final = 20
ACTORS: Final = 500
CENTRE: Final = (45.774, 4.828)
NOUNS: Final = (
    *("courses", "jardin", "vélo", "outils", "perceuse", "lit", "bébé", "poussette", "table"),
    *("chaise", "pommes", "soupe", "pain", "livre", "français", "arabe", "mathématiques"),
    *("ordinateur", "imprimante", "téléphone", "démarches", "préfecture", "médecin", "hôpital"),
    *("escalier", "étage", "chat", "chien", "plantes", "balcon", "cave", "clé", "voisine"),
    *("enfants", "école", "mercredi", "jeudi", "samedi", "matin", "soir", "fête", "musique"),
    *("guitare", "couture", "machine", "tissu", "valise", "voiture", "camion", "carton"),
    *("déménagement", "ménage", "vitres", "peinture", "étagère", "lampe", "robinet", "fuite"),
)
OFTEN: Final = "voisinage"
"""A word that three in ten have."""
SELDOM: Final = "accordéon"
"""A word that a page of the oldest have, and no more however many come."""


def fill(
    connection: sa.Connection, start: int, stop: int, *, open_of: int = 10, local_of: int = 0
) -> None:
    """Proposals numbered from `start` to before `stop`: one in so many is open, and one in so many
    as if it were ours (0: none)."""
    chance = random.Random(start)
    now = time.time()
    if not start:
        connection.execute(tables.actors.insert(), [_actor(n, now) for n in range(1, ACTORS)])
    for first in range(start, stop, 10_000):
        numbers = range(first, min(first + 10_000, stop))
        rows = [_rows(number, chance, now, open_of, local_of) for number in numbers]
        connection.execute(tables.objects.insert(), [one for one, _ in rows])
        connection.execute(tables.proposals.insert(), [one for _, one in rows])


def _actor(number: int, now: float) -> dict[str, Any]:
    uri = f"https://h{number % 20}.example/users/n{number}"
    return {
        "id": number,
        "uri": uri,
        "local": False,
        "type": "Person",
        "username": f"n{number}",
        "domain": f"h{number % 20}.example",
        "name": f"N {number}",
        "inbox": f"{uri}/inbox",
        "also_known_as": [],
        "created_at": now,
        "updated_at": now,
    }


def _rows(
    number: int, chance: random.Random, now: float, open_of: int, local_of: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    identifier = 10**15 + number
    at = public_place(CENTRE[0] + chance.gauss(0, 0.009), CENTRE[1] + chance.gauss(0, 0.013))
    topic = chance.choice(list(TOPICS.values()))
    text = " ".join(chance.choices(NOUNS, k=25))
    text += f" {OFTEN}" if chance.random() < 0.3 else ""
    text += f" {SELDOM}" if number < 10 * PAGE else ""
    written = {
        "id": identifier,
        "uri": f"https://h.example/o/{number}",
        "local": bool(local_of) and number % local_of == 0,
        "type": "Note",
        "author_id": chance.randrange(1, ACTORS),
        "visibility": "public",
        "name": text[:40],
        "content": f"<p>{text}</p>",
        "language": "fr",
        "published": now,
        "document": "{}",
    }
    proposal = {
        "object_id": identifier,
        "purpose": chance.choice(("offer", "request")),
        "topic": topic.slug,
        "mode": topic.usual_mode,
        "title": text[:40],
        "language": "fr",
        "state": "open"
        if number % open_of == 0
        else chance.choice(("done", "expired", "withdrawn")),
        "urgency": chance.choice(("low", "normal", "normal", "high", "critical")),
        "reach": "adjacent",
        "quantity": "1",
        "available": "1",
        "unit": "one",
        "latitude": at.lat,
        "longitude": at.lon,
        "radius_m": at.radius_m,
        "cell": at.cell,
        "cell_7": cell_at(at.cell, 7),
        "cell_5": cell_at(at.cell, 5),
        "words": " ".join(dict.fromkeys(words_in(f"{topic.fr} {topic.en} {text}"))),
        "expires_at": now + chance.randrange(86_400, 60 * 86_400),
        "origin": "h.example",
        "shown": True,
        "create_activity": "{}",
    }
    return written, proposal
