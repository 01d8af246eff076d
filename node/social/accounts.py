"""Who is there: actors as the whole program knows them, and what an account of ours may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from node.activitypub.addresses import NAME_MAX, RESERVED, USERNAME
from node.errors import Invalid

ActorType = Literal["Person", "Group", "Organization"]

KINDS: Final[Mapping[str, ActorType]] = MappingProxyType(
    {
        "resident": "Person",
        "association": "Organization",
        "informal-group": "Group",
        "public-body": "Organization",
        "business": "Organization",
        "professional": "Person",
    }
)
"""Account kind → the type of its actor (aid.md §2)."""

ROLES: Final = ("admin", "mediator", "member")

_ADMIN: Final = "accounts reports domain_blocks"
_GRANULAR: Final = {
    "read": (
        "accounts blocks bookmarks collections favourites filters follows lists mutes "
        "notifications search statuses"
    ),
    "write": (
        "accounts blocks bookmarks collections conversations favourites filters follows lists "
        "media mutes notifications reports statuses"
    ),
    "admin:read": _ADMIN,
    "admin:write": _ADMIN,
}
SCOPES: Final = (
    "read",
    "write",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:write",
    *(f"{whole}:{part}" for whole, parts in _GRANULAR.items() for part in parts.split()),
)
"""What a token may do, as Mastodon 4.5 names it."""

PASSWORD_MIN: Final = 8
PASSWORD_MAX: Final = 1000
EMAIL_MAX: Final = 254  # RFC 5321, errata 1690
_LOCAL_MAX: Final = 64

# The dot-atom of RFC 5322, no quoted strings; a domain of labels, or of a machine of our own.
_EMAIL_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_EMAIL_DOMAIN: Final = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody, here or elsewhere. Times are seconds since the epoch."""

    id: int
    uri: str
    local: bool
    type: str
    """Person, Group, Organization, Application or Service."""
    kind: str | None
    """One of `KINDS`; None for the node's own actors and for most remote ones."""
    username: str
    domain: str
    """The part after the @ of its address."""
    name: str
    summary: str
    """Cleaned HTML."""
    inbox: str
    shared_inbox: str | None
    outbox_uri: str | None
    followers_uri: str | None
    following_uri: str | None
    featured_uri: str | None
    url: str | None
    icon_url: str | None
    header_url: str | None = None
    bot: bool = False
    fields: tuple[Mapping[str, Any], ...] = ()
    """``{"name": …, "value": cleaned HTML, "verified_at": seconds or None}``"""
    emojis: tuple[Mapping[str, Any], ...] = ()
    manually_approves: bool
    discoverable: bool
    indexable: bool
    moved_to: str | None
    also_known_as: tuple[str, ...]
    territory: str | None
    """H3 cells of a quartier, compacted, with spaces between."""
    suspended: bool
    gone: bool
    """Deleted: kept so that its name and id are not given again."""
    created_at: float
    updated_at: float

    @property
    def handle(self) -> str:
        """``amina@croix-rousse.example``."""
        return f"{self.username}@{self.domain}"


def type_of_kind(kind: str) -> ActorType:
    """The actor type of an account kind. Raises Invalid for a kind that is none."""
    return KINDS[check_kind(kind)]


def check_username(text: str) -> str:
    """The name in its one spelling, lower case. Raises Invalid with what to do."""
    name = text.strip().removeprefix("@").lower()
    if not name or len(name) > NAME_MAX or USERNAME.fullmatch(name) is None:
        raise Invalid(
            f"Le nom doit avoir 1 à {NAME_MAX} caractères : lettres sans accent, chiffres, _, et "
            "à l’intérieur . ou -. Par exemple : amina_b"
        )
    if name in RESERVED:
        raise Invalid(f"Le nom {name} est réservé. Choisissez-en un autre.")
    return name


def check_email(text: str) -> str:
    """The address with its domain in lower case. Raises Invalid with what to do.

    Strict on purpose: what is accepted here is written into mail headers.
    """
    address = text.strip()
    local, mark, domain = address.partition("@")
    fits = (
        bool(mark)
        and len(address) <= EMAIL_MAX
        and len(local) <= _LOCAL_MAX
        and _EMAIL_LOCAL.fullmatch(local) is not None
        and _EMAIL_DOMAIN.fullmatch(domain) is not None
    )
    if not fits:
        raise Invalid("Cette adresse électronique n’a pas la forme nom@domaine. Vérifiez-la.")
    return f"{local}@{domain.lower()}"


def check_password(text: str) -> str:
    """Any characters, 8 to 1000 of them. Raises Invalid with what to do."""
    if not PASSWORD_MIN <= len(text) <= PASSWORD_MAX:
        raise Invalid(
            f"Le mot de passe doit avoir {PASSWORD_MIN} à {PASSWORD_MAX} caractères. "
            "Quelques mots qui vous reviennent font un bon mot de passe."
        )
    if "\0" in text:
        raise Invalid("Le mot de passe contient un caractère nul. Choisissez-en un autre.")
    return text


def check_kind(text: str) -> str:
    return _one_of(text, tuple(KINDS), "Ce genre de compte")


def check_role(text: str) -> str:
    return _one_of(text, ROLES, "Ce rôle")


def check_scopes(text: str) -> str:
    """Scopes with one space between, each once. Raises Invalid for one that is none."""
    wanted = tuple(dict.fromkeys(text.split()))
    if not wanted:
        raise Invalid("Donnez au moins une portée, par exemple : read write follow push")
    return " ".join(_one_of(scope, SCOPES, "Cette portée") for scope in wanted)


def allows(granted: str, wanted: str) -> bool:
    """Whether a token's scopes cover one: ``read`` covers ``read:statuses``, ``admin:read``
    ``admin:read:reports``."""
    scopes = granted.split()
    whole, _, part = wanted.rpartition(":")
    if wanted in scopes or whole in scopes:
        return True
    # Mastodon's older scope for all that concerns relations
    return "follow" in scopes and part in ("follows", "blocks", "mutes")


def _one_of(text: str, known: tuple[str, ...], what: str) -> str:
    name = text.strip()
    if name not in known:
        shown = ", ".join(one for one in known if ":" not in one)
        raise Invalid(f"{what} n’existe pas : {name[:40]!r}. Il y a : {shown}.")
    return name
