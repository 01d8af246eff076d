"""JSON-LD: what means the same is read the same, on the fast and on the slow path."""

from __future__ import annotations

import json
import subprocess
import sys
import timeit
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub.jsonld import NeedsExpansion, check_safe, expand_and_compact, normalise
from node.activitypub.rejected import Rejected
from node.activitypub.terms import Contexts, bundled, our_terms
from node.activitypub.vocabulary import AS2, ENTRAIDE, OUR_CONTEXT, PUBLIC, VF
from tests.wire.reading import read, read_slowly

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
SECURITY = "https://w3id.org/security/v1"
MASTODON: list[Any] = [
    AS2,
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
        "Hashtag": "as:Hashtag",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    },
]
CREATE: dict[str, Any] = {
    "@context": MASTODON,
    "id": "https://m.example/users/ana/statuses/1/activity",
    "type": "Create",
    "actor": "https://m.example/users/ana",
    "published": "2026-11-22T18:00:00Z",
    "to": [PUBLIC],
    "cc": ["https://m.example/users/ana/followers", "https://n.example/users/amina"],
    "object": {
        "id": "https://m.example/users/ana/statuses/1",
        "type": "Note",
        "summary": None,
        "inReplyTo": "https://n.example/objects/9",
        "published": "2026-11-22T18:00:00Z",
        "attributedTo": "https://m.example/users/ana",
        "to": [PUBLIC],
        "cc": [],
        "sensitive": False,
        "atomUri": "https://m.example/users/ana/statuses/1",
        "conversation": "tag:m.example,2026:objectId=1:objectType=Conversation",
        "content": "<p>Bonjour</p>",
        "contentMap": {"fr": "<p>Bonjour</p>"},
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": "https://m.example/a.png",
                "name": "un vélo",
                "blurhash": "UBL_:rOpGG",
                "focalPoint": [0.5, -0.25],
                "width": 640,
                "height": 480,
            }
        ],
        "tag": [{"type": "Hashtag", "href": "https://m.example/tags/velo", "name": "#velo"}],
        "replies": {"id": "https://m.example/users/ana/statuses/1/replies", "type": "Collection"},
    },
}
PROPOSAL: dict[str, Any] = {
    "@context": OUR_CONTEXT,
    "id": "https://croix-rousse.example/objects/1",
    "type": "Note",
    "attributedTo": "https://croix-rousse.example/users/amina",
    "to": [PUBLIC],
    "endTime": "2026-11-25T18:00:00Z",
    "name": "Courses pour une voisine",
    "content": "<p>…</p>",
    "contentMap": {"fr": "<p>…</p>"},
    "purpose": "request",
    "unitBased": True,
    "publishes": {
        "type": "Intent",
        "id": "https://croix-rousse.example/objects/1#primary",
        "action": "deliverService",
        "resourceConformsTo": "https://w3id.org/entraide/topic/care.groceries",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        "due": "2026-11-24T12:00:00Z",
        "finished": False,
    },
    "location": {"type": "Place", "name": "Croix-Rousse", "latitude": 45.7745, "longitude": 4.8278},
    "areaServed": {"type": "schema:GeoCircle", "schema:geoRadius": 3000},
    "urgency": "high",
    "tag": [{"type": "Hashtag", "name": "#demande", "href": "https://croix-rousse.example/t"}],
    "proof": {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "https://croix-rousse.example/users/amina#ed25519-key",
        "proofPurpose": "assertionMethod",
        "created": "2026-11-22T18:00:00Z",
        "proofValue": "z3FXQ",
    },
}


def test_ordinary_documents_are_read_as_they_stand() -> None:
    """Mastodon's context and ours agree, so nothing is rewritten, and quickly so."""
    assert normalise(CREATE) is CREATE
    assert normalise(PROPOSAL) is PROPOSAL
    best = min(timeit.repeat(lambda: normalise(CREATE), number=200, repeat=5)) / 200
    assert best < 200e-6


def test_the_fast_path_needs_no_pyld() -> None:
    """A process that only meets ordinary documents never imports PyLD."""
    program = (
        "import sys; from node.activitypub.jsonld import normalise;"
        f"assert isinstance(normalise({CREATE!r}), dict); assert 'pyld' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


def renamed(value: Any, keys: dict[str, str], types: dict[str, str]) -> Any:
    """The document with other names for its keys and types."""
    if isinstance(value, list):
        return [renamed(one, keys, types) for one in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, inner in value.items():
        if key == "@context":
            made[key] = inner
        elif key == "type":
            made[keys.get(key, key)] = types.get(inner, inner)
        elif key.endswith("Map"):
            made[key] = inner
        else:
            made[keys.get(key, key)] = renamed(inner, keys, types)
    return made


AS_KEYS = "actor object published to cc inReplyTo attributedTo content attachment tag url name href"
FULL = {key: f"{AS2}#{key}" for key in AS_KEYS.split()}
PREFIXED = {key: f"as:{key}" for key in AS_KEYS.split()}
TYPES = ("Create", "Note", "Document")


def graph(document: dict[str, Any]) -> dict[str, Any]:
    """The activity, its object and its author's name as nodes beside each other."""
    create = deepcopy(document)
    note = create.pop("object")
    context = create.pop("@context")
    create["object"] = note["id"]
    return {"@context": context, "@graph": [note, create]}


VARIANTS: dict[str, dict[str, Any]] = {
    "prefixed keys": renamed(CREATE, PREFIXED, {}),
    "full IRIs as keys": renamed(CREATE, FULL, {}),
    "prefixed types": renamed(CREATE, {}, {name: f"as:{name}" for name in TYPES}),
    "full IRIs as types": renamed(CREATE, {}, {name: f"{AS2}#{name}" for name in TYPES}),
    "keywords": renamed(CREATE, {"id": "@id", "type": "@type"}, {}),
    "other aliases": {
        **renamed(CREATE, {"actor": "who", "object": "what", "id": "uri", "content": "html"}, {}),
        "@context": [
            *MASTODON,
            {"who": "as:actor", "what": "as:object", "uri": "@id", "html": "as:content"},
        ],
    },
    "another prefix": {
        **renamed(CREATE, {key: f"x:{key}" for key in AS_KEYS.split()}, {"Note": "x:Note"}),
        "@context": [*MASTODON, {"x": AS2 + "#"}],
    },
    "single values": {**CREATE, "to": PUBLIC},
    "compact public": {**CREATE, "to": "as:Public"},
    "bare public": {**CREATE, "to": ["Public"]},
    "arrays": {
        **CREATE,
        "actor": [CREATE["actor"]],
        "type": ["Create"],
        "object": [CREATE["object"]],
    },
    "objects for ids": {**CREATE, "actor": {"id": CREATE["actor"], "type": "Person"}},
    "value objects": {
        **CREATE,
        "published": {
            "@value": "2026-11-22T18:00:00Z",
            "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        },
    },
    "an untyped date": {
        **CREATE,
        "@context": [*MASTODON, {"published": {"@id": "as:published"}}],
    },
    "a graph": graph(CREATE),
    "a graph of one": {
        "@context": MASTODON,
        "@graph": [{key: value for key, value in CREATE.items() if key != "@context"}],
    },
    "an object with a context of its own": {
        **CREATE,
        "object": renamed(
            {**CREATE["object"], "@context": [*MASTODON, {"said": "as:content"}]},
            {"content": "said"},
            {},
        ),
    },
    "an unknown context beside": {**CREATE, "@context": [*MASTODON, "https://unknown.example/ns"]},
    "a litepub context": {
        **CREATE,
        "@context": [AS2, "https://p.example/schemas/litepub-0.1.jsonld", {"@language": "und"}],
    },
    "no context": {key: value for key, value in CREATE.items() if key != "@context"},
    "a context without ActivityStreams": {**CREATE, "@context": {"foo": "https://foo.example/"}},
    "a set": {**CREATE, "to": {"@set": [PUBLIC]}},
    "a vocabulary": {**CREATE, "@context": [AS2, {"@vocab": AS2 + "#"}]},
}


@pytest.mark.parametrize("document", VARIANTS.values(), ids=VARIANTS.keys())
def test_what_means_the_same_is_read_the_same(document: dict[str, Any]) -> None:
    """However it is written, the activity is the one that Mastodon sent."""
    expected = read(CREATE)
    assert expected["is"] == "Create"
    assert read(document) == expected
    assert read_slowly(document) == expected


def test_a_term_that_theirs_defines_otherwise_loses_our_meaning() -> None:
    """A context that says "content" is something else is believed, on the right path."""
    note = {
        "@context": [AS2, {"content": "https://other.example/#table"}],
        "id": "https://a.example/1",
        "type": "Note",
        "content": "<p>no</p>",
        "name": "yes",
    }
    assert isinstance(normalise(note), NeedsExpansion)
    assert read(note)["content"] is None
    assert read(note)["name"] == "yes"


def test_a_type_that_theirs_defines_otherwise_is_no_type_of_ours() -> None:
    """ "Note" meaning a musical note is not read as a post."""
    note = {
        "@context": [AS2, {"Note": "https://music.example/#Note"}],
        "id": "https://a.example/1",
        "type": "Note",
    }
    assert read(note)["type"] == "https://music.example/#Note"


def test_names_that_nobody_defined_cannot_pose_as_ours() -> None:
    """A blank name such as "_:content" stays what it is."""
    note = {"@context": AS2, "id": "https://a.example/1", "_:type": "x", "type": "_:Note"}
    found = expand_and_compact({**note, "_:content": "x"})
    assert isinstance(found, dict)
    assert found["type"] == "_:Note"
    assert "content" not in found


@pytest.mark.parametrize(
    ("key", "iri", "name"),
    [
        ("PropertyValue", "http://schema.org#PropertyValue", "PropertyValue"),
        ("PropertyValue", "https://schema.org/PropertyValue", "PropertyValue"),
        ("Proposal", "https://w3id.org/valueflows/Proposal", "Proposal"),
        ("React", "https://www.w3.org/ns/activitystreams#EmojiReact", "EmojiReact"),
        ("React", "http://litepub.social/ns#EmojiReact", "EmojiReact"),
    ],
)
def test_the_spellings_of_one_vocabulary_are_one(key: str, iri: str, name: str) -> None:
    """schema.org's forms, the older ValueFlows namespace and LitePub's types are recognised."""
    document = {"@context": [AS2, {key: iri}], "id": "https://a.example/1", "type": key}
    found = normalise(document)
    if isinstance(found, NeedsExpansion):
        found = expand_and_compact(document)
    assert isinstance(found, dict)
    assert found["type"] == name


def test_valueflows_names_are_names_also_where_they_come_as_iris() -> None:
    """ "vf:transfer" typed as an IRI is the action "transfer"."""
    document = {
        "@context": [
            AS2,
            {
                "vf": VF,
                "action": {"@id": "vf:action", "@type": "@vocab"},
                "transfer": "vf:transfer",
            },
        ],
        "id": "https://a.example/1",
        "type": "vf:Intent",
        "action": "transfer",
    }
    found = expand_and_compact(document)
    assert isinstance(found, dict)
    assert found["action"] == "transfer"
    assert found["type"] == "Intent"


def test_the_language_of_a_context_is_the_language_of_its_texts() -> None:
    """A default language other than "und" ends in the language maps, on both paths."""
    note = {
        "@context": [AS2, {"@language": "fr"}],
        "id": "https://a.example/1",
        "type": "Note",
        "content": "<p>oui</p>",
        "tag": [{"type": "Mention", "href": "https://b.example/u", "name": "@u"}],
    }
    assert isinstance(normalise(note), dict)
    assert read(note)["content_map"] == {"fr": "<p>oui</p>"}
    assert read(note)["content"] == "<p>oui</p>"
    assert read_slowly(note) == read(note)


def test_relative_ids_are_no_ids() -> None:
    """An id without an origin stays so: it is never completed with somebody's."""
    found = expand_and_compact(
        {"@context": AS2, "id": "1", "type": "Note", "as:to": {"@id": "../x"}}
    )
    assert isinstance(found, dict)
    assert found["id"] == "1"
    assert found["to"] == "../x"


def test_several_things_at_the_top_are_refused() -> None:
    """Two unrelated notes are not one document."""
    notes = [{"id": f"https://a.example/{n}", "type": "Note"} for n in (1, 2)]
    assert isinstance(expand_and_compact({"@context": AS2, "@graph": notes}), Rejected)


def test_a_ring_in_a_graph_is_cut() -> None:
    """An activity and a note that refer to each other are read from the activity on."""
    nodes = [
        {
            "id": "https://a.example/1",
            "type": "Note",
            "context": "https://a.example/2",
            "content": "x",
        },
        {
            "id": "https://a.example/2",
            "type": "Create",
            "actor": "https://a.example/u",
            "object": "https://a.example/1",
        },
    ]
    found = read({"@context": AS2, "@graph": nodes})
    assert found["is"] == "Create"
    assert found["object"]["embedded"]["content"] == "x"


CORPUS_FILES = sorted(CORPUS.rglob("*.json"))


@pytest.mark.parametrize("path", CORPUS_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_both_paths_agree_on_real_documents(path: Path) -> None:
    """What other servers send reads the same on the fast and on the slow path."""
    entry = json.loads(path.read_bytes())
    document = entry.get("document", entry)
    assert not isinstance(normalise(document), Rejected)
    assert read(document) == read_slowly(document)


def test_what_we_send_expands_with_no_property_dropped() -> None:
    """A strict processor understands every key of a proposal of ours, and of its activity."""
    assert check_safe(PROPOSAL) == []
    everything = {
        name: "https://a.example/x"
        for name, term in our_terms().items()
        if not (
            term.prefix
            or term.container == "language"
            or name[0].isupper()
            or (term.iri or "@")[0] == "@"
            or name == "proof"
        )
    }
    assert check_safe({"@context": OUR_CONTEXT, "type": "Note", **everything}) == []


def test_check_safe_tells_what_would_be_dropped() -> None:
    """Undefined keys and types and unknown contexts are named."""
    found = check_safe(
        {"@context": [AS2, "https://x.example/c"], "type": "Foo", "bar": 1, "tag": {"baz": 1}}
    )
    assert set(found) == {"@context https://x.example/c", "_:Foo", "_:bar", "_:baz"}


def test_our_context_defines_our_own_terms() -> None:
    """Urgency, the one term that no vocabulary has, is ours."""
    assert our_terms()["urgency"].iri == ENTRAIDE + "urgency"


def test_scoped_contexts_of_the_package_agree_with_ours() -> None:
    """The slow path drops them and the fast one ignores them, so for the terms that we read
    outside proofs they must say what our own terms say."""
    for url in ("https://w3id.org/security/multikey/v1", "https://www.w3.org/ns/did/v1"):
        for name, value in bundled(url).items():
            if not isinstance(value, dict) or "@context" not in value:
                continue
            for term, inner in value["@context"].items():
                ours = our_terms().get(term)
                if ours is not None and not term.startswith("@"):
                    iri = inner if isinstance(inner, str) else inner["@id"]
                    assert iri == ours.iri, (name, term)


def test_contexts_are_counted() -> None:
    """Seventeen contexts, or seventeen kilobytes of inline ones, are refused on both paths."""
    for context in (
        [{f"a{n}": "https://x.example/"} for n in range(17)],
        {f"term{n}": "https://x.example/" for n in range(600)},
    ):
        document = {"@context": context, "type": "Note", "as:content": "x"}
        assert isinstance(normalise(document), Rejected)
        assert isinstance(expand_and_compact(document), Rejected)
    nested = {"@context": AS2, "tag": [{"@context": {f"a{n}": "as:x"}} for n in range(17)]}
    assert isinstance(normalise(nested), Rejected)
    assert isinstance(expand_and_compact(nested), Rejected)
    assert isinstance(Contexts().decide([[AS2] * 17]), str)


KEYS = st.sampled_from(
    [
        "actor",
        "object",
        "to",
        "cc",
        "tag",
        "attachment",
        "content",
        "name",
        "summary",
        "published",
        "url",
        "inReplyTo",
        "attributedTo",
        "sensitive",
        "quoteUrl",
        "endTime",
        "votersCount",
        "replies",
        "proof",
        "foo",
        "as:content",
        "as:to",
        "foo:bar",
        "toot:Emoji",
        "schema:geoRadius",
        "http://schema.org/geoRadius",
        "value",
        "icon",
        "mine",
        "alias",
    ]
)
STRINGS = st.sampled_from(
    [
        "https://a.example/1",
        "https://b.example/2",
        PUBLIC,
        "as:Public",
        "Public",
        "as:Note",
        "toot:x",
        "mine:x",
        "un texte",
        "2026-11-22T18:00:00Z",
        "urn:x:y",
        "http://a.example/",
        "acct:a@b.example",
    ]
)
TYPES_OF = st.sampled_from(
    [
        "Note",
        "Create",
        "Like",
        "Hashtag",
        "Mention",
        "Emoji",
        "Foo",
        "as:Note",
        "mine:Note",
        "Mine",
        AS2 + "#Note",
        "Document",
        "Link",
        "PropertyValue",
        "schema:GeoCircle",
    ]
)
CONTEXTS = st.lists(
    st.sampled_from(
        [
            AS2,
            SECURITY,
            "https://unknown.example/c",
            "https://w3id.org/security/data-integrity/v1",
            "https://p.example/schemas/litepub-0.1.jsonld",
            "https://join-lemmy.org/context.json",
            {"foo": "https://foo.example/ns#"},
            {"mine": AS2 + "#", "Mine": "mine:Note", "alias": "mine:content"},
            {"toot": "http://joinmastodon.org/ns#", "Emoji": "toot:Emoji", "Hashtag": "as:Hashtag"},
            {"schema": "http://schema.org#", "PropertyValue": "schema:PropertyValue"},
            {"content": "https://other.example/#content"},
            {"to": {"@id": "as:to"}, "published": {"@id": "as:published", "@type": "@id"}},
            {"quoteUrl": "as:quoteUrl", "sensitive": "as:sensitive", "value": "schema:value"},
            {"tag": {"@id": "as:tag", "@container": "@list"}},
            {"name": None},
            {"@language": "und"},
        ]
    ),
    max_size=4,
)
PLAIN = STRINGS | st.booleans() | st.integers(0, 9) | st.none()
NODES = st.recursive(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["https://a.example/1", "https://a.example/2"]), "type": TYPES_OF}
    ),
    lambda inner: st.builds(
        lambda base, more: {**base, **more},
        st.fixed_dictionaries({"type": TYPES_OF}),
        st.dictionaries(KEYS, PLAIN | inner | st.lists(PLAIN | inner, max_size=3), max_size=5),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(NODES, NODES, CONTEXTS)
def test_both_paths_agree_on_generated_documents(
    top: dict[str, Any], inner: dict[str, Any], contexts: list[Any]
) -> None:
    """Whatever the fast path lets through, the slow path reads alike."""
    document = {
        "object": inner,
        **top,
        "@context": contexts,
        "id": "https://a.example/0",
        "actor": "https://a.example/u",
    }
    if isinstance(normalise(document), dict):
        assert read(document) == read_slowly(document)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | STRINGS
    | TYPES_OF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            KEYS
            | st.sampled_from(
                ["@id", "@type", "@value", "@list", "@set", "@graph", "@reverse", "@context"]
            )
            | st.sampled_from(
                ["@included", "@nest", "@index", "@language", "@vocab", "@base", "id", "type"]
            )
            | st.sampled_from(["contentMap", "@container", "@propagate", "@import", "@protected"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(KEYS | st.sampled_from(["@context", "@graph", "type", "id"]), JUNK, max_size=5)
)
def test_no_json_makes_it_raise(document: dict[str, Any]) -> None:
    """Any JSON object is read, needs expansion, or is Rejected."""
    read(document)
    read_slowly(document)
