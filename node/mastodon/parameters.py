"""What an app sends, however it sends it.

Apps write parameters as a query, as a form, as multipart or as JSON, mix them, write lists as
``x[]`` or ``x[0]``, maps as ``x[k]``, booleans as words. One reader makes of all of it a tree of
strings, lists, maps and files, and the accessors give what a handler needs, or say what is wrong
(422, as Mastodon does).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from node.activitypub import strict_json
from node.activitypub.rejected import Rejected
from node.errors import BadInput, Invalid, TooLarge

TRUE: Final = frozenset({"true", "1", "t", "on", "yes"})
FALSE: Final = frozenset({"false", "0", "f", "off", "no", ""})
FIELDS: Final = 1_000
DEPTH: Final = 6
CHUNK: Final = 64 * 1024
ID_MAX: Final = 2**63
_KEY: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART: Final = re.compile(r"\[([^\[\]]*)\]")
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form."""

    name: str
    media_type: str
    content: bytes


class Parameters:
    """The tree of what was sent; missing and null are the same."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._tree = tree

    def __contains__(self, name: str) -> bool:
        """Whether it was sent at all, be it null."""
        return name in self._tree

    def text(self, name: str, default: str = "") -> str:
        value = self._tree.get(name)
        if value is None:
            return default
        return _text(value, name)

    def maybe(self, name: str) -> str | None:
        """The text, None when it was not sent."""
        return self.text(name) if self._tree.get(name) is not None else None

    def flag(self, name: str, default: bool = False) -> bool:
        return self.maybe_flag(name, default) is True

    def maybe_flag(self, name: str, default: bool | None = None) -> bool | None:
        value = self._tree.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        word = _text(value, name).strip().lower()
        if word in TRUE:
            return True
        if word in FALSE:
            return False
        raise Invalid(f"{name} is true or false.")

    def integer(self, name: str, default: int, *, least: int = 0, most: int = ID_MAX - 1) -> int:
        """A whole number, moved into its bounds."""
        found = self.maybe_integer(name)
        return default if found is None else max(least, min(found, most))

    def maybe_integer(self, name: str) -> int | None:
        value = self._tree.get(name)
        if value is None or value == "":
            return None
        word = _text(value, name).strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", word, re.ASCII):
            raise Invalid(f"{name} is a whole number.")
        return int(word)

    def identifier(self, name: str) -> int | None:
        """An id: None when it was not sent. What cannot be one is 0, which nothing has."""
        value = self._tree.get(name)
        if value is None or value == "":
            return None
        return identifier(_text(value, name))

    def texts(self, name: str) -> list[str]:
        """A list, however it was written; one value is a list of one."""
        return [_text(value, name) for value in _listed(self._tree.get(name))]

    def identifiers(self, name: str) -> list[int]:
        return [identifier(text) for text in self.texts(name)]

    def trees(self, name: str) -> list[Parameters]:
        """A list of maps, or a map of maps by number."""
        return [
            Parameters(value)
            for value in _listed(self._tree.get(name))
            if isinstance(value, Mapping)
        ]

    def tree(self, name: str) -> Parameters:
        value = self._tree.get(name)
        return Parameters(value if isinstance(value, Mapping) else {})

    def upload(self, name: str) -> Upload | None:
        value = self._tree.get(name)
        return value if isinstance(value, Upload) else None


def identifier(text: str) -> int:
    """An id of a path or a parameter; 0 for what cannot be one."""
    fits = text.isascii() and text.isdigit() and len(text) <= 19
    return int(text) if fits and int(text) < ID_MAX else 0


async def read(request: web.Request, *, most: int) -> Parameters:
    """All that was sent, the body over the query; of a multipart form `most` bytes.

    Raises BadInput and TooLarge.
    """
    pairs: list[tuple[str, Any]] = list(request.query.items())
    tree: dict[str, Any] = _nested(pairs)
    if not request.body_exists:
        return Parameters(tree)
    match request.content_type:
        case "application/json":
            raw = await request.read()
            if raw.strip():
                parsed = strict_json.parse(raw)
                if isinstance(parsed, Rejected):
                    raise BadInput(f"The JSON cannot be read: {parsed.reason}.")
                tree |= parsed
        case "multipart/form-data":
            tree |= _nested(await _multipart(request, most))
        case _:
            raw = await request.read()
            if raw:
                tree |= _nested(_form(raw))
    return Parameters(tree)


def _form(raw: bytes) -> Iterable[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadInput("The form cannot be read.") from error


async def _multipart(request: web.Request, most: int) -> list[tuple[str, Any]]:
    """In pieces: what is too long is not read to its end."""
    if (request.content_length or 0) > most:
        raise TooLarge("That is more than this node reads at once.")
    left = most
    found: list[tuple[str, Any]] = []
    try:
        reader = await request.multipart()
        async for part in reader:
            if len(found) >= FIELDS:
                raise BadInput("Too many fields.")
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            name = part.name
            content = await _content(part, left)
            left -= len(content)
            if part.filename is not None:
                media_type = part.headers.get("Content-Type", "application/octet-stream")
                found.append((name, Upload(part.filename, media_type, content)))
            else:
                found.append((name, content.decode("utf-8")))
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise BadInput("The form cannot be read.") from error
    return found


async def _content(part: BodyPartReader, most: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    while piece := await part.read_chunk(CHUNK):
        length += len(piece)
        if length > most:
            raise TooLarge("That is more than this node reads at once.")
        pieces.append(piece)
    return part.decode(b"".join(pieces))


def _nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """``a[b][]=1`` as trees. A name that is both a value and a map is what it was last."""
    tree: dict[str, Any] = {}
    for count, (key, value) in enumerate(pairs):
        if count >= FIELDS:
            raise BadInput("Too many fields.")
        if isinstance(value, str) and _UNFIT.search(value):
            raise BadInput("There is a character that cannot be there.")
        matched = _KEY.fullmatch(key)
        if matched is None:
            tree[key] = value
            continue
        path = [matched[1], *_PART.findall(matched[2])]
        if len(path) > DEPTH:
            raise BadInput("Nested too deep.")
        while path[-2:] == ["", ""]:
            path.pop()  # a list in a list, as some libraries write one, is the list
        _put(tree, path, value)
    return tree


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    at = tree
    for index, name in enumerate(path):
        last = index == len(path) - 1
        if name == "" and index:
            name = str(len(at)) if last else _open_item(at, path[index + 1])
        if last:
            at[name] = value
            return
        below = at.get(name)
        if not isinstance(below, dict):
            below = at[name] = {}
        at = below


def _open_item(at: dict[str, Any], following: str) -> str:
    """The item of a list of maps that a field belongs to: the last, until it has that field."""
    if at:
        last = str(len(at) - 1)
        item = at.get(last)
        if isinstance(item, dict) and following not in item:
            return last
    return str(len(at))


def _listed(value: Any) -> list[Any]:
    match value:
        case None:
            return []
        case list():
            return [item for item in value if item is not None]
        case dict() if all(str(key).isdigit() for key in value):
            return [value[key] for key in sorted(value, key=int)]
        case _:
            return [value]


def _text(value: Any, name: str) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise Invalid(f"{name} is a text.")
