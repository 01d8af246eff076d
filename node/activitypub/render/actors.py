"""Actor documents: Application, Group, Person, Organization. The proof is the caller's to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from node.activitypub.addresses import Addresses
from node.activitypub.vocabulary import OUR_CONTEXT
from node.clock import to_iso

Document = dict[str, Any]

_DAY_S: Final = 86_400

IMPLEMENTS: Final = (
    ("https://datatracker.ietf.org/doc/html/rfc9421", "RFC-9421: HTTP Message Signatures"),
    ("https://w3id.org/fep/521a", "FEP-521a: Representing actor's public keys"),
    ("https://w3id.org/fep/8b32", "FEP-8b32: Object Integrity Proofs"),
    ("https://w3id.org/fep/8fcf", "FEP-8fcf: Followers collection synchronization"),
    ("https://w3id.org/fep/1b12", "FEP-1b12: Group federation"),
    ("https://w3id.org/fep/0837", "FEP-0837: Federated Marketplace"),
)
"""Capabilities, as FEP-844e lists them: (identifier, name)."""


class LocalActor(Protocol):
    """What a document needs to know of one of our actors."""

    @property
    def uri(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def icon_url(self) -> str | None: ...
    @property
    def manually_approves(self) -> bool: ...
    @property
    def discoverable(self) -> bool: ...
    @property
    def indexable(self) -> bool: ...
    @property
    def moved_to(self) -> str | None: ...
    @property
    def also_known_as(self) -> tuple[str, ...]: ...
    @property
    def territory(self) -> str | None: ...
    @property
    def suspended(self) -> bool: ...
    @property
    def created_at(self) -> float: ...
    @property
    def updated_at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Centre:
    """Where a quartier is, roughly."""

    name: str
    latitude: float
    longitude: float
    radius_m: int


def actor_document(
    actor: LocalActor,
    addresses: Addresses,
    *,
    rsa_pem: str,
    ed25519_multibase: str,
    centre: Centre | None = None,
    neighbours: str | None = None,
    fields: Sequence[tuple[str, str]] = (),
    header_url: str | None = None,
) -> Document:
    """``rsa_pem`` is the public key as SPKI PEM, ``ed25519_multibase`` as ``z6Mk…``.

    ``centre`` is for the quartier; ``neighbours``, the IRI of the collection of node keys that
    this node has met, is for the node's own actor. ``fields`` are (name, HTML) pairs,
    ``header_url`` the wide picture over a profile.
    """
    uri = actor.uri
    document: Document = {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": actor.type,
        "preferredUsername": actor.username,
        "webfinger": addresses.handle(actor.username),
        "name": actor.name,
        "summary": actor.summary,
        "url": actor.url or addresses.profile(actor.username),
        "inbox": addresses.inbox_of(uri),
        "outbox": addresses.outbox_of(uri),
        "followers": addresses.followers_of(uri),
        "following": addresses.following_of(uri),
        "featured": addresses.featured_of(uri),
        "endpoints": {"sharedInbox": addresses.shared_inbox},
        **keys(uri, addresses, rsa_pem=rsa_pem, ed25519_multibase=ed25519_multibase),
        "manuallyApprovesFollowers": actor.manually_approves,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        # The day, as Mastodon has it: the hour at which somebody joined is nobody's business.
        "published": to_iso(actor.created_at // _DAY_S * _DAY_S),
        "updated": to_iso(actor.updated_at),
    }
    document.update(_capabilities(actor, addresses))
    if uri in (addresses.quartier, addresses.urgent):
        document["attributedTo"] = addresses.actor
    if actor.icon_url:
        document["icon"] = {"type": "Image", "url": actor.icon_url}
    if header_url:
        document["image"] = {"type": "Image", "url": header_url}
    if fields:
        document["attachment"] = [
            {"type": "PropertyValue", "name": name, "value": value} for name, value in fields
        ]
    if actor.also_known_as:
        document["alsoKnownAs"] = list(actor.also_known_as)
    if actor.moved_to:
        document["movedTo"] = actor.moved_to
    if actor.suspended:
        document["suspended"] = True
    if actor.territory:
        document["territory"] = actor.territory.split()
    if centre is not None:
        document["location"] = {
            "type": "Place",
            "name": centre.name,
            "latitude": centre.latitude,
            "longitude": centre.longitude,
            "radius": centre.radius_m,
            "units": "m",
        }
    if neighbours is not None:
        document["neighbours"] = neighbours
    return document


def keys(
    uri: str, addresses: Addresses, *, rsa_pem: str, ed25519_multibase: str
) -> dict[str, object]:
    """Both keys of an actor: ``publicKey`` as everybody reads it, and FEP-521a's Multikey."""
    return {
        "publicKey": {
            "id": addresses.rsa_key_of(uri),
            "owner": uri,
            "publicKeyPem": rsa_pem,
        },
        "assertionMethod": [
            {
                "id": addresses.ed25519_key_of(uri),
                "type": "Multikey",
                "controller": uri,
                "publicKeyMultibase": ed25519_multibase,
            }
        ],
    }


def _capabilities(actor: LocalActor, addresses: Addresses) -> dict[str, object]:
    """On the Application itself, and for everybody else by its ``generator`` (FEP-844e)."""
    listed = [{"type": "Link", "href": href, "name": name} for href, name in IMPLEMENTS]
    if actor.uri == addresses.actor:
        return {"implements": listed}
    return {
        "generator": {"id": addresses.actor, "type": "Application", "implements": listed},
    }
