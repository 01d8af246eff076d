"""Actors: Person, Group, Organization, Application, Service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from node.activitypub.documents.objects import Emoji, emojis_in
from node.activitypub.documents.parts import links, page, picture
from node.activitypub.readers import (
    each,
    flag,
    ids,
    iri,
    objects,
    one_id,
    same_origin,
    string,
    text,
    types,
    when,
)
from node.activitypub.rejected import Rejected

ACTOR_TYPES: Final = ("Person", "Group", "Organization", "Application", "Service")
NAME_LIMIT: Final = 2048
BIO_LIMIT: Final = 20_480
FIELDS: Final = 50
ALIASES: Final = 256
KEYS: Final = 16
CELLS: Final = 4096
_CELL: Final = re.compile(r"[0-9a-f]{15}")
# did:key's prefix of an Ed25519 public key: multicodec 0xed 0x01 in base58btc
_ED25519: Final = "z6Mk"


@dataclass(frozen=True, slots=True)
class PublicKey:
    id: str
    kind: Literal["rsa", "ed25519"]
    material: str
    """PEM for RSA, multibase (``z6Mk…``) for Ed25519."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str
    """Raw HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorDocument:
    id: str
    type: str
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    preferred_username: str | None
    name: str | None
    summary: str | None
    """Raw HTML."""
    icon: str | None
    image: str | None
    url: str | None
    manually_approves: bool
    discoverable: bool
    indexable: bool
    suspended: bool
    moved_to: str | None
    also_known_as: tuple[str, ...]
    public_keys: tuple[PublicKey, ...]
    fields: tuple[Field, ...]
    emojis: tuple[Emoji, ...]
    published: float | None
    webfinger: str | None
    """``user@host`` (FEP-2c59), to be confirmed there."""
    implements: tuple[str, ...]
    """Capabilities of the actor or of its server (FEP-844e)."""
    territory: tuple[str, ...]
    """H3 cells."""
    neighbours: str | None
    document: dict[str, Any]


def parse_actor(document: dict[str, Any]) -> ActorDocument | Rejected:
    """The actor that a normalised document describes.

    FEP-fe34: the inbox and the keys are of the actor's own origin, and the keys name the actor
    as their owner. Addresses of other origins (a shared inbox elsewhere, say, to which we would
    send our traffic on a stranger's word) count as not given.
    """
    kind = next((name for name in types(document) if name in ACTOR_TYPES), None)
    if kind is None:
        return Rejected("no actor")
    name = iri(document.get("id"))
    if name is None:
        return Rejected("an actor without an address")

    def own(value: Any) -> str | None:
        found = one_id(value)
        return found if same_origin(found, name) else None

    inbox = own(document.get("inbox"))
    if inbox is None:
        return Rejected("an actor without an inbox of its own origin")
    endpoints = next(objects(document.get("endpoints"), 1), {})
    handle = string(document.get("webfinger"), 512)
    return ActorDocument(
        id=name,
        type=kind,
        inbox=inbox,
        # Misskey gives it in both places.
        shared_inbox=own(endpoints.get("sharedInbox")) or own(document.get("sharedInbox")),
        outbox=own(document.get("outbox")),
        followers=own(document.get("followers")),
        following=own(document.get("following")),
        featured=own(document.get("featured")),
        preferred_username=string(document.get("preferredUsername"), NAME_LIMIT),
        name=text(document, "name", NAME_LIMIT),
        summary=text(document, "summary", BIO_LIMIT),
        icon=picture(document.get("icon")),
        image=picture(document.get("image")),
        url=page(links(document.get("url"), 16)),
        manually_approves=flag(document.get("manuallyApprovesFollowers")),
        discoverable=flag(document.get("discoverable")),
        indexable=flag(document.get("indexable")),
        suspended=flag(document.get("suspended")),
        moved_to=one_id(document.get("movedTo")),
        also_known_as=ids(document.get("alsoKnownAs"), ALIASES),
        public_keys=_keys(document, name),
        fields=_fields(document.get("attachment")),
        emojis=emojis_in(document.get("tag")),
        published=when(document.get("published")),
        webfinger=handle.removeprefix("acct:").removeprefix("@") if handle else None,
        implements=_implements(document),
        territory=_territory(document.get("territory")),
        neighbours=own(document.get("neighbours")),
        document=document,
    )


def _keys(document: dict[str, Any], actor: str) -> tuple[PublicKey, ...]:
    found: list[PublicKey] = []
    for key in objects(document.get("publicKey"), KEYS):
        name, pem = iri(key.get("id")), string(key.get("publicKeyPem"), 8192)
        if name and pem and _is_own(key.get("owner"), name, actor):
            found.append(PublicKey(name, "rsa", pem))
    for key in objects(document.get("assertionMethod"), KEYS):
        name, multibase = iri(key.get("id")), string(key.get("publicKeyMultibase"), 256)
        if (
            name
            and multibase
            and multibase.startswith(_ED25519)
            and "Multikey" in types(key)
            and _is_own(key.get("controller"), name, actor)
        ):
            found.append(PublicKey(name, "ed25519", multibase))
    return tuple(found[:KEYS])


def _is_own(owner: Any, key: str, actor: str) -> bool:
    """Some servers leave the owner out; a fragment of the actor's own address says the same."""
    named = one_id(owner)
    if named is None:
        return owner is None and key.startswith(actor + "#")
    return named == actor and same_origin(key, actor)


def _fields(value: Any) -> tuple[Field, ...]:
    found: list[Field] = []
    for one in objects(value, 4 * FIELDS):
        if "PropertyValue" in types(one) and len(found) < FIELDS:
            name, written = text(one, "name", NAME_LIMIT), string(one.get("value"), NAME_LIMIT)
            if name is not None and written is not None:
                found.append(Field(name, written))
    return tuple(found)


def _implements(document: dict[str, Any]) -> tuple[str, ...]:
    generator = next(objects(document.get("generator"), 1), {})
    own = document.get("implements")
    return ids(own if own is not None else generator.get("implements"), 64)


def _territory(value: Any) -> tuple[str, ...]:
    cells: dict[str, None] = {}
    for one in each(value):
        if isinstance(one, str) and _CELL.fullmatch(one):
            cells[one] = None
            if len(cells) >= CELLS:
                break
    return tuple(cells)
