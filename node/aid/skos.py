"""Topics and modes as SKOS concept schemes, in JSON-LD: for library and open-data software, and for
other projects of mutual aid that want to mean the same by the same word.

Source: SKOS Reference, W3C Recommendation of 18 August 2009. ``closeMatch`` names a Wikidata item
only where it is certain (the table of topics says so).
"""

from __future__ import annotations

from typing import Any, Final

from node.activitypub.vocabulary import VF
from node.aid.topics import GROUPS, MODE_BASE, MODES, TOPIC_BASE, TOPICS, Mode, Name, Topic

Document = dict[str, Any]

WIKIDATA: Final = "http://www.wikidata.org/entity/"
TOPIC_SCHEME: Final = TOPIC_BASE.removesuffix("/")
MODE_SCHEME: Final = MODE_BASE.removesuffix("/")
MEDIA_TYPE: Final = "application/ld+json"

CONTEXT: Final[Document] = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "vf": VF,
    "id": "@id",
    "type": "@type",
    "ConceptScheme": "skos:ConceptScheme",
    "Concept": "skos:Concept",
    "title": {"@id": "dct:title", "@container": "@language"},
    "prefLabel": {"@id": "skos:prefLabel", "@container": "@language"},
    "hiddenLabel": {"@id": "skos:hiddenLabel", "@container": "@language"},
    "scopeNote": {"@id": "skos:scopeNote", "@container": "@language"},
    "notation": "skos:notation",
    "inScheme": {"@id": "skos:inScheme", "@type": "@id"},
    "hasTopConcept": {"@id": "skos:hasTopConcept", "@type": "@id", "@container": "@set"},
    "topConceptOf": {"@id": "skos:topConceptOf", "@type": "@id"},
    "broader": {"@id": "skos:broader", "@type": "@id"},
    "narrower": {"@id": "skos:narrower", "@type": "@id", "@container": "@set"},
    "related": {"@id": "skos:related", "@type": "@id", "@container": "@set"},
    "closeMatch": {"@id": "skos:closeMatch", "@type": "@id"},
    "action": "vf:action",
}


def document() -> Document:
    """The whole of both schemes, the same on every node whatever it hides."""
    return {
        "@context": CONTEXT,
        "@graph": [
            _scheme(TOPIC_SCHEME, "Sujets d’entraide", "Topics of mutual aid", _group_iris()),
            *(_group(group) for group in GROUPS.values()),
            *(_topic(topic) for topic in TOPICS.values()),
            _scheme(MODE_SCHEME, "Modes d’entraide", "Modes of mutual aid", _mode_iris()),
            *(_mode(mode) for mode in MODES.values()),
        ],
    }


def _scheme(iri: str, fr: str, en: str, top: list[str]) -> Document:
    return {
        "id": iri,
        "type": "ConceptScheme",
        "title": {"fr": fr, "en": en},
        "hasTopConcept": top,
    }


def _group_iris() -> list[str]:
    return [TOPIC_BASE + slug for slug in GROUPS]


def _mode_iris() -> list[str]:
    return [mode.iri for mode in MODES.values()]


def _group(group: Name) -> Document:
    return {
        "id": TOPIC_BASE + group.slug,
        "type": "Concept",
        "notation": group.slug,
        "prefLabel": {"fr": group.fr, "en": group.en},
        "inScheme": TOPIC_SCHEME,
        "topConceptOf": TOPIC_SCHEME,
        "narrower": [topic.iri for topic in TOPICS.values() if topic.group == group.slug],
    }


def _topic(topic: Topic) -> Document:
    concept: Document = {
        "id": topic.iri,
        "type": "Concept",
        "notation": topic.slug,
        "prefLabel": {"fr": topic.fr, "en": topic.en},
        # what people type after a hash: found, not shown
        "hiddenLabel": {"fr": topic.hashtag_fr, "en": topic.hashtag_en},
        "inScheme": TOPIC_SCHEME,
        "broader": TOPIC_BASE + topic.group,
        "related": [MODES[mode].iri for mode in topic.modes],
    }
    if topic.answers:
        concept["scopeNote"] = {"fr": topic.answers}
    if topic.wikidata:
        concept["closeMatch"] = WIKIDATA + topic.wikidata
    return concept


def _mode(mode: Mode) -> Document:
    return {
        "id": mode.iri,
        "type": "Concept",
        "notation": mode.slug,
        "prefLabel": {"fr": mode.fr, "en": mode.en},
        "inScheme": MODE_SCHEME,
        "topConceptOf": MODE_SCHEME,
        "action": mode.action,
    }
