"""Tiny readers over a normalised document: one property each, never an exception.

ActivityStreams lets most properties be a string, an object, or an array of both. The readers
take all of these, clip to limits.md, and give None or an empty tuple for nonsense.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import idna

from node.activitypub.vocabulary import PUBLIC
from node.clock import from_iso

IRI_LIMIT: Final = 2048
_EARLIEST: Final = 946_684_800.0  # 2000-01-01
_LAST: Final = 253_402_300_799.0  # 9999-12-31
_DAY: Final = 86_400.0

_PUBLIC: Final = frozenset({PUBLIC, "as:Public", "Public"})
# Overrides, embeddings and isolates can make a text show what it does not say. The two marks
# (U+200E, U+200F) are part of honest Arabic and Hebrew; in a host name nothing of it is.
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BIDI_HOST: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_IRI: Final = re.compile(r"(https?)://([^/?#\\@\s]+)(?:[/?#]|$)", re.IGNORECASE)
_NOT_IN_IRI: Final = re.compile(
    '[\x00-\x20\x7f-\x9f<>"\\\\^`{|}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]'
)
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{0,5}))?")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")
_LANGUAGE: Final = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,5}")


def strip_bidi(text: str) -> str:
    """Without the characters that turn the direction of writing by force."""
    return text if text.isascii() else _BIDI.sub("", text)


def is_public(iri: str) -> bool:
    """Whether this is the public collection, in any of its three spellings."""
    return iri in _PUBLIC


@lru_cache(maxsize=4096)
def _origin(scheme: str, authority: str) -> str | None:
    found = _AUTHORITY.fullmatch(_BIDI_HOST.sub("", authority))
    if found is None:
        return None
    host, port = found.group(1).lower(), found.group(2)
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if len(host) > 253 or _HOST.fullmatch(host) is None:
        return None
    number = int(port) if port else 0
    if number > 65535:
        return None
    if not port or number == (443 if scheme == "https" else 80):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{number}"


def origin(iri: str) -> str | None:
    """``https://host`` or ``https://host:port`` in lower case and punycode, without the default
    port; None for what is no http(s) address or carries a user name (FEP-fe34 compares these)."""
    found = _IRI.match(iri)
    if found is None or len(found.group(2)) > 512:
        return None
    return _origin(found.group(1).lower(), found.group(2))


def same_origin(a: str | None, b: str | None) -> bool:
    """Whether both are addresses of one origin. Nothing has the origin of a non-address."""
    if a is None or b is None:
        return False
    first = origin(a)
    return first is not None and first == origin(b)


def iri(value: Any) -> str | None:
    """The http(s) address in ``value``, the public collection's IRI for any of its spellings."""
    if not isinstance(value, str) or not value:
        return None
    if value in _PUBLIC:
        return PUBLIC
    if len(value) > IRI_LIMIT or _NOT_IN_IRI.search(value) or origin(value) is None:
        return None
    return value


def each(value: Any) -> Iterator[Any]:
    """The members of an array, or the one value; nothing for None."""
    if isinstance(value, list):
        yield from (one for one in value if one is not None)
    elif value is not None:
        yield value


def _id_of(value: Any) -> str | None:
    if isinstance(value, dict):
        # A Link stands for what it leads to.
        return iri(value.get("id")) or one_id(value.get("href"))
    return iri(value)


def one_id(value: Any) -> str | None:
    """The IRI of the first thing that has one, be it written as string, object or Link."""
    for one in each(value):
        if (found := _id_of(one)) is not None:
            return found
    return None


def ids(value: Any, limit: int) -> tuple[str, ...]:
    """The IRIs of all things in ``value``, in order, each once, at most ``limit``."""
    found: dict[str, None] = {}
    for one in each(value):
        name = _id_of(one)
        if name is not None:
            found[name] = None
            if len(found) >= limit:
                break
    return tuple(found)


def string(value: Any, limit: int) -> str | None:
    """The first string in ``value``, clipped to ``limit`` characters."""
    for one in each(value):
        if isinstance(one, str):
            return strip_bidi(one[:limit])
    return None


def text(document: Mapping[str, Any], key: str, limit: int) -> str | None:
    """The text of a property, from its language map where it has no plain form."""
    plain = string(document.get(key), limit)
    if plain is not None:
        return plain
    languages = language_map(document, key, limit)
    return languages[min(languages)] if languages else None


def language_map(document: Mapping[str, Any], key: str, limit: int) -> dict[str, str]:
    """BCP 47 tag in lower case → text of ``<key>Map``, at most 32 languages."""
    found: dict[str, str] = {}
    given = document.get(key + "Map")
    if not isinstance(given, dict):
        return found
    for language, value in given.items():
        tag = language.lower() if isinstance(language, str) else ""
        written = string(value, limit)
        if written is not None and _LANGUAGE.fullmatch(tag) and tag != "und":
            found.setdefault(tag, written)
        if len(found) >= 32:
            break
    return found


def moment(value: Any) -> float | None:
    """Seconds since the epoch of an xsd:dateTime, for times that may lie in the future."""
    written = string(value, 64)
    if written is None:
        return None
    try:
        seconds = from_iso(written.strip())
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LAST)


def when(value: Any, now: float | None = None) -> float | None:
    """Seconds since the epoch of a time that should be past, clamped to 2000…now + 1 d."""
    seconds = moment(value)
    if seconds is None:
        return None
    return min(max(seconds, _EARLIEST), (time.time() if now is None else now) + _DAY)


def number(value: Any) -> float | None:
    """A finite number, be it written as one or as a string ("1", as FEP-0837 does)."""
    for one in each(value):
        if isinstance(one, bool):
            continue
        if isinstance(one, int | float):
            try:
                made = float(one)
            except OverflowError:
                continue
        elif isinstance(one, str) and _NUMBER.fullmatch(one.strip()):
            made = float(one)
        else:
            continue
        if math.isfinite(made):
            return made
    return None


def count(value: Any) -> int | None:
    """A whole number from 0 to 2⁶³-1."""
    made = number(value)
    return None if made is None or not 0 <= made < 2**63 else int(made)


def flag(value: Any) -> bool:
    """True only where it is said."""
    return any(one is True or one == "true" for one in each(value) if not isinstance(one, dict))


def types(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the document's types, at most eight."""
    found = [one[:256] for one in each(document.get("type")) if isinstance(one, str)]
    return tuple(found[:8])


def objects(value: Any, limit: int) -> Iterator[dict[str, Any]]:
    """The embedded objects in ``value``, at most ``limit``."""
    seen = 0
    for one in each(value):
        if isinstance(one, dict):
            yield one
            seen += 1
            if seen >= limit:
                return
