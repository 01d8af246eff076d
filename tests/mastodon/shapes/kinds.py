"""What a value may be: the words in which the tables of entities are written, and how a value is
held against them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_URL = re.compile(r"(?:https?|wss?)://[^\s]+", re.ASCII)


@dataclass(frozen=True)
class null:  # noqa: N801 — read as a word of the table
    kind: Any


@dataclass(frozen=True)
class optional:  # noqa: N801
    kind: Any


@dataclass(frozen=True)
class text:  # noqa: N801
    """A string of some form."""

    about: str
    fits: Callable[[str], object]


@dataclass(frozen=True)
class depends:  # noqa: N801
    """A table for each word of one of the fields."""

    field: str
    tables: dict[str, dict[str, Any]]


ID = text("an id", lambda one: one.isdigit() and str(int(one)) == one)
MOMENT = text("a time", _MOMENT.fullmatch)
DATE = text("a date", _DATE.fullmatch)
URL = text("an absolute URL", _URL.fullmatch)
NUMBER = text("a number as text", str.isdigit)
SHA256 = text("a SHA-256", re.compile(r"[0-9a-f]{64}").fullmatch)
SIZE = text("a size", re.compile(r"\d+x\d+").fullmatch)


def check(value: Any, kind: Any, at: str = "answer") -> None:
    match kind:
        case null(inner):
            if value is not None:
                check(value, inner, at)
        case text(about, fits):
            assert isinstance(value, str), f"{at} is {value!r}, not {about}"
            assert fits(value), f"{at} is {value!r}, not {about}"
        case depends(field, tables):
            assert isinstance(value, dict), f"{at} is {value!r}, not an object"
            check(value, tables[value.get(field, "")], at)
        case dict():
            assert isinstance(value, dict), f"{at} is {value!r}, not an object"
            _check_fields(value, kind, at)
        case list():
            assert isinstance(value, list), f"{at} is {value!r}, not a list"
            for number, one in enumerate(value):
                check(one, kind[0], f"{at}[{number}]")
        case set() | frozenset():
            assert value in kind, f"{at} is {value!r}, not one of {sorted(kind)}"
        case type():
            # True is an int to Python, and to no app
            fits_type = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
            assert fits_type, f"{at} is {value!r}, not {kind.__name__}"
        case tuple():
            assert isinstance(value, kind), f"{at} is {value!r}"
            assert not isinstance(value, bool), f"{at} is {value!r}"
        case _:
            raise TypeError(f"{kind!r} is no kind")


def _check_fields(value: dict[str, Any], table: dict[str, Any], at: str) -> None:
    for name, kind in table.items():
        if isinstance(kind, optional):
            if name in value:
                check(value[name], kind.kind, f"{at}.{name}")
        else:
            assert name in value, f"{at}.{name} is missing"
            check(value[name], kind, f"{at}.{name}")
    unknown = value.keys() - table.keys()
    assert not unknown, f"{at} has what nobody documents: {sorted(unknown)}"
