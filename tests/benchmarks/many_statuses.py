"""Many statuses of a few hundred people, as on a node after some years, written as rows: one
person of ours follows a third of them."""

from __future__ import annotations

import random
import time
from typing import Any, Final

import orjson
import sqlalchemy as sa

from node.ids import new_id
from node.store import tables

ACTORS: Final = 300
LOCAL: Final = 30
"""Of them live here."""
BUSY: Final = 3
"""Who writes every tenth: a page of theirs is full, with shares, among the first thousand."""
TAGS: Final = ("lyon", "jardin", "velo", "entraide", "musique")
READER: Final = 1
"""The id of the actor who follows every third; it is made by the caller."""
WORDS: Final = (
    *("Bonjour", "à", "toutes", "et", "tous", "le", "marché", "de", "samedi", "aura", "lieu"),
    *("place", "du", "quartier", "venez", "avec", "vos", "paniers", "nous", "cherchons", "encore"),
    *("quelqu’un", "pour", "porter", "les", "tables", "merci", "beaucoup", "bonne", "soirée"),
)
YEAR_S: Final = 365 * 86_400.0


def actor(number: int, now: float, base: str) -> dict[str, Any]:
    local = number < LOCAL
    host = "h.example" if local else f"h{number % 20}.example"
    uri = f"{base}/users/n{number}" if local else f"https://{host}/users/n{number}"
    return {
        "id": 10_000 + number,
        "uri": uri,
        "local": local,
        "type": "Person",
        "username": f"n{number}",
        "domain": host,
        "name": f"Voisine {number}",
        "summary": f"<p>J’habite la rue {number}. {' '.join(WORDS[:20])}</p>",
        "inbox": f"{uri}/inbox",
        "url": f"https://{host}/@n{number}",
        "icon_url": f"https://{host}/avatars/{number}.png",
        "fields": [{"name": "Rue", "value": str(number), "verified_at": None}] * 2,
        "also_known_as": [],
        "created_at": now - YEAR_S,
        "updated_at": now,
    }


def fill(connection: sa.Connection, start: int, stop: int, *, reader: int, base: str) -> None:
    """Statuses numbered from `start` to before `stop`, the later the newer."""
    chance, now = random.Random(start), time.time()
    if not start:
        people = [actor(number, now, base) for number in range(ACTORS)]
        connection.execute(tables.actors.insert(), people)
        connection.execute(
            tables.actor_tallies.insert(),
            [
                {"actor_id": one["id"], "statuses": 7, "followers": 3, "following": 2}
                for one in people
            ],
        )
        connection.execute(
            tables.follows.insert(),
            [
                {
                    "id": new_id(),
                    "follower_id": reader,
                    "target_id": one["id"],
                    "state": "accepted",
                    "activity_uri": f"f:{one['id']}",
                    "created_at": now,
                }
                for one in people[::3]
            ],
        )
    for first in range(start, stop, 10_000):
        numbers = range(first, min(first + 10_000, stop))
        rows = [_status(number, chance, now, base) for number in numbers]
        connection.execute(tables.objects.insert(), rows)
        ids = [row["id"] for row in rows]
        connection.execute(
            tables.status_tallies.insert(),
            [{"object_id": one, "replies": 1, "shares": 2, "likes": 3} for one in ids],
        )
        connection.execute(
            tables.hashtags.insert(),
            [{"slug": tag, "object_id": row["id"]} for row in rows for tag in _tags(row)],
        )
        connection.execute(
            tables.feed.insert(),
            [
                {"account_id": reader, "id": row["id"], "object_id": row["id"], "shared_by": None}
                for row in rows
                if (row["author_id"] - 10_000) % 3 == 0
            ],
        )
        _share(connection, ids[::7], reader, chance, now)


def _share(
    connection: sa.Connection, ids: list[int], reader: int, chance: random.Random, now: float
) -> None:
    made = []
    for place, object_id in enumerate(ids):
        sharer = 10_000 + (3 * chance.randrange(ACTORS // 3) if place % 5 else BUSY)
        identifier = object_id + 1
        made.append(
            {
                "id": identifier,
                "object_id": object_id,
                "actor_id": sharer,
                "activity_uri": f"https://h.example/s/{identifier}",
                "published": now,
            }
        )
    connection.execute(tables.shares.insert(), made)
    connection.execute(
        tables.feed.insert(),
        [
            {
                "account_id": reader,
                "id": one["id"],
                "object_id": one["object_id"],
                "shared_by": one["actor_id"],
            }
            for one in made
        ],
    )


def _status(number: int, chance: random.Random, now: float, base: str) -> dict[str, Any]:
    who = BUSY if number % 10 == 0 else chance.randrange(ACTORS)
    local = who < LOCAL
    host = "h.example" if local else f"h{who % 20}.example"
    published = now - YEAR_S + 120.0 * number
    identifier = (int(published * 1000) << 16) | (2 * number & 0xFFFF)
    uri = f"{base}/objects/{identifier}" if local else f"https://{host}/o/{number}"
    media = number % 5 == 0
    return {
        "id": identifier,
        "uri": uri,
        "local": local,
        "type": "Note",
        "author_id": 10_000 + who,
        "visibility": "public",
        "content": f"<p>{' '.join(chance.choices(WORDS, k=40))}</p>",
        "language": "fr",
        "url": f"https://{host}/@n{who}/{number}",
        "context": uri,
        "published": published,
        "document": "{}",
        "parts": _parts(number, host, media=media),
        "media": media,
    }


def _parts(number: int, host: str, *, media: bool) -> str:
    picture: dict[str, Any] = {
        "id": str(number),
        "type": "image",
        "url": f"https://{host}/media/{number}.jpg",
        "preview_url": f"https://{host}/media/{number}.jpg",
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {},
        "description": "Une image du quartier",
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    }
    made = {
        "mentions": [],
        "tags": list(TAGS[: number % 3]),
        "emojis": [],
        "attachments": [picture] if media else [],
    }
    return orjson.dumps(made).decode()


def _tags(row: dict[str, Any]) -> list[str]:
    found: list[str] = orjson.loads(row["parts"])["tags"]
    return found
