"""What a peer shows of its people, in Mastodon's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.peers.keys import PeerKeys

Document = dict[str, Any]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
    },
]
PROVEN_CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    {"Hashtag": "as:Hashtag", "sensitive": "as:sensitive"},
]


@dataclass(slots=True)
class User:
    """Somebody on a peer."""

    base: str
    """Of the peer: ``http://127.0.0.1:PORT``."""
    name: str
    kind: str = "Person"
    keys: PeerKeys = field(default_factory=PeerKeys.generate, repr=False)
    followers: list[str] = field(default_factory=list)
    following: list[str] = field(default_factory=list)
    outbox: list[Document] = field(default_factory=list)

    @property
    def id(self) -> str:
        if self.kind == "Application":
            return f"{self.base}/actor"
        return f"{self.base}/users/{self.name}"

    @property
    def path(self) -> str:
        return self.id.removeprefix(self.base)

    @property
    def inbox(self) -> str:
        return f"{self.id}/inbox"

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.base.partition('://')[2]}"

    @property
    def rsa_key_id(self) -> str:
        return f"{self.id}#main-key"

    @property
    def ed25519_key_id(self) -> str:
        return f"{self.id}#ed25519-key"


def actor(user: User, *, with_multikey: bool) -> Document:
    """An actor document; with FEP-521a's Multikey for a peer that reads Ed25519."""
    document: Document = {
        "@context": CONTEXT,
        "id": user.id,
        "type": user.kind,
        "preferredUsername": user.name,
        "name": user.name.capitalize(),
        "summary": "",
        "url": f"{user.base}/@{user.name}",
        "inbox": user.inbox,
        "outbox": f"{user.id}/outbox",
        "followers": f"{user.id}/followers",
        "following": f"{user.id}/following",
        "featured": f"{user.id}/collections/featured",
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "published": "2026-01-01T00:00:00Z",
        "publicKey": {
            "id": user.rsa_key_id,
            "owner": user.id,
            "publicKeyPem": user.keys.pem,
        },
        "endpoints": {"sharedInbox": f"{user.base}/inbox"},
        "tag": [],
        "attachment": [],
    }
    if with_multikey:
        document["@context"] = [
            *CONTEXT[:2],
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            *CONTEXT[2:],
        ]
        document["assertionMethod"] = [
            {
                "id": user.ed25519_key_id,
                "type": "Multikey",
                "controller": user.id,
                "publicKeyMultibase": user.keys.multibase,
            }
        ]
    return document


def note(user: User, number: str, content: str, **more: Any) -> Document:
    """A public Note by a user, as Mastodon writes one."""
    return {
        "@context": PROVEN_CONTEXT,
        "id": f"{user.id}/statuses/{number}",
        "type": "Note",
        "attributedTo": user.id,
        "to": [PUBLIC],
        "cc": [f"{user.id}/followers"],
        "published": "2026-11-22T18:00:00Z",
        "url": f"{user.base}/@{user.name}/{number}",
        "content": content,
        "contentMap": {"fr": content},
        "sensitive": False,
        "inReplyTo": None,
        "attachment": [],
        "tag": [],
    } | more


def create(user: User, object: Document) -> Document:
    """The Create of an object."""
    return {
        "@context": PROVEN_CONTEXT,
        "id": f"{object['id']}/activity",
        "type": "Create",
        "actor": user.id,
        "published": object.get("published"),
        "to": object.get("to", []),
        "cc": object.get("cc", []),
        "object": {name: value for name, value in object.items() if name != "@context"},
    }


def webfinger(user: User) -> Document:
    return {
        "subject": f"acct:{user.handle.removeprefix('@')}",
        "aliases": [f"{user.base}/@{user.name}", user.id],
        "links": [
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": f"{user.base}/@{user.name}",
            },
            {"rel": "self", "type": "application/activity+json", "href": user.id},
        ],
    }


def collection(address: str, items: list[Any]) -> Document:
    """A collection on one page."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": address,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    }
