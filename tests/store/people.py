"""A small cast for the repositories' tests: Amina and Bruno live here, Zoé, Yann and others do
not. All are made through the repositories themselves."""

from __future__ import annotations

from typing import Any

from node.aid.lifecycle import State
from node.aid.proposals import Proposal, Purpose, Reach, Urgency
from node.ids import new_id
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, objects, proposals
from node.store.transaction import Transaction

HERE = "https://croix-rousse.example"
NOW = 1_795_000_000.0


def uri_of(name: str, host: str | None = None) -> str:
    return f"{HERE if host is None else 'https://' + host}/users/{name}"


def add_actor(
    tx: Transaction,
    /,
    username: str,
    host: str | None = None,
    *,
    keys: tuple[tuple[str, str, str, str | None], ...] = (),
    now: float = NOW,
    **values: Any,
) -> int:
    """One of ours, or with a host one from there; the row's id."""
    uri = uri_of(username, host)
    shared = None if host is None else f"https://{host}/inbox"
    return actors.put(
        tx,
        values={
            "uri": uri,
            "local": host is None,
            "type": "Person",
            "username": username,
            "domain": host or "croix-rousse.example",
            "name": username.title(),
            "inbox": f"{uri}/inbox",
            "shared_inbox": shared,
            "followers_uri": f"{uri}/followers",
            "also_known_as": [],
            **values,
        },
        keys=keys,
        now=now,
    )


def status(
    author_id: int,
    number: int,
    *,
    local: bool = False,
    visibility: Visibility = Visibility.PUBLIC,
    uri: str | None = None,
    **values: Any,
) -> Status:
    """A status that is not stored yet; later numbers are newer."""
    base = HERE if local else "https://m.example"
    given: dict[str, Any] = {
        "id": new_id(NOW + number),
        "uri": uri or f"{base}/objects/{number}",
        "local": local,
        "type": "Note",
        "author_id": author_id,
        "visibility": visibility,
        "name": None,
        "content": f"<p>{number}</p>",
        "summary": None,
        "language": "fr",
        "sensitive": False,
        "url": None,
        "in_reply_to": None,
        "context": None,
        "published": NOW + number,
        "updated": None,
        "document": "{}",
    }
    return Status(**(given | values))


def add_status(tx: Transaction, author_id: int, number: int, **values: Any) -> Status:
    made = status(author_id, number, **values)
    assert objects.insert(tx, made)
    return made


def proposal(of: Status, author_uri: str, **values: Any) -> Proposal:
    given: dict[str, Any] = {
        "id": of.id,
        "uri": of.uri,
        "author_uri": author_uri,
        "purpose": Purpose.REQUEST,
        "topic": "care.groceries",
        "mode": "service",
        "title": "Courses",
        "text": "Deux sacs",
        "urgency": Urgency.NORMAL,
        "reach": Reach.ADJACENT,
        "reach_m": None,
        "quantity": "2",
        "available": "2",
        "unit": "one",
        "language": "fr",
        "state": State.OPEN,
        "created": of.published,
        "updated": of.updated or of.published,
        "expires_at": None,
        "due": None,
        "cell": "881fb46625fffff",
        "lat": 45.77,
        "lon": 4.83,
        "radius_m": 531,
        "origin": "m.example",
    }
    return Proposal(**(given | values))


def add_proposal(
    tx: Transaction,
    author_id: int,
    number: int,
    *,
    local: bool = False,
    shown: bool = True,
    create_activity: str | None = "{}",
    tags: tuple[str, ...] = (),
    **values: Any,
) -> Proposal:
    author = actors.by_id(tx, author_id)
    assert author is not None
    of = status(author_id, number, local=local)
    assert objects.insert(tx, of, tags=tags)
    made = proposal(of, author.uri, **values)
    assert proposals.insert(tx, made, shown=shown, create_activity=create_activity)
    return made
