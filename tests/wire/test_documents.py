"""Typed documents: what peers send, read right, and what may not be believed, refused."""

from __future__ import annotations

from typing import Any

import pytest

from node.activitypub.documents import (
    Accept,
    ActorDocument,
    Attachment,
    Create,
    Emoji,
    EmojiReact,
    Flag,
    Hashtag,
    Like,
    Mention,
    ObjectDocument,
    Offer,
    PollOption,
    PublicKey,
    Reference,
    Tombstone,
    Unknown,
    parse_activity,
    parse_actor,
    parse_object,
)
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import PUBLIC

ANA = "https://m.example/users/ana"
NOTE = "https://m.example/notes/1"
ED25519 = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2"


def activity(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "https://m.example/act/1", "type": kind, "actor": ANA, "object": NOTE, **more}


def actor(**more: Any) -> dict[str, Any]:
    return {"id": ANA, "type": "Person", "inbox": ANA + "/inbox", **more}


def note(**more: Any) -> dict[str, Any]:
    return {"id": NOTE, "type": "Note", "attributedTo": ANA, **more}


def read_actor(**more: Any) -> ActorDocument:
    found = parse_actor(actor(**more))
    assert isinstance(found, ActorDocument)
    return found


def read_object(**more: Any) -> ObjectDocument:
    found = parse_object(note(**more))
    assert isinstance(found, ObjectDocument)
    return found


KNOWN = [
    "Create",
    "Update",
    "Delete",
    "Follow",
    "Accept",
    "Reject",
    "Undo",
    "Like",
    "Announce",
    "Block",
    "Move",
    "Flag",
    "Add",
    "Remove",
    "Offer",
]


@pytest.mark.parametrize("kind", KNOWN)
def test_every_known_activity_has_its_class(kind: str) -> None:
    """Each type that we act on is read as its own class, with common fields."""
    found = parse_activity(activity(kind, to=PUBLIC, cc=[ANA], audience={"id": ANA}))
    assert not isinstance(found, Rejected | Unknown)
    assert type(found).__name__ == kind
    assert found.actor == ANA
    assert found.object == Reference(NOTE)
    assert (found.to, found.cc, found.audience) == ((PUBLIC,), (ANA,), (ANA,))


def test_other_activities_are_unknown() -> None:
    """A Dislike or a View is kept and ignored, with or without an object."""
    document = activity("Dislike")
    found = parse_activity(document)
    assert isinstance(found, Unknown)
    assert found.type == "Dislike"
    assert found.document is document
    assert isinstance(parse_activity({"type": "Travel", "actor": ANA}), Unknown)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Create", "object": NOTE},
        activity("Create", actor=[ANA, "https://m.example/users/bob"]),
        activity("Create", id="https://other.example/act/1"),
        activity("Create", id="http://m.example/act/1"),
        activity("Create", id="nonsense"),
        activity("Create", actor="nonsense"),
        activity("Create", object=None),
        activity("Create", object={}),
        activity("Create", type=[]),
    ],
)
def test_activities_that_are_none(document: dict[str, Any]) -> None:
    """No actor, two actors, a foreign id or no object: Rejected."""
    assert isinstance(parse_activity(document), Rejected)


def test_an_embedded_object_is_a_reference_with_more() -> None:
    """The IRI and the object itself; an object that is only an id is a plain IRI."""
    inner = note(content="x")
    found = parse_activity(activity("Create", object=inner))
    assert isinstance(found, Create)
    assert found.object == Reference(NOTE, inner)
    plain = parse_activity(activity("Announce", object={"id": NOTE}))
    assert not isinstance(plain, Rejected)
    assert plain.object == Reference(NOTE)


def test_an_agreement_needs_no_address_to_be_offered() -> None:
    """FEP-0837: the Agreement in an Offer is anonymous, the one in the Accept has its id."""
    agreement = {"type": "Agreement", "stipulates": {"type": "Commitment"}}
    offer = parse_activity(activity("Offer", object=agreement))
    assert isinstance(offer, Offer)
    assert offer.object == Reference(None, agreement)
    made = {"id": "https://m.example/agreements/1", **agreement}
    accept = parse_activity(activity("Accept", result=made))
    assert isinstance(accept, Accept)
    assert accept.result == Reference("https://m.example/agreements/1", made)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "EmojiReact", "content": ":blob:"},
        {"type": "Like", "content": ":blob:"},
        {"type": "Like", "_misskey_reaction": ":blob:"},
    ],
)
def test_reactions_of_pleroma_and_misskey(more: dict[str, Any]) -> None:
    """All say the emoji, and the custom one's picture is in the tags."""
    tag = {
        "type": "Emoji",
        "name": ":blob:",
        "icon": {"type": "Image", "url": "https://m.example/b.png"},
    }
    found = parse_activity(activity("Like", tag=[tag]) | more)
    assert isinstance(found, EmojiReact)
    assert (found.emoji, found.picture) == (":blob:", "https://m.example/b.png")


def test_a_plain_like_is_a_like() -> None:
    """Without an emoji a Like is one, and so is an EmojiReact that says none."""
    assert isinstance(parse_activity(activity("Like")), Like)
    assert isinstance(parse_activity(activity("EmojiReact")), Like)


def test_a_flag_names_several_things() -> None:
    """Mastodon reports the account and the posts in one array."""
    found = parse_activity(activity("Flag", object=[ANA, NOTE], content="spam"))
    assert isinstance(found, Flag)
    assert found.objects == (Reference(ANA), Reference(NOTE))
    assert found.content == "spam"


def test_an_actor_with_everything() -> None:
    """A Mastodon actor with both kinds of key, fields and consent."""
    found = read_actor(
        preferredUsername="ana",
        name="Ana",
        summary="<p>Bonjour</p>",
        url="https://m.example/@ana",
        outbox=ANA + "/outbox",
        followers=ANA + "/followers",
        featured=ANA + "/featured",
        endpoints={"sharedInbox": "https://m.example/inbox"},
        manuallyApprovesFollowers=True,
        discoverable=True,
        alsoKnownAs=["https://old.example/ana"],
        movedTo="https://new.example/ana",
        icon={"type": "Image", "url": "https://files.example/a.png"},
        attachment=[{"type": "PropertyValue", "name": "Site", "value": "<a href='x'>x</a>"}],
        publicKey={"id": ANA + "#main-key", "owner": ANA, "publicKeyPem": "-----BEGIN"},
        assertionMethod=[
            {
                "id": ANA + "#ed",
                "type": "Multikey",
                "controller": ANA,
                "publicKeyMultibase": ED25519,
            }
        ],
        generator={
            "type": "Application",
            "implements": [{"href": "https://www.rfc-editor.org/9421"}],
        },
        webfinger="acct:ana@m.example",
        territory=["891fb466257ffff", "nonsense", "891fb466257ffff"],
    )
    assert found.shared_inbox == "https://m.example/inbox"
    assert found.manually_approves
    assert not found.indexable
    assert found.public_keys == (
        PublicKey(ANA + "#main-key", "rsa", "-----BEGIN"),
        PublicKey(ANA + "#ed", "ed25519", ED25519),
    )
    assert found.fields[0].name == "Site"
    assert found.icon == "https://files.example/a.png"
    assert found.also_known_as == ("https://old.example/ana",)
    assert found.moved_to == "https://new.example/ana"
    assert found.implements == ("https://www.rfc-editor.org/9421",)
    assert found.webfinger == "ana@m.example"
    assert found.territory == ("891fb466257ffff",)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Note"},
        {"type": None},
        {"id": "nonsense"},
        {"inbox": None},
        {"inbox": "https://victim.example/inbox"},
    ],
)
def test_actors_that_are_none(more: dict[str, Any]) -> None:
    """Another type, no address, no inbox or one elsewhere: Rejected."""
    assert isinstance(parse_actor(actor(**more)), Rejected)


def test_addresses_of_other_origins_count_as_not_given() -> None:
    """Nobody can send our deliveries to a stranger's inbox or lend himself a stranger's list."""
    foreign = "https://victim.example/x"
    found = read_actor(endpoints={"sharedInbox": foreign}, followers=foreign, outbox=foreign)
    assert (found.shared_inbox, found.followers, found.outbox) == (None, None, None)


@pytest.mark.parametrize(
    "key",
    [
        {"id": ANA + "#k", "owner": "https://m.example/users/bob", "publicKeyPem": "x"},
        {"id": "https://other.example/k", "owner": ANA, "publicKeyPem": "x"},
        {"id": "https://m.example/k", "publicKeyPem": "x"},
        {"id": ANA + "#k", "owner": "nonsense", "publicKeyPem": "x"},
        {"id": ANA + "#k", "owner": ANA},
        {"owner": ANA, "publicKeyPem": "x"},
        ANA + "#k",
    ],
)
def test_keys_that_are_not_the_actors(key: Any) -> None:
    """A key of another owner or origin, or without material, is no key of the actor."""
    assert read_actor(publicKey=key).public_keys == ()


def test_a_key_may_leave_its_owner_out() -> None:
    """A fragment of the actor's own address says whose it is."""
    key = {"id": ANA + "#k", "publicKeyPem": "x"}
    assert len(read_actor(publicKey=[key]).public_keys) == 1


def test_actor_limits() -> None:
    """Names, bios, fields and aliases are clipped to limits.md."""
    found = read_actor(
        name="x" * 3000,
        summary="x" * 30_000,
        attachment=[{"type": "PropertyValue", "name": "a", "value": "b"}] * 99,
        alsoKnownAs=[f"https://a.example/{n}" for n in range(999)],
    )
    assert len(found.name or "") == 2048
    assert len(found.summary or "") == 20_480
    assert len(found.fields) == 50
    assert len(found.also_known_as) == 256


def test_a_note_with_everything() -> None:
    """Tags of three kinds, a picture with its alt text, a quote and a thread."""
    found = read_object(
        content="<p>x</p>",
        contentMap={"fr": "<p>x</p>"},
        inReplyTo={"id": "https://n.example/1"},
        context="https://m.example/c/1",
        sensitive=True,
        summary="CW",
        tag=[
            {"type": "Hashtag", "name": "#Vélo", "href": "https://m.example/t/velo"},
            {"type": "Hashtag", "name": "vélo"},
            {"type": "Mention", "href": "https://n.example/u", "name": "@u"},
            {"type": "Emoji", "name": ":blob:", "icon": {"url": "https://m.example/b.png"}},
        ],
        attachment={
            "type": "Document",
            "url": "https://m.example/a.png",
            "mediaType": "image/PNG",
            "name": "un vélo",
            "focalPoint": [0.5, -2],
        },
        quoteUri="https://q.example/1",
        source={"content": "x", "mediaType": "text/markdown"},
        replies={"id": NOTE + "/replies", "type": "Collection"},
    )
    assert found.hashtags == (Hashtag("Vélo", "https://m.example/t/velo"),)
    assert found.mentions == (Mention("https://n.example/u", "@u"),)
    assert found.emojis == (Emoji("blob", "https://m.example/b.png", None),)
    assert found.attachments == (
        Attachment(
            "Document",
            "https://m.example/a.png",
            "image/png",
            "un vélo",
            None,
            None,
            None,
            (0.5, -1.0),
        ),
    )
    assert found.quote == "https://q.example/1"
    assert found.in_reply_to == "https://n.example/1"
    assert found.source == "x"
    assert found.replies == NOTE + "/replies"
    assert found.content_map == {"fr": "<p>x</p>"}
    assert found.sensitive


def test_a_video_of_peertube() -> None:
    """Two authors, a list of Links and Markdown."""
    found = read_object(
        type="Video",
        attributedTo=[
            {"type": "Group", "id": "https://m.example/c/atelier"},
            {"type": "Person", "id": ANA},
        ],
        url=[
            {
                "type": "Link",
                "mediaType": "application/x-mpegURL",
                "href": "https://m.example/v.m3u8",
            },
            {"type": "Link", "mediaType": "text/html", "href": "https://m.example/w/1"},
        ],
        mediaType="text/markdown",
        content="Réparer\n\n<b>un vélo",
    )
    assert (found.attributed_to, found.group) == (ANA, "https://m.example/c/atelier")
    assert found.url == "https://m.example/w/1"
    assert len(found.urls) == 2
    assert found.content == "<p>Réparer</p><p>&lt;b&gt;un vélo</p>"


def test_a_page_of_lemmy() -> None:
    """The link is an attachment, the community its audience."""
    found = read_object(
        type="Page",
        name="Atelier",
        audience="https://m.example/c/velo",
        attachment=[{"type": "Link", "href": "https://blog.example/1"}],
    )
    assert found.attachments[0].url == "https://blog.example/1"
    assert found.audience == ("https://m.example/c/velo",)


def test_a_poll() -> None:
    """anyOf takes several answers; votes, voters and the end are read."""
    answers = [{"type": "Note", "name": n, "replies": {"totalItems": 3}} for n in ("oui", "non")]
    found = read_object(
        type="Question", anyOf=answers, votersCount=4, endTime="2030-01-01T00:00:00Z"
    )
    assert found.options == (PollOption("oui", 3), PollOption("non", 3))
    assert found.multiple
    assert found.voters == 4
    assert found.end_time == 1_893_456_000.0


def test_a_quote_as_an_object_link() -> None:
    """FEP-e232: a Link among the tags, by its relation."""
    link = {"type": "Link", "href": NOTE, "rel": "https://misskey-hub.net/ns#_misskey_quote"}
    assert read_object(tag=link).quote == NOTE


def test_a_tombstone() -> None:
    """What remains of a deleted note."""
    found = parse_object({"id": NOTE, "type": "Tombstone", "formerType": "Note"})
    assert isinstance(found, Tombstone)
    assert (found.id, found.former_type) == (NOTE, "Note")


@pytest.mark.parametrize(
    "more", [{"id": None}, {"type": None}, {"attributedTo": "https://other.example/users/ana"}]
)
def test_objects_that_are_none(more: dict[str, Any]) -> None:
    """No address, no type, or an author of another origin: Rejected."""
    assert isinstance(parse_object(note(**more)), Rejected)


def test_unknown_types_keep_going() -> None:
    """A type that nobody knows keeps its name; a known one among several wins."""
    assert read_object(type="ChessGame").type == "ChessGame"
    assert read_object(type=["ChessGame", "Note"]).type == "Note"


def test_object_limits() -> None:
    """Tags, attachments and options are clipped to limits.md."""
    found = read_object(
        tag=[{"type": "Mention", "href": f"https://a.example/{n}"} for n in range(99)]
        + [{"type": "Hashtag", "name": f"#a{n}"} for n in range(99)],
        attachment=[{"type": "Image", "url": "https://a.example/1"}] * 99,
        oneOf=[{"name": "a"}] * 99,
    )
    assert len(found.mentions) == 50
    assert len(found.hashtags) == 50
    assert len(found.attachments) == 16
    assert len(found.options) == 50


def test_an_empty_list_of_answers_hides_no_other() -> None:
    """``anyOf: []`` beside ``oneOf`` is a poll of one answer."""
    found = read_object(type="Question", anyOf=[], oneOf=[{"name": "oui"}, {"name": "non"}])
    assert [one.name for one in found.options] == ["oui", "non"]
    assert not found.multiple
