"""JSON from strangers, read strictly (limits.md "Reading"), and JSON written.

The standard library's scanner lets us see every object's pairs, so it finds duplicate keys,
which orjson silently drops: two readers of one signed text must never see two documents.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

import orjson

from node.activitypub.rejected import Rejected

DEPTH: Final = 64
NODES: Final = 10_000
_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**64 - 1  # 64 bits, with or without a sign
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class _NotStrictError(Exception):
    pass


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _NotStrictError("an object has one key twice")
    return made


def _integer(digits: str) -> int:
    # Judged by length first: converting a million digits would take seconds.
    if len(digits) > 20 or not _SMALLEST <= (value := int(digits)) <= _LARGEST:
        raise _NotStrictError("a number beyond 64 bits")
    return value


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _NotStrictError("a number beyond 64 bits")
    return value


def _constant(name: str) -> NoReturn:
    raise _NotStrictError(f"{name} is no JSON")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
    strict=True,
)


def parse(raw: bytes, *, depth: int = DEPTH, nodes: int = NODES) -> dict[str, Any] | Rejected:
    """The object that ``raw`` is the UTF-8 text of; Rejected for all that limits.md forbids.

    ``depth`` counts nested objects and arrays, ``nodes`` values of every kind.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Rejected("not UTF-8")
    # RFC 8259 lets a reader ignore a byte order mark; some peers on Windows send it.
    text = text.removeprefix("\ufeff")
    # Each nesting level has its bracket and each value but the first its comma, colon or
    # bracket: counting characters is cheap and refuses the extremes before parsing them.
    if text.count("[") + text.count("{") > depth and _deeper(text, depth):
        return Rejected(f"nested deeper than {depth}")
    may_be_many = text.count(",") + text.count("[") + text.count("{") >= nodes
    escapes = "\\u" in text
    if "\x00" in text:
        return Rejected("a NUL character")
    try:
        document = _decoder.decode(text)
    except _NotStrictError as cause:
        return Rejected(str(cause))
    except (ValueError, RecursionError):
        return Rejected("not JSON")
    if not isinstance(document, dict):
        return Rejected("the top is no object")
    if (may_be_many or escapes) and (reason := _inspect(document, nodes, escapes=escapes)):
        return Rejected(reason)
    return document


_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def _deeper(text: str, depth: int) -> bool:
    """Whether brackets outside strings nest deeper than ``depth``."""
    now = 0
    for match in _STRUCTURE.finditer(text):
        first = match.group()[0]
        if first in "[{":
            now += 1
            if now > depth:
                return True
        elif first in "]}":
            now -= 1
    return False


def _inspect(document: dict[str, Any], nodes: int, *, escapes: bool) -> str:
    """Why the parsed document is refused, "" when it is not."""
    count = 0
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        count += 1
        if count > nodes:
            return f"more than {nodes} values"
        if isinstance(value, dict):
            waiting.extend(value.values())
            if escapes and any(map(_unfit, value)):
                return "a NUL character or a lone surrogate"
        elif isinstance(value, list):
            waiting.extend(value)
        elif escapes and isinstance(value, str) and _unfit(value):
            return "a NUL character or a lone surrogate"
    return ""


def _unfit(text: str) -> bool:
    return "\x00" in text or _SURROGATES.search(text) is not None


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON. Raises TypeError for what is no JSON."""
    return orjson.dumps(value)
