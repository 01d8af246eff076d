"""What a node states about another's key, as JSON-LD."""

from __future__ import annotations

import json
from pathlib import Path

from node.activitypub.jsonld import check_safe, normalise
from node.activitypub.vocabulary import OUR_CONTEXT
from node.aid.trust import NodeKey, make_key_statement

GOLDEN = Path(__file__).parent.parent / "data" / "golden" / "key-statement.json"


def test_a_key_statement_is_standard_terms_only() -> None:
    """A Relationship with an actor's Multikey, of which a strict processor drops nothing."""
    document = make_key_statement(
        id="https://presquile.example/actor/acquaintances/croix-rousse.example",
        node_actor="https://presquile.example/actor",
        about=NodeKey(
            "https://croix-rousse.example",
            "https://croix-rousse.example/actor",
            "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        ),
        now=1_795_370_400.0,
        context=OUR_CONTEXT,
    )
    assert check_safe(document) == []
    assert normalise(document) == document
    assert document.pop("@context") == OUR_CONTEXT
    assert document == json.loads(GOLDEN.read_text("utf-8"))
