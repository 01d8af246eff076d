"""What can be offered or asked (topics) and how (modes): the tables of ``data/``, read once.

They are data that an association can read and correct: ``data/topics.json``, its groups in
``data/groups.json``, ``data/modes.json`` and the units of these in ``data/units.json``. A topic's
IRI is the same on every node; nothing depends on its resolving.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final, TypedDict

TOPIC_BASE: Final = "https://w3id.org/entraide/topic/"
MODE_BASE: Final = "https://w3id.org/entraide/mode/"


@dataclass(frozen=True, slots=True)
class Name:
    """What a slug is called, for people: a group of topics, a unit."""

    slug: str
    fr: str
    en: str

    def label(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Mode:
    """How help is given; it fixes the ValueFlows actions and the units that make sense."""

    slug: str
    fr: str
    en: str
    action: str
    """The primary intent's ``vf:action``."""
    reciprocal: str | None
    """The reciprocal intent's, where something comes back."""
    units: tuple[str, ...]
    """Names of OM 2 units, the usual one first."""

    @property
    def iri(self) -> str:
        return MODE_BASE + self.slug

    def label(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    fr: str
    en: str
    answers: str
    """The phrase of the founding article that this topic answers, in French; "" for none."""
    modes: tuple[str, ...]
    """Usual modes, the most usual first. Every other mode is allowed too."""
    wikidata: str
    """``Q…`` of a SKOS closeMatch, only where it is certain; else ""."""
    hashtag_fr: str
    hashtag_en: str
    perishable: bool
    """Food: it expires in days."""

    @property
    def iri(self) -> str:
        return TOPIC_BASE + self.slug

    @property
    def group(self) -> str:
        return self.slug.partition(".")[0]

    @property
    def usual_mode(self) -> str:
        return self.modes[0]

    def label(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    def hashtag(self, language: str) -> str:
        """Without the ``#``."""
        return self.hashtag_fr if language == "fr" else self.hashtag_en


class _ModeRow(TypedDict):
    slug: str
    fr: str
    en: str
    action: str
    reciprocal: str | None
    units: list[str]


class _TopicRow(TypedDict):
    slug: str
    fr: str
    en: str
    answers: str
    modes: list[str]
    wikidata: str
    hashtags: dict[str, str]
    perishable: bool


def _read_modes() -> Mapping[str, Mode]:
    rows: list[_ModeRow] = json.loads(_data("modes.json"))
    return MappingProxyType(
        {
            row["slug"]: Mode(
                slug=row["slug"],
                fr=row["fr"],
                en=row["en"],
                action=row["action"],
                reciprocal=row["reciprocal"],
                units=tuple(row["units"]),
            )
            for row in rows
        }
    )


def _read_topics() -> Mapping[str, Topic]:
    rows: list[_TopicRow] = json.loads(_data("topics.json"))
    return MappingProxyType(
        {
            row["slug"]: Topic(
                slug=row["slug"],
                fr=row["fr"],
                en=row["en"],
                answers=row["answers"],
                modes=tuple(row["modes"]),
                wikidata=row["wikidata"],
                hashtag_fr=row["hashtags"]["fr"],
                hashtag_en=row["hashtags"]["en"],
                perishable=row.get("perishable", False),
            )
            for row in rows
        }
    )


def _read_names(file: str) -> Mapping[str, Name]:
    rows: list[dict[str, str]] = json.loads(_data(file))
    return MappingProxyType({row["slug"]: Name(**row) for row in rows})


def _data(name: str) -> str:
    return files("node.aid").joinpath("data", name).read_text(encoding="utf-8")


UNITS: Final = _read_names("units.json")
GROUPS: Final = _read_names("groups.json")
MODES: Final = _read_modes()
TOPICS: Final = _read_topics()
OTHER: Final = TOPICS["other.other"]


def topic(slug: str) -> Topic | None:
    return TOPICS.get(slug)


def slugs_of(name: str) -> tuple[str, ...]:
    """The topic of this slug, or those of the group; none for what is neither."""
    return tuple(slug for slug, one in TOPICS.items() if name in (slug, one.group))


def mode(slug: str) -> Mode | None:
    return MODES.get(slug)


def topic_from_iri(iri: str) -> Topic | None:
    """The topic that a ``resourceConformsTo`` names: ours, or a Wikidata item that matches."""
    if iri.startswith(TOPIC_BASE):
        return TOPICS.get(iri.removeprefix(TOPIC_BASE))
    return _BY_WIKIDATA.get(iri.rpartition("/")[2]) if "wikidata.org/" in iri else None


def topic_from_hashtag(name: str) -> Topic | None:
    """The topic that a hashtag means, in either language, with or without ``#`` and accents."""
    return _BY_HASHTAG.get(fold(name.removeprefix("#")))


def mode_from_actions(action: str, reciprocal: str | None, of: Topic) -> Mode | None:
    """The mode that ValueFlows actions mean for a topic.

    Gift and fund, and service and together, have the same actions: the topic's usual modes
    decide, then the order of the table.
    """
    wanted = (action, reciprocal)
    for slug in (*of.modes, *MODES):
        found = MODES[slug]
        if (found.action, found.reciprocal) == wanted:
            return found
    return None


def fold(text: str) -> str:
    """Lower case without accents, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


_BY_WIKIDATA: Final = {t.wikidata: t for t in TOPICS.values() if t.wikidata}
_BY_HASHTAG: Final = {fold(tag): t for t in TOPICS.values() for tag in (t.hashtag_fr, t.hashtag_en)}
