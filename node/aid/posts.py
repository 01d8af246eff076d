"""What somebody elsewhere asks a quartier to publish, read from their words and hashtags."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from node.aid.proposals import TEXT_MAX, Purpose, Urgency
from node.aid.topics import OTHER, TOPICS, Topic, fold, topic_from_hashtag
from node.aid.words import listed, tokens, without_hashtags

_One = TypeVar("_One")

TITLE_MAX: Final = 120
"""Characters; a longer first sentence is cut at a word, and stands whole in the text."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|\n+")
_SHORT: Final = {
    "care.groceries": ("courses", "shopping"),
    "care.visit": ("visite", "visit"),
    "mobility.escort": ("accompagnement", "appointment"),
    "services.diy": ("bricolage", "diy"),
    "services.it": ("informatique", "computer"),
    "services.paperwork": ("démarches", "paperwork"),
    "services.childcare": ("babysitting", "childcare"),
    "lending.tools": ("outils", "tools"),
    "goods.furniture": ("meubles", "furniture"),
    "goods.clothing": ("vêtements", "clothes"),
    "goods.food": ("nourriture", "food"),
    "knowledge.tutoring": ("devoirs", "homework"),
}
"""What is asked about most: the words that a question offers."""
_SAME: Final = {
    "course": "care.groceries",
    "commissions": "care.groceries",
    "shopping": "care.groceries",
    "ordinateur": "services.it",
    "computer": "services.it",
    "perceuse": "lending.tools",
    "drill": "lending.tools",
    "tool": "lending.tools",
    "repas": "care.meals",
    "meal": "care.meals",
    "meals": "care.meals",
    "habits": "goods.clothing",
    "clothes": "goods.clothing",
    "papiers": "services.paperwork",
    "rendezvous": "mobility.escort",
    "appointment": "mobility.escort",
    "enfants": "services.childcare",
    "kids": "services.childcare",
    "jardin": "collective.garden",
    "garden": "collective.garden",
    "homework": "knowledge.tutoring",
    "bike": "lending.bicycle",
}
"""Further words that people use, folded."""

_TONGUES: Final = {
    "fr": frozenset({"demande", "demandes", "offre", "offres", "cherche", "recherche"}),
    "en": frozenset({"request", "requests", "offer", "offers"}),
}


@dataclass(frozen=True, slots=True)
class Post:
    purpose: Purpose | None
    """None: neither hashtag stands there, or both do."""
    topic: str | None
    urgency: Urgency | None
    title: str
    text: str


def read_post(text: str, tags: Iterable[str]) -> Post:
    """``text`` is plain, without mentions; ``tags`` are hashtags without the ``#``."""
    folded = list(dict.fromkeys(fold(tag) for tag in tags))
    words = without_hashtags(text)
    title, body = _split(words)
    return Post(
        purpose=_only(_purposes(folded)),
        topic=_only([found.slug for found in _topics(folded)]),
        urgency=urgency_of(folded),
        title=title,
        text=body,
    )


def asks(tags: Iterable[str]) -> bool:
    """Whether hashtags say that something is to be published."""
    return bool(_purposes([fold(tag) for tag in tags]))


def purpose_said(text: str) -> Purpose | None:
    """From a sentence: « je cherche… », “I offer…”; or from the answer to the question."""
    words = tokens(text)
    return _only(
        [
            purpose
            for purpose in Purpose
            if any(
                tuple(words[at : at + len(phrase)]) == phrase
                for phrase in listed(purpose.value)
                for at in range(len(words))
            )
        ]
    )


def topic_said(text: str) -> str | None:
    """The topic that an answer names: one of the words asked for, a hashtag, or a title of the
    table; None for none, and for several."""
    words = tokens(text)
    if tuple(words) in listed("other-topic") or (words and (words[0],) in listed("other-topic")):
        return OTHER.slug
    named = [
        topic.slug
        for topic in TOPICS.values()
        for label in (topic.fr, topic.en)
        if tokens(label) == words
    ]
    return _only(list(dict.fromkeys(named)) or [one.slug for one in _topics(words)])


def urgency_of(tags: Collection[str]) -> Urgency | None:
    """The most pressing that stands there."""
    for urgency in (Urgency.CRITICAL, Urgency.HIGH, Urgency.LOW):
        names = {"".join(phrase) for phrase in listed(f"urgency-{urgency.value}")}
        if names & set(tags):
            return urgency
    return None


def urgency_said(text: str) -> Urgency | None:
    """« très urgent », “not urgent”, as an answer."""
    words = tuple(tokens(text))
    for urgency in (Urgency.LOW, Urgency.CRITICAL, Urgency.HIGH):
        if words in listed(f"urgency-{urgency.value}"):
            return urgency
    return None


def short_list(language: str, hidden: Collection[str]) -> dict[str, str]:
    """The words of a question about the topic, which anybody can type → the topics."""
    return {words[language == "en"]: slug for slug, words in _SHORT.items() if slug not in hidden}


def tongue_of(tags: Iterable[str], said: str) -> str:
    """In which language it is asked: apps say their own, which a person seldom looks at, but who
    writes #demande writes French. What is neither French nor English stays as it is said."""
    folded = {fold(tag) for tag in tags}
    found = [tongue for tongue, words in _TONGUES.items() if words & folded]
    of_both = said.partition("-")[0] in _TONGUES
    return found[0] if of_both and len(found) == 1 and not said.startswith(found[0]) else said


def fields_of(post: Post, *, language: str) -> dict[str, object]:
    """As `drafts.check_draft` reads them; of a post of which nothing is missing."""
    return {
        "purpose": str(post.purpose),
        "topic": post.topic,
        "urgency": str(post.urgency or Urgency.NORMAL),
        "title": post.title,
        "text": post.text,
        "language": language,
    }


def _purposes(folded: list[str]) -> list[Purpose]:
    return [
        purpose
        for purpose in Purpose
        if any("".join(phrase) in folded for phrase in listed(purpose.value))
    ]


def _topics(words: Iterable[str]) -> list[Topic]:
    found: dict[str, Topic] = {}
    for word in words:
        about = _topic(word)
        if about is not None and about is not OTHER:
            found.setdefault(about.slug, about)
    # « #prêt #outils »: the one that says more.
    if len(found) == 2 and "lending.objects" in found:
        del found["lending.objects"]
    return list(found.values())


def _topic(word: str) -> Topic | None:
    for form in (word, word.removesuffix("s"), f"{word}s"):
        about = topic_from_hashtag(form)
        if about is None and form in _SAME:
            about = TOPICS[_SAME[form]]
        if about is not None:
            return about
    return None


def _split(words: str) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    first, *rest = _SENTENCE.split(words.strip(), maxsplit=1)
    title = " ".join(first.split()).rstrip(".;:, ")
    body = rest[0].strip() if rest else ""
    if len(title) > TITLE_MAX:
        title, body = f"{title[:TITLE_MAX].rsplit(' ', 1)[0]}…", words.strip()
    return title[:1].upper() + title[1:], body[:TEXT_MAX]


def _only(found: list[_One]) -> _One | None:
    return found[0] if len(found) == 1 else None
