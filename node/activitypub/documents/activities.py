"""Activities: the types that we act on, and ``Unknown`` for all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from node.activitypub.documents.parts import ADDRESSEES, Reference, picture, reference, references
from node.activitypub.readers import (
    ids,
    iri,
    objects,
    same_origin,
    string,
    text,
    types,
    when,
)
from node.activitypub.rejected import Rejected

FLAGGED: Final = 100
"""Things that one report may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    id: str | None
    """Of the actor's origin; None for an activity without an address."""
    actor: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience: tuple[str, ...]
    published: float | None
    document: dict[str, Any]
    """The normalised whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithObject(_Common):
    object: Reference
    target: Reference | None = None
    result: Reference | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Like(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EmojiReact(_WithObject):
    """Also a Misskey Like, which says which emoji it is (FEP-c0e0)."""

    emoji: str
    """A grapheme, or a custom emoji's ``:name:``."""
    picture: str | None
    """Where the custom emoji's image is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(_WithObject):
    objects: tuple[Reference, ...]
    """The account and the posts that the report is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(_WithObject):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(_Common):
    """Kept and ignored."""

    type: str
    object: Reference | None


Activity = (
    Create
    | Update
    | Delete
    | Follow
    | Accept
    | Reject
    | Undo
    | Like
    | EmojiReact
    | Announce
    | Block
    | Move
    | Flag
    | Add
    | Remove
    | Offer
    | Unknown
)

_PLAIN: Final[dict[str, type[_WithObject]]] = {
    "Create": Create,
    "Update": Update,
    "Delete": Delete,
    "Follow": Follow,
    "Accept": Accept,
    "Reject": Reject,
    "Undo": Undo,
    "Announce": Announce,
    "Block": Block,
    "Move": Move,
    "Add": Add,
    "Remove": Remove,
    "Offer": Offer,
}
_KNOWN: Final = frozenset(_PLAIN) | {"Like", "EmojiReact", "Flag"}


def parse_activity(document: dict[str, Any]) -> Activity | Rejected:
    """The activity that a normalised document describes."""
    names = types(document)
    if not names:
        return Rejected("an activity without a type")
    kind = next((name for name in names if name in _KNOWN), names[0])
    actors = ids(document.get("actor"), 2)
    if len(actors) != 1:
        return Rejected("an activity of no actor" if not actors else "an activity of two actors")
    actor = actors[0]
    name = iri(document.get("id"))
    if name is None and document.get("id"):
        return Rejected("an activity whose id is no address")
    if name is not None and not same_origin(name, actor):
        return Rejected("an activity of another origin than its actor's")
    common: dict[str, Any] = {
        "id": name,
        "actor": actor,
        "to": ids(document.get("to"), ADDRESSEES),
        "cc": ids(document.get("cc"), ADDRESSEES),
        "audience": ids(document.get("audience"), ADDRESSEES),
        "published": when(document.get("published")),
        "document": document,
    }
    thing = reference(document.get("object"))
    if kind not in _KNOWN:
        return Unknown(type=kind, object=thing, **common)
    if thing is None:
        return Rejected(f"{kind} of nothing")
    common |= {
        "object": thing,
        "target": reference(document.get("target")),
        "result": reference(document.get("result")),
        "content": text(document, "content", 20_480),
    }
    if kind in ("Like", "EmojiReact"):
        return _liking(kind, document, common)
    if kind == "Flag":
        return Flag(objects=tuple(references(document.get("object"), FLAGGED)), **common)
    made: Any = _PLAIN[kind](**common)
    activity: Activity = made
    return activity


def _liking(kind: str, document: dict[str, Any], common: dict[str, Any]) -> Like | EmojiReact:
    emoji = common["content"] or string(document.get("_misskey_reaction"), 256)
    emoji = emoji.strip() if emoji else ""
    if not emoji or len(emoji) > 256:
        # A reaction that does not say which is still a kind word.
        return Like(**common)
    found = None
    for tag in objects(document.get("tag"), 50):
        if "Emoji" in types(tag) and (text(tag, "name", 256) or "").strip(":") == emoji.strip(":"):
            found = picture(tag.get("icon"))
            break
    return EmojiReact(emoji=emoji, picture=found, **common)
