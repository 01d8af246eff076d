"""Believing while the origin is silent: every link of the chain, and every way to break it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from node.activitypub.keys import PrivateKey, generate_ed25519, load_private
from node.activitypub.proofs import make_proof
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid.trust import (
    Confirmed,
    NodeKey,
    Unbelieved,
    Unconfirmed,
    believe,
    make_key_statement,
    read_key_statement,
)

NOW = 1_795_370_400.0
Document = dict[str, Any]


def key_of(owner: str) -> PrivateKey:
    return load_private(f"{owner}#ed25519-key", "ed25519", generate_ed25519()[0])


class Node:
    """A node with one person; its documents are made fresh, to be tampered with."""

    def __init__(self, host: str) -> None:
        self.origin = f"https://{host}"
        self.actor = f"{self.origin}/actor"
        self.key = key_of(self.actor)
        self.person = f"{self.origin}/users/amina"
        self.person_key = key_of(self.person)

    def known(self, voucher: str = "") -> NodeKey:
        return NodeKey(self.origin, self.actor, self.key.public_text, voucher)

    def author(self, change: Callable[[Document], None] | None = None) -> Document:
        document: Document = {
            "@context": OUR_CONTEXT,
            "id": self.person,
            "type": "Person",
            "inbox": f"{self.person}/inbox",
            "assertionMethod": [
                {
                    "id": self.person_key.id,
                    "type": "Multikey",
                    "controller": self.person,
                    "publicKeyMultibase": self.person_key.public_text,
                }
            ],
        }
        if change:
            change(document)
        return make_proof(document, self.key, now=NOW)

    def activity(
        self, kind: str = "Create", change: Callable[[Document], None] | None = None
    ) -> Document:
        document: Document = {
            "@context": OUR_CONTEXT,
            "id": f"{self.origin}/activities/1",
            "type": kind,
            "actor": self.person,
            "to": [PUBLIC],
            "cc": [f"{self.person}/followers"],
            "object": {
                "id": f"{self.origin}/objects/1",
                "type": "Note",
                "attributedTo": self.person,
                "to": [PUBLIC],
                "purpose": "request",
            },
        }
        if kind == "Delete":
            document["object"] = f"{self.origin}/objects/1"
        if change:
            change(document)
        return make_proof(document, self.person_key, now=NOW)


HOME, NEIGHBOUR, OTHER = Node("a.example"), Node("b.example"), Node("c.example")


def verdict(activity: Document, author: Document | None = None, *known: NodeKey) -> object:
    return believe(activity, activity, author or HOME.author(), known or (HOME.known(),))


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_node_that_we_met_is_confirmed(kind: str) -> None:
    """Proposal ← author's key ← node's key ← met before: as good as from the origin."""
    assert verdict(HOME.activity(kind)) == Confirmed()


def test_a_neighbours_word_is_unconfirmed() -> None:
    """The same chain by a neighbour's word names the neighbour."""
    known = HOME.known(NEIGHBOUR.origin)
    assert verdict(HOME.activity(), None, known) == Unconfirmed("https://b.example")


def test_what_we_saw_ourselves_counts_alone() -> None:
    """A neighbour cannot replace the key of a node that we met by another."""
    impostor = Node("a.example")
    told = impostor.known(NEIGHBOUR.origin)
    assert verdict(impostor.activity(), impostor.author(), told) == Unconfirmed("https://b.example")
    answer = verdict(impostor.activity(), impostor.author(), HOME.known(), told)
    assert isinstance(answer, Unbelieved)
    assert verdict(HOME.activity(), None, HOME.known(), told) == Confirmed()


def test_nobody_has_met_the_node() -> None:
    """Without a word about the node's key there is nothing to believe."""
    assert isinstance(verdict(HOME.activity(), None, OTHER.known()), Unbelieved)
    assert isinstance(believe(HOME.activity(), HOME.activity(), HOME.author(), ()), Unbelieved)


def _set(*path: str | int) -> Callable[[Any], Callable[[Document], None]]:
    def with_value(value: Any) -> Callable[[Document], None]:
        def change(document: Document) -> None:
            inside: Any = document
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = value

        return change

    return with_value


@pytest.mark.parametrize(
    "change",
    [
        _set("type")("Follow"),
        _set("type")(["Create", "Announce"]),
        _set("actor")("https://a.example/users/bruno"),
        _set("actor")(["https://a.example/users/amina", "https://a.example/users/bruno"]),
        _set("actor")("https://c.example/users/amina"),
        _set("id")("https://c.example/activities/1"),
        _set("id")(None),
        _set("object", "id")("https://c.example/objects/1"),
        _set("object", "attributedTo")("https://a.example/users/bruno"),
        _set("object", "attributedTo")([HOME.person, "https://a.example/users/bruno"]),
        _set("object")("https://a.example/objects/1"),
        _set("object")([{"id": "https://a.example/objects/1"}] * 2),
        _set("object", "type")("Person"),
        _set("object", "purpose")(None),
        _set("to")(["https://b.example/users/chen"]),
        _set("object", "to")(["https://a.example/users/amina/followers"]),
    ],
)
def test_well_signed_and_still_not_believed(change: Callable[[Document], None]) -> None:
    """Only a public proposal of the author's own, all of one origin, travels this way."""
    assert isinstance(verdict(HOME.activity(change=change)), Unbelieved)


def test_a_private_delete_is_not_believed() -> None:
    """A Delete is as public as what it deletes."""
    activity = HOME.activity("Delete", _set("to")([HOME.person]))
    assert isinstance(verdict(activity), Unbelieved)


def test_one_changed_word_breaks_the_chain() -> None:
    """Neither the activity nor the author's document may change on the way."""
    activity = HOME.activity()
    activity["object"]["name"] = "Autre chose"
    assert isinstance(verdict(activity), Unbelieved)
    author = HOME.author()
    author["inbox"] = "https://c.example/inbox"
    assert isinstance(verdict(HOME.activity(), author), Unbelieved)


def test_proofs_must_be_there() -> None:
    """An activity or an author's document without a proof is not believed."""
    bare = HOME.activity()
    del bare["proof"]
    assert isinstance(verdict(bare), Unbelieved)
    author = HOME.author()
    del author["proof"]
    assert isinstance(verdict(HOME.activity(), author), Unbelieved)


def test_an_author_cannot_vouch_for_itself() -> None:
    """The author's document counts by its node's key, not by the author's own."""
    author = HOME.author()
    del author["proof"]
    own = make_proof(author, HOME.person_key, now=NOW)
    assert isinstance(verdict(HOME.activity(), own), Unbelieved)


def test_another_nodes_key_does_not_count() -> None:
    """A node that we know well cannot speak for people of another."""
    forged = make_proof(HOME.author(), OTHER.key, now=NOW)
    answer = verdict(HOME.activity(), forged, OTHER.known(), HOME.known())
    assert isinstance(answer, Unbelieved)


def test_the_key_must_be_the_authors() -> None:
    """A key listed under another's name, or another controller, does not sign for the author."""
    activity = HOME.activity()
    for change in (
        _set("assertionMethod", 0, "controller")("https://a.example/users/bruno"),
        _set("assertionMethod", 0, "id")("https://a.example/users/bruno#ed25519-key"),
        _set("assertionMethod", 0, "publicKeyMultibase")("zNonsense"),
        _set("assertionMethod")([]),
        _set("assertionMethod")("https://a.example/keys/1"),
        _set("id")("https://a.example/users/bruno"),
    ):
        assert isinstance(verdict(activity, HOME.author(change)), Unbelieved)


def test_a_context_cannot_make_one_person_speak_as_another() -> None:
    """The words that will be applied are judged, the bytes that came are verified."""
    received = HOME.activity()
    meaning = copy.deepcopy(received)
    meaning["actor"] = meaning["object"]["attributedTo"] = "https://a.example/users/bruno"
    answer = believe(received, meaning, HOME.author(), [HOME.known()])
    assert isinstance(answer, Unbelieved)


# ── key statements ───────────────────────────────────────────────────────────────────────────


def statement(change: Callable[[Document], None] | None = None, by: Node = NEIGHBOUR) -> Document:
    document = make_key_statement(
        id=f"{by.origin}/actor/acquaintances/a.example",
        node_actor=by.actor,
        about=HOME.known(),
        now=NOW,
        context=OUR_CONTEXT,
    )
    if change:
        change(document)
    return make_proof(document, by.key, now=NOW)


def read(document: Document, voucher: NodeKey | None = None) -> NodeKey | Rejected:
    return read_key_statement(
        document, voucher=voucher or NEIGHBOUR.known(), own_origin="https://us.example"
    )


def test_a_neighbour_tells_the_key_of_its_neighbour() -> None:
    """What one node states, the next one reads, and knows from whom it has it."""
    found = read(statement())
    assert found == HOME.known("https://b.example")
    assert isinstance(found, NodeKey)
    assert verdict(HOME.activity(), None, found) == Unconfirmed("https://b.example")


@pytest.mark.parametrize(
    "change",
    [
        _set("type")("Note"),
        _set("relationship")("http://purl.org/vocab/relationship/enemyOf"),
        _set("subject")("https://c.example/actor"),
        _set("attributedTo")("https://c.example/actor"),
        _set("id")("https://c.example/actor/acquaintances/a.example"),
        _set("object")("https://a.example/actor"),
        _set("object", "id")("https://b.example/other"),
        _set("object", "id")("https://us.example/actor"),
        _set("object", "id")("urn:x"),
        _set("object", "assertionMethod")([]),
        _set("object", "assertionMethod", 0, "controller")("https://c.example/actor"),
        _set("object", "assertionMethod", 0, "publicKeyMultibase")("zShort"),
        _set("object", "assertionMethod", 0, "publicKeyMultibase")(None),
    ],
)
def test_statements_that_say_too_much(change: Callable[[Document], None]) -> None:
    """Nobody vouches for itself, for us, in another's name, or with half a key."""
    assert isinstance(read(statement(change)), Rejected)


def test_statements_must_be_the_neighbours() -> None:
    """No proof, another's proof, a changed word, or a voucher that we never met: not taken."""
    bare = statement()
    del bare["proof"]
    assert isinstance(read(bare), Rejected)
    assert isinstance(read(make_proof(statement(), OTHER.key, now=NOW)), Rejected)
    changed = statement()
    changed["published"] = "2030-01-01T00:00:00Z"
    assert isinstance(read(changed), Rejected)
    assert isinstance(read(statement(), NEIGHBOUR.known("https://c.example")), Rejected)
    assert isinstance(read(statement(by=OTHER)), Rejected)
