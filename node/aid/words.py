"""The words that people elsewhere write to a quartier, understood: yes, no, done, renew, stop…

Accents, capitals and punctuation do not matter. A word counts when it is what the message says
(« Oui, merci ! », “done, thank you Amina”), not when it merely occurs in it (« pas encore décidé
si je retire mes affaires » says nothing). What can be read in two ways is left to be asked back.
The words are data, ``data/words.json``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from node.activitypub.html import plain_text
from node.aid.quantities import amount_of, amount_text
from node.aid.topics import fold

READ_MAX: Final = 5_000
"""Characters of a message that are read."""
_LEADING: Final = 4
"""A word counts within so many tokens from the beginning."""


class Word(StrEnum):
    YES = "yes"
    NO = "no"
    DONE = "done"
    NOT_YET = "not-yet"
    RENEW = "renew"
    STOP = "stop"
    MEDIATE = "mediate"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says."""

    words: frozenset[Word]
    rest: str
    """What follows the word, as written: a thank-you, a reason."""
    quantity: str | None
    """Said as a number and nothing else (« 3 », « plutôt deux »)."""
    is_thanks: bool
    """Nothing but « merci », a greeting, a kind word."""

    def among(self, choices: Collection[Word]) -> Word | None:
        """The one of these that it says; None when it says none of them, or several."""
        meant = self.words & frozenset(choices)
        # « oui, c’est fait », « non, stop »: the other word says which yes, which no.
        if len(meant) == 2:
            meant -= {Word.YES, Word.NO} if not {Word.YES, Word.NO} <= meant else frozenset()
        if len(self.words & {Word.YES, Word.NO}) == 2:
            return None
        return next(iter(meant)) if len(meant) == 1 else None


def _read() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    raw: dict[str, dict[str, list[str]]] = json.loads(
        files("node.aid").joinpath("data", "words.json").read_text(encoding="utf-8")
    )
    return MappingProxyType(
        {
            name: MappingProxyType({code: tuple(words) for code, words in lists.items()})
            for name, lists in raw.items()
        }
    )


_WORDS: Final = _read()
_TOKEN: Final = re.compile(r"[^\W_]+(?:[’'ʼ`´][^\W_]+)*|[?👍✅👌👎❌]")
_MENTION: Final = re.compile(r"(?<![\w/])@[\w.\-]+(?:@[\w.\-]+(?::\d{1,5})?)?")
_HASHTAG: Final = re.compile(r"(?<![\w&/])#(\w+)")
_SKIN: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")


def plain(html: str) -> str:
    """The text of a note: no markup, no mentions, no empty ends."""
    # A shortened mention has its @ and its name in two elements, hence not by the markup.
    return plain_words(plain_text(html[: 4 * READ_MAX]))


def plain_words(text: str) -> str:
    """Of what was typed, without mentions and empty ends."""
    text = text[:READ_MAX]
    text = _MENTION.sub("", unicodedata.normalize("NFC", text))
    return re.sub(r"[ \t\u00a0]{2,}", " ", re.sub(r" *\n *", "\n", text)).strip(" \n\t,:;")


def tokens(text: str) -> list[str]:
    """Folded words; apostrophes are parts of them, in one form."""
    return [_token(match[0]) for match in _TOKEN.finditer(_SKIN.sub("", text))]


def _token(word: str) -> str:
    folded = re.sub("[’ʼ`´]", "'", fold(word))
    return re.sub(r"([a-z])\1{2,}", r"\1", folded)  # « ouiii »


def _phrases(*names: str) -> dict[tuple[str, ...], str]:
    return {
        tuple(tokens(phrase)): name
        for name in names
        for phrases in _WORDS[name].values()
        for phrase in phrases
    }


_COMMANDS: Final = _phrases("around", "help", *(word for word in Word if word is not Word.HELP))
_LONGEST: Final = max(len(phrase) for phrase in _COMMANDS)
_NUMBERS: Final = {
    fold(word): number for words in _WORDS["numbers"].values() for number, word in enumerate(words)
}
_COUNTED: Final = frozenset(_phrases("counted"))
_COUNTING: Final = frozenset(_phrases("counting"))
_AROUND: Final = frozenset(_phrases("around"))


def understand(text: str) -> Said:
    """What a plain message says. Only its first words and words that stand alone count."""
    text = _SKIN.sub("", text)
    found, end, known = _leading(text)
    words = set(found)
    only = tokens(text)
    if Word.HELP in words and (known < len(only) or len(words) > 1):
        words.discard(Word.HELP)  # « bonjour » before something else asks for nothing
    rest = text[end:].lstrip(" \n\t\u00a0,.:;!-–—…").rstrip() if words else ""
    return Said(frozenset(words), rest, _bare_number(only), _is_thanks(only))


def _is_thanks(all_tokens: list[str]) -> bool:
    at = 0
    while at < len(all_tokens):
        name, length = _longest(all_tokens, at)
        if name != "around":
            return False
        at += length
    return bool(all_tokens)


def _leading(text: str) -> tuple[list[Word], int, int]:
    """The commands at the beginning, where in the text they end, how many tokens that is."""
    matches = list(_TOKEN.finditer(text))
    all_tokens = [_token(match[0]) for match in matches]
    found: list[Word] = []
    at = end = 0
    since = 0
    while at < len(all_tokens) and since < _LEADING:
        name, length = _longest(all_tokens, at)
        if length == 0:
            if found:
                break
            # « Alors là, oui » — but « je viens » is no beginning of a command
            return found, 0, 0
        if name != "around":
            found.append(Word(name))
            end = matches[at + length - 1].end()
            since = 0
        at += length
        since += name == "around"
        if found and _sentence_ends(text, end):
            more, further, count = _next_sentence(text, matches, at)
            return [*found, *more], further or end, at + count
    return found, end, at


def _next_sentence(text: str, matches: list[re.Match[str]], at: int) -> tuple[list[Word], int, int]:
    """« Oui. C’est fait. »: a second sentence that is nothing but a command."""
    if at >= len(matches):
        return [], 0, 0
    all_tokens = [_token(match[0]) for match in matches]
    name, length = _longest(all_tokens, at)
    if length == 0 or name == "around":
        return [], 0, 0
    end = matches[at + length - 1].end()
    if at + length < len(matches) and not _sentence_ends(text, end):
        return [], 0, 0
    return [Word(name)], end, length


def _sentence_ends(text: str, at: int) -> bool:
    return re.match(r"[\s\u00a0\u202f]*([.!?…\n]|$)", text[at:]) is not None


def _longest(all_tokens: list[str], at: int) -> tuple[str, int]:
    for length in range(min(_LONGEST, len(all_tokens) - at), 0, -1):
        name = _COMMANDS.get(tuple(all_tokens[at : at + length]))
        if name is not None:
            return name, length
    return "", 0


# ── quantities ───────────────────────────────────────────────────────────────────────────────


def _bare_number(all_tokens: list[str]) -> str | None:
    kept = [one for one in all_tokens if (one,) not in _AROUND]
    if kept and (kept[0],) in _COUNTING:
        kept = kept[1:]
    if len(kept) == 2 and (kept[1],) in _COUNTED:
        kept = kept[:1]
    return _number(kept[0]) if len(kept) == 1 else None


def quantity_in(text: str) -> str | None:
    """How many somebody says in a sentence: « nous serons deux », “2 places”. None for no number,
    for several, and for numbers that count something else: an hour, a day, a street."""
    spaced = re.sub(r"(\d)\s?([a-z])", r"\1 \2", re.sub(r"(\d),(\d)", r"\1.\2", text.lower()))
    parts = [_token(match[0]) for match in re.finditer(r"\d+\.\d+|[^\W_]+(?:[’'][^\W_]+)*", spaced)]
    found = set()
    for at, part in enumerate(parts):
        amount = _number(part)
        if amount is None:
            continue
        after = (parts[at + 1],) in _COUNTED if at + 1 < len(parts) else False
        after = after or tuple(parts[at + 1 : at + 3]) in _COUNTED
        before = any(tuple(parts[max(0, at - n) : at]) in _COUNTING for n in (1, 2, 3))
        # « pour 14 h » is an hour, « pour 2 » is how many.
        clear = at + 1 == len(parts) or parts[at - 1 : at][0:1] not in (["pour"], ["for"])
        if after or (before and clear and part not in ("un", "one")):
            found.add(amount)
    return found.pop() if len(found) == 1 else _bare_number(tokens(text))


def _number(word: str) -> str | None:
    if word in _NUMBERS:
        return str(_NUMBERS[word]) if _NUMBERS[word] else None
    if not re.fullmatch(r"x?\d{1,6}(?:[.,]\d{1,3})?", word, re.ASCII):
        return None
    amount = amount_of(word.removeprefix("x"))
    return amount_text(amount) if amount else None


# ── languages ────────────────────────────────────────────────────────────────────────────────


def language_of(told: Iterable[str], text: str, fallback: str) -> str:
    """``fr`` or ``en``: as the note tells, else as its words sound, else as ``fallback`` is."""
    for code in told:
        spoken = code.partition("-")[0].lower()
        if spoken in ("fr", "en"):
            return spoken
    words = tokens(text)
    counts = {
        code: sum(word in common for word in words)
        for code, common in (
            (code, {_token(one) for one in _WORDS["common"][code]}) for code in ("fr", "en")
        )
    }
    for code in ("fr", "en"):
        said = {tuple(tokens(one)) for name in Word for one in _WORDS[name][code]}
        counts[code] += any(tuple(words[:n]) in said for n in (1, 2, 3))
    if counts["fr"] != counts["en"]:
        return max(counts, key=lambda code: counts[code])
    return "en" if fallback.partition("-")[0].lower() == "en" else "fr"


def listed(name: str) -> frozenset[tuple[str, ...]]:
    """The phrases of a list of ``data/words.json``, as tokens."""
    return frozenset(_phrases(name))


def hashtags_in(text: str) -> list[str]:
    """Hashtags as they stand in a plain text, without the ``#``."""
    return _HASHTAG.findall(text)


def without_hashtags(text: str) -> str:
    """Words with the hashtags out that stand by themselves at the beginning or the end; within a
    sentence only their sign goes."""
    sign = r"#\w+"
    text = re.sub(rf"^(?:\s*{sign}[\s,]*)+", "", text)
    text = re.sub(rf"(?:[\s,]*(?<!\w){sign})+\s*$", "", text)
    text = re.sub(rf"(?m)^(?:\s*{sign}[\s,]*)+$", "", text)
    return _HASHTAG.sub(r"\1", text).strip()
