"""Documents that are sent: each has a golden file, and loses nothing in JSON-LD."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.activitypub import render
from node.activitypub.addresses import Addresses
from node.activitypub.documents import (
    Create,
    Delete,
    Flag,
    Follow,
    Move,
    ObjectDocument,
    Unknown,
    parse_activity,
    parse_actor,
    parse_object,
)
from node.activitypub.jsonld import check_safe, normalise
from node.activitypub.keys import generate_ed25519, load_private, multikey_public_key
from node.activitypub.proofs import make_proof, verify_proof
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import PUBLIC
from node.social.accounts import Actor
from node.social.visibility import Visibility, addressed

GOLDEN = Path(__file__).parent.parent / "data" / "golden_render"

HERE = Addresses("https://croix-rousse.example", "croix-rousse.example")
THERE = "https://presquile.example/quartier"
LEA = "https://social.example/users/lea"
AMINA = HERE.user("amina")
FOLLOWERS = HERE.followers_of(AMINA)
ACTIVITY = HERE.activity(114812345678901234)
OBJECT = HERE.object(114812345678901230)
SOME_TIME = 1_795_370_400.0  # 2026-11-22T18:00:00Z
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQ==\n-----END PUBLIC KEY-----\n"
MULTIBASE = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"  # FEP-8b32's test vector
CENTRE = render.Centre("Croix-Rousse", 45.774, 4.828, 800)


def actor(username: str, type: str, **changes: Any) -> Actor:
    uri = HERE.actor_of(username)
    given: dict[str, Any] = {
        "id": 1,
        "uri": uri,
        "local": True,
        "type": type,
        "kind": None,
        "username": username,
        "domain": HERE.domain,
        "name": username.title(),
        "summary": "",
        "inbox": HERE.inbox_of(uri),
        "shared_inbox": HERE.shared_inbox,
        "outbox_uri": HERE.outbox_of(uri),
        "followers_uri": HERE.followers_of(uri),
        "following_uri": HERE.following_of(uri),
        "featured_uri": HERE.featured_of(uri),
        "url": HERE.profile(username),
        "icon_url": None,
        "manually_approves": False,
        "discoverable": True,
        "indexable": False,
        "moved_to": None,
        "also_known_as": (),
        "territory": None,
        "suspended": False,
        "gone": False,
        "created_at": SOME_TIME,
        "updated_at": SOME_TIME + 3600,
    }
    return Actor(**{**given, **changes})


def rendered(one: Actor, **more: Any) -> dict[str, Any]:
    return render.actor_document(one, HERE, rsa_pem=PEM, ed25519_multibase=MULTIBASE, **more)


def activity(write: Any, **more: Any) -> dict[str, Any]:
    given = {"activity_id": ACTIVITY, "actor": AMINA, "published": SOME_TIME, **more}
    document: dict[str, Any] = write(**given)
    return document


def note() -> dict[str, Any]:
    return render.direct_note(
        object_id=OBJECT,
        author=AMINA,
        to=[render.Recipient(LEA, "lea@social.example")],
        content="<p>Bonjour Léa</p>",
        language="fr",
        published=SOME_TIME,
        url=HERE.page("amina", 114812345678901230),
        in_reply_to="https://social.example/notes/1",
        conversation=HERE.context(OBJECT),
    )


FOLLOW = {"id": THERE + "/follows/1", "type": "Follow", "actor": THERE, "object": HERE.quartier}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "actor-application": rendered(
        actor(HERE.node_username, "Application", name="Croix-Rousse", manually_approves=True),
        neighbours=HERE.neighbours_of(HERE.actor),
    ),
    "actor-group": rendered(
        actor("quartier", "Group", territory="881ea6d653fffff 891ea6d6503ffff"), centre=CENTRE
    ),
    "actor-urgent": rendered(actor("urgent", "Group")),
    "actor-organization": rendered(actor("centre_social", "Organization")),
    "actor-person": rendered(
        actor(
            "amina",
            "Person",
            kind="resident",
            summary="<p>Je bricole.</p>",
            icon_url="https://croix-rousse.example/media/a.png",
            also_known_as=("https://social.example/users/amina",),
            moved_to="https://presquile.example/users/amina",
            suspended=True,
        ),
        fields=[("Langues", "<p>français, arabe</p>")],
    ),
    "create": activity(render.create, object=note(), to=[LEA]),
    "update": activity(render.update, object=note(), to=[LEA], published=SOME_TIME + 60),
    "delete": activity(
        render.delete,
        object={"id": OBJECT, "type": "Tombstone", "formerType": "Note"},
        to=[PUBLIC],
        cc=[FOLLOWERS],
    ),
    "delete-actor": activity(render.delete, object=AMINA, to=[PUBLIC]),
    "follow": activity(render.follow, actor=HERE.quartier, object=THERE),
    "accept": activity(render.accept, actor=HERE.quartier, object=FOLLOW, to=[THERE]),
    "accept-offer": activity(
        render.accept,
        object="https://social.example/offers/1",
        to=[LEA],
        result={"type": "Agreement", "id": HERE.agreement(5)},
    ),
    "reject": activity(
        render.reject,
        actor=HERE.quartier,
        object=FOLLOW,
        to=[THERE],
        content="<p>Pas maintenant.</p>",
    ),
    "undo": activity(
        render.undo,
        actor=HERE.quartier,
        object={"id": ACTIVITY, "type": "Announce", "actor": HERE.quartier, "object": OBJECT},
        to=[PUBLIC],
        cc=[HERE.followers_of(HERE.quartier)],
    ),
    "announce": activity(
        render.announce,
        actor=HERE.quartier,
        object=OBJECT,
        to=[PUBLIC],
        cc=[HERE.followers_of(HERE.quartier), AMINA],
    ),
    "announce-activity": activity(
        render.announce,
        actor=HERE.quartier,
        object=activity(
            render.create, activity_id=HERE.activity(1), object=note(), to=[PUBLIC], cc=[FOLLOWERS]
        ),
        to=[THERE],
    ),
    "like": activity(render.like, object="https://social.example/notes/1", to=[LEA]),
    "block": activity(render.block, object=LEA),
    "ignore": activity(render.ignore, object=LEA + "#joins/1", to=(LEA,)),
    "move": activity(render.move, target="https://presquile.example/users/amina", to=[FOLLOWERS]),
    "flag": activity(
        render.flag,
        actor=HERE.actor,
        objects=[LEA, "https://social.example/notes/1"],
        content="Insultes",
        to=[LEA],
    ),
    "add": activity(
        render.add, object=OBJECT, target=HERE.featured_of(AMINA), to=[PUBLIC], cc=[FOLLOWERS]
    ),
    "remove": activity(render.remove, object=OBJECT, target=HERE.featured_of(AMINA), to=[PUBLIC]),
    "note-direct": note(),
    "tombstone": render.tombstone(object_id=OBJECT, former_type="Note", deleted=SOME_TIME),
    "collection": render.ordered_collection(
        collection_id=FOLLOWERS,
        total=41,
        first=FOLLOWERS + "?page=true",
        last=FOLLOWERS + "?page=true&min=0",
        attributed_to=AMINA,
    ),
    "collection-whole": render.ordered_collection(
        collection_id=HERE.featured_of(AMINA), items=[OBJECT]
    ),
    "collection-empty": render.ordered_collection(collection_id=FOLLOWERS, items=[]),
    "collection-hidden": render.ordered_collection(collection_id=FOLLOWERS, total=3),
    "collection-page": render.ordered_collection_page(
        page_id=FOLLOWERS + "?before=9",
        part_of=FOLLOWERS,
        items=[LEA],
        total=41,
        next=FOLLOWERS + "?before=5",
        prev=FOLLOWERS + "?after=9",
    ),
    "collection-page-last": render.ordered_collection_page(
        page_id=FOLLOWERS + "?before=5", part_of=FOLLOWERS, items=[]
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_what_they_were(name: str) -> None:
    """A change of what others read is made on purpose: the golden file changes with it."""
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert DOCUMENTS[name] == golden


def test_there_is_no_golden_file_too_many() -> None:
    """Every golden file belongs to a document that is still written."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_lost_in_json_ld(name: str) -> None:
    """Every property survives expansion in safe mode, and our own reader needs no expansion."""
    assert check_safe(DOCUMENTS[name]) == []
    assert normalise(DOCUMENTS[name]) is DOCUMENTS[name]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("actor-")])
def test_actors_are_read_as_they_were_meant(name: str) -> None:
    """What an actor document says comes back from our own reader, keys included."""
    found = parse_actor(DOCUMENTS[name])
    assert not isinstance(found, Rejected)
    assert found.id == DOCUMENTS[name]["id"]
    assert found.type == DOCUMENTS[name]["type"]
    assert found.webfinger == f"{found.preferred_username}@croix-rousse.example"
    assert found.shared_inbox == HERE.shared_inbox
    assert found.featured == HERE.featured_of(found.id)
    assert {key.id: key.kind for key in found.public_keys} == {
        HERE.rsa_key_of(found.id): "rsa",
        HERE.ed25519_key_of(found.id): "ed25519",
    }
    assert "https://datatracker.ietf.org/doc/html/rfc9421" in found.implements


def test_what_only_some_actors_say() -> None:
    """The quartier tells its territory, the node its key collection, a person its fields."""
    quartier = parse_actor(DOCUMENTS["actor-group"])
    node = parse_actor(DOCUMENTS["actor-application"])
    amina = parse_actor(DOCUMENTS["actor-person"])
    assert not isinstance(quartier, Rejected)
    assert not isinstance(node, Rejected)
    assert not isinstance(amina, Rejected)
    assert quartier.territory == ("881ea6d653fffff", "891ea6d6503ffff")
    assert node.neighbours == "https://croix-rousse.example/actor/neighbours"
    assert [(field.name, field.value) for field in amina.fields] == [
        ("Langues", "<p>français, arabe</p>")
    ]
    assert amina.moved_to == "https://presquile.example/users/amina"
    assert amina.also_known_as == ("https://social.example/users/amina",)
    assert amina.suspended


def test_nobody_learns_at_what_hour_somebody_joined() -> None:
    """The day is told, as Mastodon does."""
    assert DOCUMENTS["actor-person"]["published"] == "2026-11-22T00:00:00Z"


def test_no_document_holds_a_blind_copy() -> None:
    """`bto` and `bcc` have no place in anything that is sent."""
    for document in DOCUMENTS.values():
        assert not {"bto", "bcc"} & set(document)


def test_an_actor_document_can_be_proven() -> None:
    """The node's key makes its proof, and the proof holds for the document as sent."""
    private, public = generate_ed25519()
    key_id = HERE.ed25519_key_of(HERE.actor)
    proven = make_proof(
        DOCUMENTS["actor-person"], load_private(key_id, "ed25519", private), now=SOME_TIME
    )
    key = multikey_public_key(key_id, HERE.actor, public)
    assert not isinstance(key, Rejected)
    assert verify_proof(json.loads(json.dumps(proven)), key, now=SOME_TIME)


@pytest.mark.parametrize(
    "name",
    # an Ignore ends what no node of ours begins: nobody here waits for one
    [name for name, document in DOCUMENTS.items() if "actor" in document and name != "ignore"],
)
def test_activities_are_read_as_they_were_meant(name: str) -> None:
    """Our own reader knows each activity that we send, by id and actor."""
    found = parse_activity(DOCUMENTS[name])
    assert not isinstance(found, Rejected | Unknown)
    assert found.id == DOCUMENTS[name]["id"]
    assert found.actor == DOCUMENTS[name]["actor"]


def test_activities_of_each_kind() -> None:
    """The parts that rules look at stand where readers look for them."""
    follow, delete = parse_activity(DOCUMENTS["follow"]), parse_activity(DOCUMENTS["delete"])
    flag, move = parse_activity(DOCUMENTS["flag"]), parse_activity(DOCUMENTS["move"])
    create = parse_activity(DOCUMENTS["create"])
    assert isinstance(follow, Follow)
    assert follow.object.iri == THERE
    assert DOCUMENTS["follow"]["to"] == [THERE]
    assert isinstance(delete, Delete)
    assert delete.object.iri == OBJECT
    assert isinstance(flag, Flag)
    assert isinstance(move, Move)
    assert isinstance(create, Create)
    assert create.object.iri == OBJECT


def test_a_direct_note_is_direct() -> None:
    """It reaches only whom it names, and mentions them so that Mastodon shows it."""
    found = parse_object(DOCUMENTS["note-direct"])
    assert isinstance(found, ObjectDocument)
    assert found.to == (LEA,)
    assert addressed(found.to, found.cc).visibility(FOLLOWERS) is Visibility.DIRECT
    assert [mention.href for mention in found.mentions] == [LEA]


def test_a_collection_that_hides_its_members() -> None:
    """It tells how many and shows nobody."""
    assert set(DOCUMENTS["collection-hidden"]) == {"@context", "id", "type", "totalItems"}
    assert DOCUMENTS["collection-empty"]["totalItems"] == 0
