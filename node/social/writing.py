"""From what somebody types to HTML, with mentions, hashtags and links as Mastodon marks them.

Nothing of the text is markup: every character that could be is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final, Literal
from urllib.parse import urlsplit

from node.activitypub.readers import strip_bidi
from node.social.limits import URL_CHARACTERS

_URL: Final = r"(?<![\w@/#])(?P<url>https?://[^\s<>\"\u2028\u2029]{1,2000})"
_MENTION: Final = (
    r"(?<![\w/=@.])@(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)"
    r"(?:@(?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}(?::[0-9]{1,5})?))?(?![\w@])"
)
# At least one character that is no digit, as everywhere; a dot in the middle joins (catalan).
_TAG: Final = r"(?<![\w/=&#])#(?P<tag>(?=\w*[^\W\d_])\w+(?:[·・]\w+)*)"
_PIECES: Final = re.compile(f"{_URL}|{_MENTION}|{_TAG}")
_TAG_MOST: Final = 100
_TRAILING: Final = ".,;:!?'\"*_~»…"
_SHOWN: Final = 30
"""Characters of a link that are shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Literal["text", "url", "mention", "tag"]
    text: str
    """As typed, with the ``@`` or ``#``."""
    value: str = ""
    """The handle without the first ``@``, the hashtag without ``#``."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody who was found by the handle that was typed."""

    uri: str
    href: str
    username: str


def pieces(text: str) -> list[Piece]:
    """The text cut where something stands that is more than text; together they are the text."""
    found: list[Piece] = []
    at = 0
    for match in _PIECES.finditer(text):
        if match.start() < at:
            continue
        piece = _piece(match)
        if piece is None:
            continue
        if match.start() > at:
            found.append(Piece("text", text[at : match.start()]))
        found.append(piece)
        at = match.start() + len(piece.text)
    if at < len(text):
        found.append(Piece("text", text[at:]))
    return found


def _piece(match: re.Match[str]) -> Piece | None:
    if match["url"] is not None:
        url = _trimmed(match["url"])
        return Piece("url", url, url) if _is_link(url) else None
    if match["name"] is not None:
        handle = match["name"] + (f"@{match['domain']}" if match["domain"] else "")
        return Piece("mention", match[0], handle)
    tag = match["tag"]
    return Piece("tag", match[0], tag) if len(tag) <= _TAG_MOST else None


def _trimmed(url: str) -> str:
    """Without what belongs to the sentence around it."""
    while url:
        last = url[-1]
        closes = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in _TRAILING or (closes is not None and url.count(closes) < url.count(last)):
            url = url[:-1]
        else:
            break
    return url


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def handles(text: str) -> list[str]:
    """Whom it mentions, as typed without the ``@``: ``amina``, ``bob@lyon.example``; each once."""
    return list(dict.fromkeys(one.value for one in pieces(text) if one.kind == "mention"))


def hashtags(text: str) -> list[str]:
    """As first typed, each once whatever its case."""
    found: dict[str, str] = {}
    for one in pieces(text):
        if one.kind == "tag":
            found.setdefault(one.value.casefold(), one.value)
    return list(found.values())


def links(text: str) -> list[str]:
    return list(dict.fromkeys(one.value for one in pieces(text) if one.kind == "url"))


def length(text: str) -> int:
    """As composers count: links as `URL_CHARACTERS`, of a mention only the name."""
    total = 0
    for one in pieces(text):
        match one.kind:
            case "url":
                total += URL_CHARACTERS
            case "mention":
                total += 1 + len(one.value.partition("@")[0])
            case _:
                total += len(one.text)
    return total


def to_html(text: str, people: Mapping[str, Mentioned], tag_href: Callable[[str], str]) -> str:
    """Paragraphs. ``people``: those of `handles` who are there; others stay text.

    ``tag_href`` gives the address of a hashtag.
    """
    made = "".join(_html(one, people, tag_href) for one in pieces(clean(text)))
    paragraphs = [one for one in re.split(r"\n{2,}", made) if one]
    return "".join(f"<p>{one.replace(chr(10), '<br>')}</p>" for one in paragraphs)


def clean(text: str) -> str:
    """Lines end in one way; no controls that turn the text around, nothing at the ends."""
    return strip_bidi(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _html(one: Piece, people: Mapping[str, Mentioned], tag_href: Callable[[str], str]) -> str:
    match one.kind:
        case "mention":
            somebody = people.get(one.value)
            return escape(one.text, quote=False) if somebody is None else mention(somebody)
        case "tag":
            href = escape(tag_href(one.value))
            word = escape(one.value)
            return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{word}</span></a>'
        case "url":
            return _link(one.value)
        case _:
            return escape(one.text, quote=False)


def mention(somebody: Mentioned) -> str:
    return (
        f'<span class="h-card" translate="no"><a href="{escape(somebody.href)}" '
        f'class="u-url mention">@<span>{escape(somebody.username)}</span></a></span>'
    )


def _link(url: str) -> str:
    """Shortened for the eye; whole for who copies it."""
    scheme, _, rest = url.partition("://")
    prefix = f"{scheme}://" + ("www." if rest.startswith("www.") else "")
    rest = url[len(prefix) :]
    shown, hidden = rest[:_SHOWN], rest[_SHOWN:]
    cut = ' class="ellipsis"' if hidden else ' class=""'
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{escape(prefix)}</span>'
        f"<span{cut}>{escape(shown)}</span>"
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )
