"""JSON-LD built to hurt: every trick costs little on both paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from node.activitypub.jsonld import expand_and_compact, normalise
from node.activitypub.vocabulary import AS2
from tests.ending import ends


def nest(times: int, around: Callable[[Any], Any], leaf: Any) -> Any:
    for _ in range(times):
        leaf = around(leaf)
    return leaf


def terms(count: int, name: str = "q") -> dict[str, str]:
    return {f"{name}{n}": f"http://x.example/{n}" for n in range(count)}


def scoped(name: str, inner: Any) -> dict[str, Any]:
    return {name: {"@id": f"http://x.example/{name}", "@context": inner}}


HOSTILE: dict[str, dict[str, Any]] = {
    "20,000 inline contexts": {"@context": [{f"a{n}": "http://x/"} for n in range(20_000)]},
    "9,000 nested contexts": {
        "@context": AS2,
        "tag": [{"@context": {f"a{n}": "http://x.example/"}} for n in range(9_000)],
    },
    "one big context, many times": {
        "@context": [AS2, terms(300)],
        "as:tag": [{"@context": [AS2, terms(300)], "q1": 1}] * 30,
    },
    "property-scoped contexts": {
        "@context": [AS2, scoped("p", terms(400))],
        "tag": [{"p": {"q1": 1}}] * 6_000,
    },
    "type-scoped contexts": {
        "@context": [AS2, scoped("T", terms(400))],
        "tag": [{"type": "T", "q1": 1}] * 6_000,
    },
    "scoped contexts, deep": {
        "@context": [AS2, scoped("p", terms(400))],
        "tag": [nest(50, lambda inner: {"p": inner}, {"q1": 1})] * 150,
    },
    "bundled contexts in scoped ones": {
        "@context": [AS2, scoped("p", ["https://w3id.org/identity/v1"] * 12)],
        "tag": [{"p": {"type": "Note"}}] * 6_000,
    },
    "the scoped contexts of the package": {
        "@context": [AS2, "https://w3id.org/security/data-integrity/v2"],
        "as:tag": [{"type": "DataIntegrityProof", "proofPurpose": {"assertionMethod": "x"}}]
        * 2_500,
    },
    "scoped contexts at the limit": {
        "@context": [AS2, scoped("p", terms(100))],
        "as:tag": [nest(40, lambda inner: {"p": inner}, {"q1": 1})] * 6,
    },
    "null contexts": {
        "@context": [AS2, scoped("p", None)],
        "tag": [{"p": {"type": "Note"}}] * 6_000,
    },
    "a chain of prefixes": {
        "@context": [
            AS2,
            {"c0": "http://x.example/"} | {f"c{n}": f"c{n - 1}:x" for n in range(1, 500)},
        ]
    },
    "a ring of prefixes": {"@context": [AS2, {"a": "b:x", "b": "a:x"}], "a": 1},
    "lists of lists": {"@context": AS2, "as:tag": {"@list": [{"@list": [1] * 100}] * 90}},
    "sets of sets": {"@context": AS2, "tag": {"@set": [{"@set": ["a"] * 100}] * 90}},
    "everything included": {
        "@context": AS2,
        "@included": [
            {"@id": f"https://a.example/{n}", "as:to": {"@id": "_:b"}} for n in range(4_000)
        ],
    },
    "a graph in a chain": {
        "@context": AS2,
        "@graph": [
            {"id": f"https://a.example/{n}", "object": f"https://a.example/{n + 1}"}
            for n in range(3_500)
        ],
    },
    "a graph in a ring": {
        "@context": AS2,
        "@graph": [
            {"id": f"https://a.example/{n}", "to": f"https://a.example/{(n + 1) % 3_500}"}
            for n in range(3_500)
        ],
    },
    "everything reversed": {
        "@context": AS2,
        "@reverse": {"as:object": [{"id": f"https://a.example/{n}"} for n in range(5_000)]},
    },
    "nests": {"@context": [AS2, {"n": "@nest"}], "n": [{"n": [{"content": "x"}] * 50}] * 90},
    "an index": {
        "@context": [AS2, {"i": {"@id": "as:tag", "@container": "@index"}}],
        "i": {str(n): {"type": "Note"} for n in range(4_000)},
    },
    "graphs by id": {
        "@context": [AS2, {"i": {"@id": "as:tag", "@container": ["@graph", "@id"]}}],
        "i": {f"https://a.example/{n}": {"type": "Note"} for n in range(4_000)},
    },
    "an import": {"@context": [{"@import": "http://127.0.0.1:1/", "@version": 1.1}], "as:x": 1},
    "a foreign base": {
        "@context": [AS2, {"@base": "http://victim.example/"}],
        "id": "x",
        "type": "Note",
    },
    "9,000 keys": {"@context": [AS2, {"x": "as:content"}], "x": 1}
    | {f"as:k{n}": 1 for n in range(9_000)},
    "9,000 types": {"@context": AS2, "type": [f"as:t{n}" for n in range(9_000)]},
    "deep": nest(500, lambda inner: {"tag": inner}, {"@context": AS2}),
    "deep contexts": {"@context": nest(60, lambda inner: scoped("p", inner), {})},
    "contexts in arrays": {"@context": nest(60, lambda inner: [inner], AS2)},
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_cost_little(document: dict[str, Any]) -> None:
    """The fast path and the slow one end, whatever the answer is."""
    with ends():
        normalise(document)
        expand_and_compact(document)
