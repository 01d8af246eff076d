"""Typed documents: what means the same is the same, whichever way JSON-LD lets it be written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node.activitypub.jsonld import NeedsExpansion, expand_and_compact, normalise
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid.wire import ReadProposal, from_note
from tests import corpus
from tests.wire.reading import read, read_slowly

ANA = "https://m.example/users/ana"
NOTE = "https://m.example/notes/1"
VARIANTS = corpus.variants()


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.name)
def test_a_create_means_the_same_however_it_is_written(variant: corpus.Entry) -> None:
    """Prefixes, aliases, arrays, graphs, language maps: one activity, on both paths."""
    base = read(VARIANTS[0].document)
    assert base["object"]["embedded"]["hashtags"][0]["href"] == "https://HOST/tags/outils"
    assert read(variant.document) == base
    assert read_slowly(variant.document) == base


def in_arrays(value: Any) -> Any:
    """The document with an array of one wherever JSON-LD allows it for a single value."""
    if isinstance(value, list):
        return [in_arrays(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, inner in value.items():
        if key in ("@context", "id") or key.endswith("Map") or inner is None:
            made[key] = inner
        else:
            made[key] = in_arrays(inner) if isinstance(inner, list) else [in_arrays(inner)]
    return made


READ_AS_THEY_STAND = [
    entry for entry in corpus.load() if isinstance(normalise(entry.document), dict)
]


@pytest.mark.parametrize("entry", READ_AS_THEY_STAND, ids=lambda one: one.name)
def test_an_array_of_one_is_that_one_at_every_depth(entry: corpus.Entry) -> None:
    """Tags, attachments, icons, endpoints and keys of every server keep all their fields."""
    wrapped = in_arrays(entry.document)
    assert isinstance(normalise(wrapped), dict)
    assert read(wrapped) == read(entry.document)


def test_a_proposal_in_arrays_is_the_same_proposal() -> None:
    """Intents, quantities, place and reach keep their values, on both paths."""
    proposal: dict[str, Any] = {
        "@context": OUR_CONTEXT,
        "id": NOTE,
        "type": "Note",
        "attributedTo": ANA,
        "to": [PUBLIC],
        "published": "2026-11-22T18:00:00Z",
        "endTime": "2026-11-25T18:00:00Z",
        "name": "Échelle",
        "content": "<p>x</p>",
        "contentMap": {"fr": "<p>x</p>"},
        "purpose": "offer",
        "publishes": {
            "type": "Intent",
            "action": "transferCustody",
            "resourceConformsTo": "https://w3id.org/entraide/topic/lending.tools",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "3"},
            "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "2"},
            "finished": False,
        },
        "reciprocal": {
            "type": "Intent",
            "action": "transferCustody",
            "due": "2026-12-01T12:00:00Z",
        },
        "location": {
            "type": "Place",
            "name": "Croix-Rousse",
            "latitude": 45.7745,
            "longitude": 4.8278,
            "radius": 531,
            "units": "m",
        },
        "areaServed": {"type": "schema:GeoCircle", "schema:geoRadius": 3000},
        "urgency": "high",
        "tag": [{"type": "Hashtag", "name": "#offre", "href": "https://m.example/t/offre"}],
    }
    expected = from_note(proposal, now=1_795_000_000.0)
    assert isinstance(expected, ReadProposal)
    assert (expected.available, expected.reach_m, expected.mode) == ("2", 3000, "loan")
    wrapped: dict[str, Any] = in_arrays(proposal)
    assert isinstance(normalise(wrapped), dict)
    assert from_note(wrapped, now=1_795_000_000.0) == expected
    for written in (proposal, wrapped):
        found = expand_and_compact(written)
        assert isinstance(found, dict)
        assert from_note(found, now=1_795_000_000.0) == expected


@pytest.mark.parametrize(
    "name", ["bookwyrm/03-create", "bookwyrm/04-update", "pleroma/07-emoji-react-custom"]
)
def test_parts_whose_id_is_null_are_read(name: str) -> None:
    """BookWyrm's pictures and Akkoma's emoji say ``"id": null``: they have none, on both paths."""
    document = corpus.get(name).document
    assert '"id": null' in json.dumps(document)
    found = read(document)
    assert read_slowly(document) == found
    assert found.get("picture") or found["object"]["embedded"]["attachments"]
    assert not isinstance(normalise(document), NeedsExpansion)


def test_an_emoji_whose_id_is_null_keeps_its_picture() -> None:
    """As Akkoma writes it in a note's tags."""
    icon = {"id": None, "type": "Image", "url": "https://m.example/b.png"}
    tag = {"id": None, "type": "Emoji", "name": ":blob:", "icon": icon}
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": NOTE,
        "type": "Note",
        "attributedTo": ANA,
        "tag": [tag],
    }
    for found in (read(document), read_slowly(document)):
        assert [one["url"] for one in found["emojis"]] == ["https://m.example/b.png"]
        assert found["emojis"][0]["id"] is None
