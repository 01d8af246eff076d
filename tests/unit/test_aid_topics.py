"""Topics and modes: the data that every node ships."""

from __future__ import annotations

import pytest

from node.aid.topics import (
    MODES,
    OTHER,
    TOPICS,
    fold,
    mode_from_actions,
    topic,
    topic_from_hashtag,
    topic_from_iri,
)


def test_every_topic_is_complete() -> None:
    """Each topic has labels in both languages, usual modes that exist, and hashtags."""
    assert len(TOPICS) == 51
    for slug, one in TOPICS.items():
        assert one.slug == slug
        assert one.group
        assert one.fr
        assert one.en
        assert one.modes
        assert set(one.modes) <= set(MODES)
        assert one.hashtag_fr.isalnum()
        assert one.hashtag_en.isalnum()
        assert one.wikidata == "" or one.wikidata[1:].isdigit()


def test_french_typography_is_kept_in_labels() -> None:
    """Labels are for people: no typewriter apostrophe stands in them."""
    texts = [t for one in TOPICS.values() for t in (one.fr, one.en, one.answers)]
    assert not [text for text in texts if "'" in text]


def test_hashtags_name_one_topic_each() -> None:
    """A hashtag typed by somebody, in any case and without accents, means one topic."""
    for one in TOPICS.values():
        for tag in (one.hashtag_fr, one.hashtag_en):
            found = topic_from_hashtag("#" + fold(tag).upper())
            assert found is one, tag


@pytest.mark.parametrize("slug", ["care.groceries", "collective.exchange-group", "crisis.check-in"])
def test_iri_and_slug_are_two_names_of_a_topic(slug: str) -> None:
    """A topic is found by its slug and by its IRI, the same on every node."""
    found = topic(slug)
    assert found is not None
    assert found.iri == f"https://w3id.org/entraide/topic/{slug}"
    assert topic_from_iri(found.iri) is found


def test_a_wikidata_item_means_its_topic() -> None:
    """Other marketplaces name things by Wikidata, as FEP-0837 does in its examples."""
    found = topic_from_iri("https://www.wikidata.org/wiki/Q11442")
    assert found is not None
    assert found.slug == "lending.bicycle"
    assert topic_from_iri("https://example.org/Q11442") is None


def test_unknown_topics_are_none() -> None:
    """What we do not know is not guessed."""
    assert topic("care.nothing") is None
    assert topic_from_iri("https://w3id.org/entraide/topic/care.nothing") is None
    assert topic_from_hashtag("caturday") is None


def test_actions_and_topic_give_the_mode_back() -> None:
    """Gift and fund share their actions: the topic's usual modes decide."""
    for one in TOPICS.values():
        usual = MODES[one.usual_mode]
        assert mode_from_actions(usual.action, usual.reciprocal, one) is usual
    assert mode_from_actions("transfer", "transfer", OTHER) is MODES["swap"]
    assert mode_from_actions("transfer", None, TOPICS["care.groceries"]) is MODES["gift"]
    assert mode_from_actions("melt", None, OTHER) is None
