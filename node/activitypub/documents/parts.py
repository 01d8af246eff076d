"""What several kinds of document are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from node.activitypub.readers import each, iri, one_id, string, text

ADDRESSEES: Final = 1_000
"""IRIs read from each of ``to``, ``cc`` and ``audience``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing named by its IRI, or told of on the spot, or both.

    ``iri`` is None only for what has no address of its own, such as the Agreement that an
    FEP-0837 Offer proposes.
    """

    iri: str | None
    embedded: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    media_type: str | None = None
    rel: tuple[str, ...] = ()
    name: str | None = None


def reference(value: Any) -> Reference | None:
    """The first thing in ``value``, None where there is none."""
    return next(references(value, 1), None)


def references(value: Any, limit: int) -> Iterator[Reference]:
    made = 0
    for one in each(value):
        embedded = one if isinstance(one, dict) and one.keys() - {"id", "@context"} else None
        # Not the href: a Link that stands here is told of, its target is not.
        name = iri(one.get("id")) if isinstance(one, dict) else iri(one)
        if name is not None or embedded is not None:
            yield Reference(name, embedded)
            made += 1
            if made >= limit:
                return


def links(value: Any, limit: int) -> tuple[Link, ...]:
    """The addresses in a ``url``: strings, Links and objects with an id (PeerTube sends dozens)."""
    found: list[Link] = []
    for one in each(value):
        if isinstance(one, dict):
            href = one_id(one.get("href")) or one_id(one.get("url")) or iri(one.get("id"))
            if href is not None:
                rel = tuple(word[:128] for word in each(one.get("rel")) if isinstance(word, str))
                found.append(Link(href, media_type(one), rel[:8], text(one, "name", 2048)))
        elif (href := iri(one)) is not None:
            found.append(Link(href))
        if len(found) >= limit:
            break
    return tuple(found)


def media_type(document: dict[str, Any]) -> str | None:
    written = string(document.get("mediaType"), 128)
    return written.strip().lower() if written else None


def page(found: tuple[Link, ...]) -> str | None:
    """The address among several that a person would open."""
    for link in found:
        if link.media_type == "text/html":
            return link.href
    for link in found:
        if link.media_type is None:
            return link.href
    return found[0].href if found else None


def picture(value: Any) -> str | None:
    """The address of an ``icon`` or ``image``: an Image with ``url``, a Link, or a string."""
    for one in each(value):
        if isinstance(one, dict):
            inner = links(one.get("url"), 4)
            found = inner[0].href if inner else one_id(one.get("href"))
        else:
            found = one_id(one)
        if found is not None:
            return found
    return None
