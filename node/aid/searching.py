"""Words that proposals are found by: folded, without endings of the plural, the same on any node
and in any database.

« Prêt d’outils » is found by ``pret outil``, ``OUTILS``, and ``out`` as the last word, which
people may still be writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from node.aid.content_words import words_of
from node.aid.proposals import Proposal
from node.aid.topics import fold

WORDS_MAX: Final = 400
"""Of one proposal."""
LETTERS_MAX: Final = 40
"""Of one word."""
ASKED_MAX: Final = 8
"""Words of one question that count."""

# One letter before an apostrophe (d’outils, l’école) is no word.
_WORD: Final = re.compile(r"[^\W_]+")
_ELIDED: Final = re.compile(r"\b(?:qu|[cdjlmnst])['’ʼ]", re.IGNORECASE)
# They stand in nearly everything, so they tell nothing apart.
_SMALL: Final = frozenset(
    (
        *("a", "an", "and", "au", "aux", "avec", "ce", "ces", "cet", "cette", "chez", "dans"),
        *("de", "des", "du", "en", "est", "et", "for", "from", "il", "in", "is", "la", "le"),
        *("les", "mon", "my", "of", "on", "or", "ou", "par", "pas", "pour", "que", "qui", "sa"),
        *("se", "ses", "si", "son", "sur", "the", "to", "un", "une", "with"),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: proposals that have all these words, and one that begins so."""

    words: tuple[str, ...]
    last: tuple[str, str] | None
    """The last word as far as it is written, and without its ending: it may be either one's
    beginning or the other itself."""


def words_in(text: str) -> Iterator[str]:
    """The words of a text as they are kept, in order."""
    for match in _WORD.finditer(fold(_ELIDED.sub(" ", text))):
        yield stem(match[0][:LETTERS_MAX])


def stem(word: str) -> str:
    """Without the ending of a plural, French or English: ``outils``, ``bateaux``, ``bicycles``."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("aux"):
        return f"{word[:-3]}al" if not word.endswith("eaux") else word[:-1]
    return word[:-1] if word[-1] in "sx" and not word.endswith("ss") else word


def words_for(proposal: Proposal, content: str = "") -> str:
    """What a proposal is found by, with spaces between: its title, its topic's names in both
    languages, its text. ``content`` stands for the text of one from elsewhere: plain, with the
    fixed words that nodes write around it, which are left out."""
    topic = proposal.topic_data
    parts = [proposal.title, topic.fr, topic.en, topic.hashtag_fr, topic.hashtag_en]
    parts.append(proposal.text or _own_words(content, proposal))
    found = dict.fromkeys(word for part in parts for word in words_in(part))
    return " ".join(list(found)[:WORDS_MAX])


def asked(text: str) -> Asked | None:
    """What a text that somebody wrote to search with asks; None when it has no word."""
    bare = [fold(one)[:LETTERS_MAX] for one in _WORD.findall(fold(_ELIDED.sub(" ", text)))]
    telling = [one for one in bare if one not in _SMALL] or bare
    if not telling:
        return None
    *rest, last = telling[:ASKED_MAX]
    ended = bool(text) and text[-1].isspace()
    if ended:
        return Asked(tuple(dict.fromkeys(stem(one) for one in (*rest, last))), None)
    return Asked(tuple(dict.fromkeys(stem(one) for one in rest)), (last, stem(last)))


def matches(found: str, question: Asked) -> bool:
    """Whether the words of a proposal (as `words_for` gives them) answer a question."""
    words = found.split()
    if not set(question.words) <= set(words):
        return False
    if question.last is None:
        return True
    start, whole = question.last
    return any(word.startswith(start) or word == whole for word in words)


def _own_words(content: str, proposal: Proposal) -> str:
    """The lines that somebody wrote themselves."""
    fixed = words_of(proposal.language)
    said = (
        *(fixed.answer, fixed.take_part, fixed.answer_here, fixed.members, fixed.vouched),
        fixed.until,
        *(f"{one}{fixed.colon}" for one in (fixed.places, fixed.quantity, *fixed.kinds.values())),
    )
    return "\n".join(line for line in content.splitlines() if not line.startswith(said))
