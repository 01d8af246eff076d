"""What its author wrote, out of the HTML of a proposal that another node made (`content.html`):
where the page tells kind, place and times by itself, they are not told twice."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from node.aid.content_words import words_of
from node.aid.proposals import Proposal

_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")


def own_part(content: str, proposal: Proposal) -> str:
    """The author's paragraphs of cleaned HTML; all of it where it is not as our nodes make it."""
    paragraphs = _PARAGRAPH.findall(content)
    if "".join(f"<p>{one}</p>" for one in paragraphs) != content:
        return content
    words = words_of(proposal.language)
    title = f"{words.kinds[proposal.purpose]}{words.colon}{proposal.title}"
    said = [_said(one) for one in paragraphs]
    where = re.compile(_pattern(words.where))
    facts = [at for at, one in enumerate(paragraphs) if where.search(unescape(one))]
    if title not in said[:2] or not facts:
        return content
    first = said.index(title) + 2  # the title, and the kind below it
    return "".join(f"<p>{one}</p>" for one in paragraphs[first : facts[-1]])


def _said(paragraph: str) -> str:
    return unescape(_TAG.sub("", paragraph)).strip()


def _pattern(text: str) -> str:
    """Of words with places in braces, as they begin a line."""
    parts = (re.escape(part) for part in re.split(r"\{\w+\}", text))
    return r"(?:^|<br ?/?>)" + ".{1,200}?".join(parts)
