"""The corpus of other servers' documents says where it is from and fits together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests import corpus
from tests.corpus import Entry, Json

ENTRIES = corpus.load()
VARIANTS = corpus.variants()

EFFECTS = {
    "object-stored",
    "object-updated",
    "object-deleted",
    "actor-updated",
    "actor-deleted",
    "actor-moved",
    "follow",
    "follow-undone",
    "follow-accepted",
    "follow-rejected",
    "reaction",
    "reaction-undone",
    "share",
    "share-undone",
    "shared-activity",
    "block",
    "report",
    "pinned",
    "vote",
    "offer-received",
    "joined",
    "left",
    "ignored",
}
VISIBILITIES = {"public", "unlisted", "followers", "direct"}

# Vocabularies, and specifications that documents point at: names, not places to go to.
NAMES = {
    "www.w3.org",
    "w3id.org",
    "schema.org",
    "joinmastodon.org",
    "ostatus.org",
    "gotosocial.org",
    "misskey-hub.net",
    "join-lemmy.org",
    "joinpeertube.org",
    "joinmobilizon.org",
    "pixelfed.org",
    "litepub.social",
    "purl.org",
    "purl.archive.org",
    "diasporafoundation.org",
    "webfinger.net",
    "datatracker.ietf.org",
    "www.ontology-of-units-of-measure.org",
    "www.wikidata.org",
}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)


def first_of(document: Json, *keys: str) -> Any:
    return next((document[key] for key in keys if key in document), None)


def id_of(value: Any) -> Any:
    if isinstance(value, list):
        return [id_of(item) for item in value]
    return value.get("id") if isinstance(value, dict) else value


def named(entry: Entry) -> str:
    return entry.name


def test_every_server_has_an_actor_an_object_and_a_life_of_an_object() -> None:
    """At least 60 documents; each server has an actor, an object, a Create, Update and Delete."""
    assert len(ENTRIES) >= 60
    for server, entries in corpus.by_server().items():
        kinds = {entry.kind for entry in entries}
        assert kinds == {"actor", "object", "activity"}, server
        assert len(entries) >= 4, server
        for what in ("actor", "create", "update", "delete"):
            assert corpus.find(server, what).server == server


def test_groups_are_there_for_the_servers_that_have_them() -> None:
    """Lemmy, PeerTube, Mobilizon and Friendica each bring a Group."""
    for server in ("lemmy", "peertube", "mobilizon", "friendica"):
        kinds = [e.expect["type"] for e in corpus.by_server()[server] if e.kind == "actor"]
        assert "Group" in kinds, server


def test_numbers_run_without_gaps() -> None:
    """The files of a folder are numbered from 01 and each names one thing."""
    for server, entries in corpus.by_server().items():
        numbers = [int(entry.name.split("/")[1].split("-")[0]) for entry in entries]
        assert numbers == list(range(1, len(entries) + 1)), server
        assert len({entry.what for entry in entries}) == len(entries), server


@pytest.mark.parametrize("entry", ENTRIES + VARIANTS, ids=named)
def test_an_entry_names_its_source_and_what_to_expect(entry: Entry) -> None:
    """Source, server and expectations are filled in, in words that the tests know."""
    assert len(entry.source) > 20
    assert entry.server == entry.name.split("/")[0]
    assert entry.expect["type"]
    match entry.kind:
        case "actor":
            assert {"preferredUsername", "inbox", "key_id", "shared_inbox"} <= set(entry.expect)
        case "object":
            assert entry.expect["visibility"] in VISIBILITIES
        case "activity":
            assert entry.expect["words"]
            assert entry.expect["effect"] in EFFECTS
            assert set(entry.expect.get("effect_or", ())) <= EFFECTS
            assert entry.expect.get("visibility", "public") in VISIBILITIES


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_expectations_agree_with_the_document(entry: Entry) -> None:
    """Ids, types, actors and keys that `expect` names are those of the document."""
    document, expect = entry.document, entry.expect
    assert document["type"] == expect["type"]
    assert document.get("id") == expect["id"]
    match entry.kind:
        case "actor":
            assert document["publicKey"]["id"] == expect["key_id"]
            assert document["publicKey"]["owner"] == expect["id"]
            assert document["inbox"] == expect["inbox"]
            shared = document.get("endpoints", {}).get("sharedInbox")
            assert shared == expect["shared_inbox"]
        case "object":
            authors = document["attributedTo"]
            first = authors[0] if isinstance(authors, list) else authors
            assert id_of(first) == expect["author"]
            assert expect["content_contains"] in document.get("content", "")
        case "activity":
            assert id_of(document["actor"]) == expect["actor"]
            assert id_of(document["object"]) == expect["object"]


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_what_an_entry_requires_exists_and_comes_first(entry: Entry) -> None:
    """Required entries exist, have lower numbers, and include the actor and author."""
    for name in entry.requires:
        needed = corpus.get(name)
        assert needed.server == entry.server
        assert needed.name < entry.name
    known = {needed.id for needed in corpus.closure(entry)}
    for role in ("actor", "author"):
        if role in entry.expect:
            assert entry.expect[role] in known


@pytest.mark.parametrize("server", corpus.SERVERS)
def test_create_update_and_delete_speak_of_one_object(server: str) -> None:
    """The three activities name one object, and the update takes away what it says it does."""
    create, update, delete = (corpus.find(server, w) for w in ("create", "update", "delete"))
    assert create.expect["object"] == update.expect["object"] == delete.expect["object"]
    before = create.document["object"]["content"]
    after = update.document["object"]["content"]
    assert create.expect["content_contains"] in before
    assert update.expect["content_contains"] in after
    assert update.expect["content_contains"] not in before
    assert update.expect["content_gone"] in before
    assert update.expect["content_gone"] not in after
    whole = [e for e in corpus.by_server()[server] if e.id == create.expect["object"]]
    assert [e.kind for e in whole] == ["object"], "the object stands alone too, to be fetched"
    alone = {k: v for k, v in whole[0].document.items() if k != "@context"}
    within = {k: v for k, v in create.document["object"].items() if k != "@context"}
    assert alone == within


@pytest.mark.parametrize("entry", ENTRIES + VARIANTS, ids=named)
def test_no_document_names_a_real_place(entry: Entry) -> None:
    """Addresses lead to placeholders or .example hosts; only vocabularies have real names."""
    for text in texts(entry.document):
        for address in re.findall(r"https?://[^\s\"'<>\\]+", text):
            host = urlsplit(address).hostname or ""
            assert host in {"host", "node", "other"} | NAMES or host.endswith(".example"), address


@pytest.mark.parametrize("entry", ENTRIES + VARIANTS, ids=named)
def test_instantiated_documents_have_no_placeholder_left(entry: Entry) -> None:
    """Hosts, our ids and keys are filled in, in keys and values and in the expectations."""
    document = corpus.instantiate(
        entry, host="127.0.0.1:4001", node="127.0.0.1:4000", object_id="7"
    )
    expect = corpus.expectations(entry, host="127.0.0.1:4001", node="127.0.0.1:4000", object_id="7")
    whole = json.dumps([document, expect])
    assert not re.search(r"HOST|NODE|OTHER|OBJECT_ID|FOLLOW_ID|PUBLIC_KEY", whole)
    if entry.kind == "actor":
        load_pem_public_key(document["publicKey"]["publicKeyPem"].encode())


@pytest.mark.parametrize("entry", ENTRIES + VARIANTS, ids=named)
def test_the_peer_serves_the_actor_of_what_it_sends(entry: Entry) -> None:
    """Whoever acts or wrote is among what the peer serves, each under its own id."""
    places = {"host": "127.0.0.1:4001", "node": "127.0.0.1:4000"}
    found = corpus.served(entry, **places)
    expect = corpus.expectations(entry, **places)
    for role in ("actor", "author"):
        if role in expect and expect.get("effect") != "actor-deleted":
            assert found[expect[role]]["inbox"]
    for address, document in found.items():
        assert document["id"] == address
        assert address.startswith("http://127.0.0.1:4001")


def test_the_peer_serves_the_newest_state_of_an_object() -> None:
    """After an Update the object reads as updated; after a Delete it is no longer served."""
    places = {"host": "127.0.0.1:4001", "node": "127.0.0.1:4000"}
    for server in corpus.SERVERS:
        update, delete = corpus.find(server, "update"), corpus.find(server, "delete")
        address = corpus.expectations(update, **places)["object"]
        assert (
            update.expect["content_contains"] in corpus.served(update, **places)[address]["content"]
        )
        assert address not in corpus.served(delete, **places), server


def test_origins_may_be_given_whole() -> None:
    """A node with an https name beside a peer on loopback keeps both schemes apart."""
    entry = corpus.find("mastodon", "like")
    document = corpus.instantiate(entry, host="127.0.0.1:4001", node="https://croix.example")
    assert document["actor"] == "http://127.0.0.1:4001/users/agathe"
    assert document["object"] == "https://croix.example/objects/1"


def test_variants_are_many_and_name_what_they_equal() -> None:
    """At least twelve ways to write the base, each with the same expectations."""
    base, *others = VARIANTS
    assert base.same_as is None
    assert len(others) >= 12
    for variant in others:
        assert variant.same_as == base.name
        assert variant.expect["sameness"] in {"graph", "reading"}
        ignored = {"words", "sameness"}
        assert {k: v for k, v in variant.expect.items() if k not in ignored} == {
            k: v for k, v in base.expect.items() if k not in ignored
        }
    assert len({json.dumps(v.document, sort_keys=True) for v in VARIANTS}) == len(VARIANTS)


def test_variants_expand_to_one_object_wherever_the_id_is_written() -> None:
    """Every variant has the id of the base's activity somewhere at its root or in its @graph."""
    for variant in VARIANTS:
        nodes = variant.document.get("@graph", [variant.document])
        ids = {first_of(node, "id", "@id", "ident") for node in nodes}
        assert variant.id in ids, variant.name
