"""Every address of a node: how it is made, and what an IRI of ours means.

An IRI is the name of a thing for ever, so the two directions stand side by side here and nowhere
else. People get HTML and servers ActivityStreams on the same address; the pages ``/@name`` are
where ``url`` points.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import quote, unquote, urlsplit

NAME_MAX: Final = 30
USERNAME: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE | re.ASCII)
"""What other servers can read as the name in ``@name@domain``."""

QUARTIER: Final = "quartier"
URGENT: Final = "urgent"
_RESERVED: Final = """
quartier urgent actor node admin administrator administrateur administration root system
mediator mediateur moderator moderateur moderation support help contact abuse security
postmaster webmaster hostmaster noreply no-reply api oauth auth media static assets users user
objects activities agreements tags inbox outbox followers following collections well-known
nodeinfo health metrics settings about login logout signup register account accounts public
mentions here everyone all entraide
"""
RESERVED: Final = frozenset(_RESERVED.split())
"""Names that nobody can take: the node's own actors, addresses, and what sounds official."""

_IRI_MAX: Final = 2048
_TAG_MAX: Final = 100
_ID: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)

CollectionName = Literal[
    "inbox",
    "outbox",
    "followers",
    "following",
    "featured",
    "followers_synchronization",
    "neighbours",
]
ObjectPart = Literal["", "replies", "context"]
_COLLECTIONS: Final[dict[str, CollectionName]] = {
    ("collections/featured" if name == "featured" else name): name
    for name in get_args(CollectionName)
}


@dataclass(frozen=True, slots=True)
class ActorRef:
    username: str
    """``quartier``, ``urgent``, the node's own name, or a person's; as written, so perhaps in
    other case than stored."""


@dataclass(frozen=True, slots=True)
class ProfileRef:
    """The page of an actor."""

    username: str


@dataclass(frozen=True, slots=True)
class KeyRef:
    username: str
    algorithm: Literal["rsa", "ed25519"]


@dataclass(frozen=True, slots=True)
class CollectionRef:
    username: str
    name: CollectionName


@dataclass(frozen=True, slots=True)
class SharedInboxRef:
    pass


@dataclass(frozen=True, slots=True)
class ObjectRef:
    id: int
    part: ObjectPart = ""


@dataclass(frozen=True, slots=True)
class ActivityRef:
    id: int
    undone: bool = False
    """The Undo of that activity: its address is the activity's with ``/undo`` behind."""


@dataclass(frozen=True, slots=True)
class AgreementRef:
    id: int


@dataclass(frozen=True, slots=True)
class PageRef:
    """The page of an object."""

    username: str
    id: int


@dataclass(frozen=True, slots=True)
class TagRef:
    slug: str


LocalRef = (
    ActorRef
    | ProfileRef
    | KeyRef
    | CollectionRef
    | SharedInboxRef
    | ObjectRef
    | ActivityRef
    | AgreementRef
    | PageRef
    | TagRef
)


@dataclass(frozen=True, slots=True)
class Addresses:
    base_url: str
    """``https://croix-rousse.example``, without a slash at its end."""
    domain: str
    """What stands in ``@name@domain``: HOST, or HOST:PORT when the port is not the usual one."""

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    @property
    def actor(self) -> str:
        """The node itself (Application)."""
        return f"{self.base_url}/actor"

    @property
    def quartier(self) -> str:
        return f"{self.base_url}/quartier"

    @property
    def urgent(self) -> str:
        return f"{self.base_url}/urgent"

    @property
    def shared_inbox(self) -> str:
        return f"{self.base_url}/inbox"

    def media(self, name: str) -> str:
        """A file of ours: a picture."""
        return f"{self.base_url}/media/{name}"

    @property
    def node_username(self) -> str:
        """The name of the node's own actor: its host, as in ``acct:HOST@HOST`` (FEP-d556)."""
        host = urlsplit(f"//{self.domain}").hostname or self.domain
        return re.sub(r"[^a-z0-9_.-]", "_", host.lower())

    def user(self, username: str) -> str:
        return f"{self.base_url}/users/{username}"

    def actor_of(self, username: str) -> str:
        """The IRI of the local actor of that name, the node's own three among them."""
        name = username.lower()
        if name == self.node_username:
            return self.actor
        return f"{self.base_url}/{name}" if name in (QUARTIER, URGENT) else self.user(username)

    def inbox_of(self, actor: str) -> str:
        return f"{actor}/inbox"

    def outbox_of(self, actor: str) -> str:
        return f"{actor}/outbox"

    def followers_of(self, actor: str) -> str:
        return f"{actor}/followers"

    def following_of(self, actor: str) -> str:
        return f"{actor}/following"

    def featured_of(self, actor: str) -> str:
        return f"{actor}/collections/featured"

    def neighbours_of(self, actor: str) -> str:
        """The collection of what the node knows of other nodes' keys; below its own actor."""
        return f"{actor}/neighbours"

    def followers_synchronization(self, actor: str) -> str:
        """Where a server asks which of its people follow (FEP-8fcf)."""
        return f"{actor}/followers_synchronization"

    def rsa_key_of(self, actor: str) -> str:
        return f"{actor}#main-key"

    def ed25519_key_of(self, actor: str) -> str:
        return f"{actor}#ed25519-key"

    def object(self, identifier: int) -> str:
        return f"{self.base_url}/objects/{identifier}"

    def replies(self, object: str) -> str:
        return f"{object}/replies"

    def context(self, object: str) -> str:
        """The conversation that begins with an object (FEP-7888)."""
        return f"{object}/context"

    def activity(self, identifier: int) -> str:
        return f"{self.base_url}/activities/{identifier}"

    def agreement(self, identifier: int) -> str:
        return f"{self.base_url}/agreements/{identifier}"

    def profile(self, username: str) -> str:
        return f"{self.base_url}/@{username}"

    def page(self, username: str, identifier: int) -> str:
        return f"{self.base_url}/@{username}/{identifier}"

    def tag(self, slug: str) -> str:
        return f"{self.base_url}/tags/{quote(slug.lower(), safe='')}"

    def handle(self, username: str) -> str:
        """``amina@croix-rousse.example``."""
        return f"{username}@{self.domain}"

    # ── back ─────────────────────────────────────────────────────────────────────────────────

    def parse(self, iri: str) -> LocalRef | None:
        """What an IRI of this node names; None for everybody else's and for what is nothing.

        Exact: another case of the host, a query, a slash too many make another IRI.
        """
        base = self.base_url + "/"
        if len(iri) > _IRI_MAX or not iri.startswith(base) or "?" in iri:
            return None
        path, mark, fragment = iri[len(base) :].partition("#")
        if mark:
            return self._key(path, fragment)
        if path == "inbox":
            return SharedInboxRef()
        head, _, rest = path.partition("/")
        if head in _NUMBERED:
            return _NUMBERED[head](rest)
        if head == "tags":
            return _tag(rest)
        if head.startswith("@"):
            return self._page(path[1:])
        return self._actor(path)

    def is_username(self, text: str) -> bool:
        """Whether it can be the name of a local actor, the node's own three among them."""
        return text.lower() == self.node_username or (
            len(text) <= NAME_MAX and USERNAME.fullmatch(text) is not None
        )

    def _key(self, path: str, fragment: str) -> KeyRef | None:
        owner = self._actor(path)
        if not isinstance(owner, ActorRef):
            return None
        match fragment:
            case "main-key":
                return KeyRef(owner.username, "rsa")
            case "ed25519-key":
                return KeyRef(owner.username, "ed25519")
            case _:
                return None

    def _actor(self, path: str) -> ActorRef | CollectionRef | None:
        head, _, rest = path.partition("/")
        fixed = {"actor": self.node_username, "quartier": QUARTIER, "urgent": URGENT}
        name = fixed.get(head)
        if name is None:
            name, _, rest = rest.partition("/")
            special = name.lower() in fixed.values()
            if head != "users" or special or not self.is_username(name):
                return None
        if path.endswith("/"):
            return None
        if not rest:
            return ActorRef(name)
        collection = _COLLECTIONS.get(rest)
        return None if collection is None else CollectionRef(name, collection)

    def _page(self, path: str) -> ProfileRef | PageRef | None:
        name, mark, rest = path.partition("/")
        if not self.is_username(name):
            return None
        if not mark:
            return ProfileRef(name)
        number = _number(rest)
        return None if number is None else PageRef(name, number)


def _number(text: str) -> int | None:
    """An id: 64 bits, above 0, written in one way only."""
    if _ID.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number < 2**63 else None


def _object(rest: str) -> ObjectRef | None:
    digits, mark, part = rest.partition("/")
    number = _number(digits)
    if number is None:
        return None
    if not mark:
        return ObjectRef(number)
    match part:
        case "replies" | "context":
            return ObjectRef(number, part)
        case _:
            return None


def _activity(rest: str) -> ActivityRef | None:
    digits, mark, step = rest.partition("/")
    number = _number(digits)
    if number is None or (mark and step != "undo"):
        return None
    return ActivityRef(number, undone=bool(mark))


def _agreement(rest: str) -> AgreementRef | None:
    number = _number(rest)
    return None if number is None else AgreementRef(number)


def _tag(rest: str) -> TagRef | None:
    slug = unquote(rest)
    plain = slug and len(slug) <= _TAG_MAX and slug.isprintable() and "/" not in slug
    return TagRef(slug) if plain else None


_NUMBERED: Final[dict[str, Callable[[str], LocalRef | None]]] = {
    "objects": _object,
    "activities": _activity,
    "agreements": _agreement,
}
