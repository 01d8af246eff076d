"""Remote HTML by an allow-list, on the way in; and what remains of it as plain text.

The list is Mastodon's with its microformats classes, so that mentions, hashtags and shortened
links of peers keep their form, and headings and ruby, which others send.
"""

from __future__ import annotations

import html
import re
from typing import Final

import nh3

from node.activitypub.readers import strip_bidi

LIMIT: Final = 128 * 1024
"""Characters of HTML that are read; the rest is cut off before cleaning."""

_CLASSES: Final = {
    "mention", "hashtag", "invisible", "ellipsis", "h-card", "u-url", "p-category", "p-author",
    "quote-inline",
}  # fmt: skip
_TAGS: Final = {
    "p", "br", "a", "span", "strong", "em", "b", "i", "u", "s", "del", "blockquote", "code", "pre",
    "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "sup", "sub", "ruby", "rt", "rp", "hr",
}  # fmt: skip
_cleaner: Final = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style", "iframe", "object", "svg", "math", "title", "template"},
    attributes={
        "a": {"href", "translate", "hreflang", "title"},
        "span": {"translate", "lang"},
        "p": {"lang"},
        "blockquote": {"lang"},
        "ol": {"start", "reversed"},
        "li": {"value"},
    },
    allowed_classes={"a": _CLASSES, "span": _CLASSES, "p": {"quote-inline"}},
    url_schemes={"http", "https"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)
_nothing: Final = nh3.Cleaner(tags=set(), clean_content_tags={"script", "style"})
_BREAKS: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BLOCKS: Final = re.compile(r"</(?:p|li|blockquote|h[1-6]|pre|ul|ol|div)>", re.IGNORECASE)
_LINES: Final = re.compile(r"\n{3,}")


def clean_html(raw: str, limit: int = LIMIT) -> str:
    """``raw`` with nothing in it but what is allowed; safe to put in a page as it is."""
    # Bidi controls go after cleaning, which turns &#x202e; into the character itself.
    kept = raw[:limit]
    if "<" not in kept and "&" not in kept and "\x00" not in kept:
        return strip_bidi(kept).replace(">", "&gt;").replace("\u00a0", "&nbsp;")
    if kept.count("<") > _MAX_TAGS:
        # A parser's time grows with the square of misnested tags; no honest text has so many.
        return from_plain(plain_text(kept))
    return strip_bidi(_cleaner.clean(kept))


_MAX_TAGS: Final = 4_000


def plain_text(markup: str, limit: int = LIMIT) -> str:
    """The text of HTML, with line breaks where it has breaks and an empty line after paragraphs."""
    kept = markup[:limit]
    if kept.count("<") > _MAX_TAGS:
        kept = re.sub(r"<[^>]*+>?", "", kept)
        return strip_bidi(_LINES.sub("\n\n", html.unescape(kept))).strip()
    kept = _BLOCKS.sub("\n\n", _BREAKS.sub("\n", kept))
    return strip_bidi(_LINES.sub("\n\n", html.unescape(_nothing.clean(kept)))).strip()


def from_plain(text: str) -> str:
    """HTML paragraphs of plain text (also of Markdown, whose marks are left to be read)."""
    paragraphs = re.split(r"\n\s*\n", strip_bidi(text[:LIMIT]).replace("\r\n", "\n").strip())
    escaped = (html.escape(one, quote=False).replace("\n", "<br>") for one in paragraphs if one)
    return "".join(f"<p>{one}</p>" for one in escaped)
