"""The addresses of a node, both ways."""

from __future__ import annotations

import pytest

from node.activitypub.addresses import (
    ActivityRef,
    ActorRef,
    Addresses,
    AgreementRef,
    CollectionRef,
    KeyRef,
    LocalRef,
    ObjectRef,
    PageRef,
    ProfileRef,
    SharedInboxRef,
    TagRef,
)

BASE = "https://croix-rousse.example"
HERE = Addresses(BASE, "croix-rousse.example")
AMINA = HERE.user("amina")


@pytest.mark.parametrize(
    ("iri", "path", "ref"),
    [
        (HERE.actor, "/actor", ActorRef("croix-rousse.example")),
        (HERE.quartier, "/quartier", ActorRef("quartier")),
        (HERE.urgent, "/urgent", ActorRef("urgent")),
        (AMINA, "/users/amina", ActorRef("amina")),
        (HERE.shared_inbox, "/inbox", SharedInboxRef()),
        (HERE.inbox_of(AMINA), "/users/amina/inbox", CollectionRef("amina", "inbox")),
        (HERE.outbox_of(HERE.urgent), "/urgent/outbox", CollectionRef("urgent", "outbox")),
        (
            HERE.followers_of(HERE.quartier),
            "/quartier/followers",
            CollectionRef("quartier", "followers"),
        ),
        (HERE.following_of(AMINA), "/users/amina/following", CollectionRef("amina", "following")),
        (
            HERE.featured_of(AMINA),
            "/users/amina/collections/featured",
            CollectionRef("amina", "featured"),
        ),
        (
            HERE.followers_synchronization(AMINA),
            "/users/amina/followers_synchronization",
            CollectionRef("amina", "followers_synchronization"),
        ),
        (
            HERE.neighbours_of(HERE.actor),
            "/actor/neighbours",
            CollectionRef("croix-rousse.example", "neighbours"),
        ),
        (HERE.rsa_key_of(AMINA), "/users/amina#main-key", KeyRef("amina", "rsa")),
        (
            HERE.ed25519_key_of(HERE.quartier),
            "/quartier#ed25519-key",
            KeyRef("quartier", "ed25519"),
        ),
        (HERE.object(12), "/objects/12", ObjectRef(12)),
        (HERE.replies(HERE.object(12)), "/objects/12/replies", ObjectRef(12, "replies")),
        (HERE.context(HERE.object(12)), "/objects/12/context", ObjectRef(12, "context")),
        (HERE.activity(2**63 - 1), f"/activities/{2**63 - 1}", ActivityRef(2**63 - 1)),
        (HERE.activity(7) + "/undo", "/activities/7/undo", ActivityRef(7, undone=True)),
        (HERE.agreement(5), "/agreements/5", AgreementRef(5)),
        (HERE.profile("amina"), "/@amina", ProfileRef("amina")),
        (HERE.page("amina", 12), "/@amina/12", PageRef("amina", 12)),
        (HERE.tag("Ménage"), "/tags/m%C3%A9nage", TagRef("ménage")),
    ],
)
def test_every_address_leads_back(iri: str, path: str, ref: LocalRef) -> None:
    """Each kind of IRI stands where wire.md says and is read as what it was made for."""
    assert iri == BASE + path
    assert HERE.parse(iri) == ref


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing",
        "/users",
        "/users/",
        "/users/amina/",
        "/users/amina/secrets",
        "/users/a b",
        "/users/../actor",
        "/users/quartier",
        "/users/croix-rousse.example",
        "/users/" + "x" * 31,
        "/users/amina?page=1",
        "/users/amina#other-key",
        "/objects/12#primary",
        "/quartier/",
        "/quartier/users/amina",
        "/objects/",
        "/objects/0",
        "/objects/012",
        "/objects/-1",
        "/objects/١٢",
        "/objects/1e3",
        f"/objects/{2**63}",
        "/objects/" + "9" * 5000,
        "/objects/12/likes",
        "/objects/12/",
        "/activities/7/redo",
        "/activities/7/undo/undo",
        "/agreements/5/x",
        "/@",
        "/@amina/",
        "/@amina/x",
        "/@a/1/2",
        "/tags/",
        "/tags/a%2Fb",
        "/tags/%00",
        "/tags/" + "x" * 101,
        "/inbox/",
    ],
)
def test_what_is_no_address_of_ours(path: str) -> None:
    """Another spelling is another IRI: it names nothing."""
    assert HERE.parse(BASE + path) is None


@pytest.mark.parametrize(
    "iri",
    [
        "https://croix-rousse.example.evil/users/amina",
        "https://croix-rousse.example@evil.example/users/amina",
        "http://croix-rousse.example/users/amina",
        "https://CROIX-ROUSSE.example/users/amina",
        "https://other.example/users/amina",
        "acct:amina@croix-rousse.example",
        "",
    ],
)
def test_another_origin_is_never_ours(iri: str) -> None:
    """Only what begins with our own base is ours."""
    assert HERE.parse(iri) is None


def test_names_of_the_nodes_own_actors() -> None:
    """The node is called like its host, without the port; the Groups like their addresses."""
    local = Addresses("http://127.0.0.1:3001", "127.0.0.1:3001")
    assert local.node_username == "127.0.0.1"
    assert local.actor_of("127.0.0.1") == local.actor
    assert local.actor_of("Quartier") == local.quartier
    assert local.actor_of("urgent") == local.urgent
    assert local.actor_of("amina") == local.user("amina")
    assert local.handle("amina") == "amina@127.0.0.1:3001"
    assert local.parse(local.actor) == ActorRef("127.0.0.1")
