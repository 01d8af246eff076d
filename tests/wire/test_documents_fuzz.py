"""Typed documents made of anything: parsing never raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub.documents import parse_activity, parse_actor, parse_object
from node.activitypub.vocabulary import PUBLIC

ANA = "https://m.example/users/ana"
NOTE = "https://m.example/notes/1"
ED25519 = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2"

KEYS = st.sampled_from(
    [
        "id",
        "type",
        "actor",
        "object",
        "to",
        "cc",
        "tag",
        "attachment",
        "content",
        "contentMap",
        "name",
        "summary",
        "published",
        "url",
        "icon",
        "inReplyTo",
        "attributedTo",
        "publicKey",
        "assertionMethod",
        "owner",
        "publicKeyPem",
        "controller",
        "inbox",
        "outbox",
        "endpoints",
        "sharedInbox",
        "href",
        "mediaType",
        "rel",
        "anyOf",
        "oneOf",
        "replies",
        "totalItems",
        "focalPoint",
        "source",
        "publicKeyMultibase",
        "generator",
        "implements",
        "territory",
        "webfinger",
        "quote",
        "_misskey_reaction",
    ]
)
TEXTS = st.sampled_from(
    [
        ANA,
        NOTE,
        PUBLIC,
        "Create",
        "Like",
        "Flag",
        "Person",
        "Note",
        "Hashtag",
        "Emoji",
        "Mention",
        "Multikey",
        "Link",
        "Document",
        "PropertyValue",
        ED25519,
        ANA + "#k",
        "x",
        "",
        "text/markdown",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_no_json_makes_parsing_raise(document: dict[str, Any]) -> None:
    """Every JSON object is a document or Rejected."""
    base: dict[str, Any] = {"id": NOTE, "type": "Note", "actor": ANA, "inbox": ANA + "/inbox"}
    for whole in (
        document,
        {**base, **document},
        {**document, **base},
        {**document, **base, "type": "Person"},
    ):
        parse_activity(whole)
        parse_actor(whole)
        parse_object(whole)
