"""What is offered and asked for, as an Atom feed (RFC 4287) for feed readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from node.aid.topics import TOPIC_BASE
from node.clock import to_iso

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
ATOM: Final = "http://www.w3.org/2005/Atom"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot hold, in whatever form.
_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    term: str
    label: str
    scheme: str = TOPIC_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A proposal. Times are seconds since the epoch."""

    id: str
    """Its IRI."""
    title: str
    published: float
    updated: float
    author: str
    author_url: str
    link: str
    """The page for people."""
    summary: str
    """Plain."""
    content: str
    """HTML, cleaned."""
    language: str
    categories: tuple[Category, ...]


def feed(
    entries: Sequence[Entry],
    *,
    title: str,
    subtitle: str,
    address: str,
    page: str,
    author: str,
    language: str,
    since: float,
) -> bytes:
    """The document; ``address`` is its own IRI and its id, ``since`` its age when it is empty."""
    root = ElementTree.Element(_name("feed"), {_XML_LANG: language})
    _text(root, "id", address)
    _text(root, "title", title)
    _text(root, "subtitle", subtitle)
    _text(root, "updated", to_iso(max((entry.updated for entry in entries), default=since)))
    _text(ElementTree.SubElement(root, _name("author")), "name", author)
    _text(root, "generator", "Entraide")
    _link(root, "self", address, "application/atom+xml")
    _link(root, "alternate", page, "text/html")
    for entry in entries:
        _entry(root, entry)
    ElementTree.register_namespace("", ATOM)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _entry(root: ElementTree.Element, entry: Entry) -> None:
    one = ElementTree.SubElement(root, _name("entry"), {_XML_LANG: _fit(entry.language)})
    _text(one, "id", entry.id)
    _text(one, "title", entry.title)
    _text(one, "published", to_iso(entry.published))
    _text(one, "updated", to_iso(entry.updated))
    author = ElementTree.SubElement(one, _name("author"))
    _text(author, "name", entry.author)
    _text(author, "uri", entry.author_url)
    _link(one, "alternate", entry.link, "text/html")
    for category in entry.categories:
        ElementTree.SubElement(
            one,
            _name("category"),
            {"term": category.term, "scheme": category.scheme, "label": category.label},
        )
    _text(one, "summary", entry.summary)
    # as text that is HTML: readers unescape it once (RFC 4287 §4.1.3.3)
    _text(one, "content", entry.content, {"type": "html"})


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"


def _text(
    under: ElementTree.Element, tag: str, text: str, attributes: dict[str, str] | None = None
) -> None:
    ElementTree.SubElement(under, _name(tag), attributes or {}).text = _fit(text)


def _link(under: ElementTree.Element, rel: str, href: str, media_type: str) -> None:
    ElementTree.SubElement(
        under, _name("link"), {"rel": rel, "href": _fit(href), "type": media_type}
    )


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)
