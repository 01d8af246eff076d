"""Whether a reader wants ActivityStreams or a page, and whether a body is ActivityStreams.

RFC 9110 §12.5.1, with bounds: a header is read up to 2,048 characters and 32 ranges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from node.activitypub.vocabulary import AS2

Representation = Literal["activity", "html"]

ACTIVITY_JSON: Final = "application/activity+json"
LD_JSON: Final = f'application/ld+json; profile="{AS2}"'
VARY: Final = "Accept"
"""The ``Vary`` of every answer that was negotiated."""

_HEADER_MAX: Final = 2048
_RANGES_MAX: Final = 32
_PARAMETERS_MAX: Final = 16
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    subtype: str
    parameters: dict[str, str]
    quality: float
    place: int


_Fit = Callable[[_Range], int]


def negotiate(accept: str | None, *, default: Representation = "activity") -> Representation | None:
    """What to answer; None is 406.

    ``default`` is for those who do not say (no header, or ``*/*`` alone): the ActivityStreams of
    actors and objects, the HTML of pages. Who gives both the same weight gets what is named
    first.
    """
    if accept is None or not accept.strip():
        return default
    ranges = list(_ranges(accept))
    activity, html = _best(ranges, _activity_fit), _best(ranges, _html_fit)
    if activity is None or html is None:
        return ("html" if html else None) if activity is None else "activity"
    if activity.quality != html.quality:
        return "activity" if activity.quality > html.quality else "html"
    if activity.place == html.place:
        return default
    return "activity" if activity.place < html.place else "html"


def content_type_is_activity(header: str | None) -> bool:
    """Whether a ``Content-Type`` is ActivityPub's: ``application/activity+json``, or
    ``application/ld+json`` with the ActivityStreams profile. Nothing else, plain JSON least:
    what a person uploaded to some server must not pass for what that server says (FEP-fe34)."""
    if header in (ACTIVITY_JSON, LD_JSON):
        return True
    if not header or len(header) > _HEADER_MAX or len(_split(header, ",")) > 1:
        return False
    found = _read(header, 0)
    if found is None or found.type != "application":
        return False
    if found.subtype == "activity+json":
        return True
    return found.subtype == "ld+json" and AS2 in found.parameters.get("profile", "").split()


def _ranges(header: str) -> Iterator[_Range]:
    for place, item in enumerate(_split(header[:_HEADER_MAX], ",")[:_RANGES_MAX]):
        found = _read(item, place)
        if found is not None:
            yield found


def _read(item: str, place: int) -> _Range | None:
    first, *rest = _split(item, ";")[: _PARAMETERS_MAX + 1]
    type_, slash, subtype = first.strip().lower().partition("/")
    if not (type_ and slash and subtype):
        return None
    parameters: dict[str, str] = {}
    for part in rest:
        name, _, value = part.partition("=")
        parameters.setdefault(name.strip().lower(), value.strip().strip('"'))
    weight = parameters.pop("q", "1")
    if _QUALITY.fullmatch(weight) is None:
        return None
    return _Range(type_, subtype, parameters, float(weight), place)


def _best(ranges: list[_Range], fit: _Fit) -> _Range | None:
    """The range that speaks for a representation: the most exact one counts, even when it says
    q=0; of equally exact ones the best liked."""
    fitting = [(fit(one), one.quality, -one.place, one) for one in ranges]
    fitting = [entry for entry in fitting if entry[0]]
    if not fitting:
        return None
    best = max(fitting, key=lambda entry: entry[:3])[3]
    return best if best.quality > 0 else None


def _activity_fit(one: _Range) -> int:
    """How exactly a range means ActivityStreams; 0 for not at all."""
    if one.type == "*" and one.subtype == "*":
        return 1
    if one.type != "application":
        return 0
    match one.subtype:
        case "*":
            return 2
        case "json":
            return 3  # Pleroma and scripts ask for it and mean this
        case "ld+json":
            profile = one.parameters.get("profile")
            return 4 if profile is None or AS2 in profile.split() else 0
        case "activity+json":
            return 4
        case _:
            return 0


def _html_fit(one: _Range) -> int:
    match (one.type, one.subtype):
        case ("*", "*"):
            return 1
        case ("text", "*"):
            return 2
        case ("application", "xhtml+xml"):
            return 3
        case ("text", "html"):
            return 4
        case _:
            return 0


def _split(text: str, mark: str) -> list[str]:
    """At each mark that does not stand in a quoted string, as ld+json's profile is one."""
    if '"' not in text:
        return text.split(mark)
    parts: list[str] = []
    start, quoted, escaped = 0, False, False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == mark and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
