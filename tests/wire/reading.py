"""How the wire tests read a document whole: parsed, and compared without the raw parts."""

from __future__ import annotations

import dataclasses
from typing import Any

from node.activitypub.documents import ACTOR_TYPES, parse_activity, parse_actor, parse_object
from node.activitypub.jsonld import NeedsExpansion, expand_and_compact, normalise
from node.activitypub.readers import types
from node.activitypub.rejected import Rejected


def parse_any(document: dict[str, Any]) -> Any:
    """The actor, activity or object that a normalised document describes."""
    if any(name in ACTOR_TYPES for name in types(document)):
        return parse_actor(document)
    return parse_activity(document) if document.get("actor") else parse_object(document)


def meaning(value: Any) -> Any:
    """What the typed document says, without the dictionaries that it keeps for later."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said: dict[str, Any] = {"is": type(value).__name__}
        for field in dataclasses.fields(value):
            if field.name == "document":
                continue
            inner = getattr(value, field.name)
            if field.name == "embedded" and inner is not None:
                said["embedded"] = meaning(parse_any(inner))
            else:
                said[field.name] = meaning(inner)
        return said
    if isinstance(value, tuple):
        return tuple(meaning(one) for one in value)
    return value


def read(document: dict[str, Any]) -> Any:
    """What the node reads in a document, on whichever path it has to take."""
    found = normalise(document)
    if isinstance(found, NeedsExpansion):
        found = expand_and_compact(found.document)
    return found if isinstance(found, Rejected) else meaning(parse_any(found))


def read_slowly(document: dict[str, Any]) -> Any:
    found = expand_and_compact(document)
    return found if isinstance(found, Rejected) else meaning(parse_any(found))
