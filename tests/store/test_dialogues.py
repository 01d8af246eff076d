"""Conversations with people elsewhere as stored, on both databases."""

from __future__ import annotations

from node.social.visibility import Visibility
from node.store import dialogues, drafts, objects
from node.store.dialogues import Dialogue, Subject
from node.store.drafts import Kept
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, status

NOTE = "https://mastodon.example/notes/1"


def remember(tx: Transaction, peer: int, speaker: int, **more: object) -> None:
    values: dict[str, object] = {
        "subject": Subject.AGREEMENT,
        "subject_id": 1,
        "awaits": "answer",
        "language": "fr",
        "context": None,
        "last_note": NOTE,
        "now": NOW,
    }
    values.update(more)
    dialogues.remember(tx, peer_id=peer, speaker_id=speaker, **values)  # type: ignore[arg-type]


async def test_there_is_one_conversation_about_one_thing(store: Store) -> None:
    """What is said later takes the place of what was said before."""

    def unit(tx: Transaction) -> None:
        zoe, quartier = add_actor(tx, "zoe"), add_actor(tx, "quartier")
        remember(tx, zoe, quartier)
        remember(tx, zoe, quartier, awaits="stop", language="en", now=NOW + 1)
        remember(tx, zoe, quartier, subject=Subject.NONE, subject_id=None, now=NOW + 2)
        remember(tx, zoe, quartier, subject=Subject.NONE, subject_id=None, now=NOW + 3)
        found = dialogues.of_peer(tx, zoe)
        assert [(one.subject, one.updated_at) for one in found] == [
            (Subject.NONE, NOW + 3),
            (Subject.AGREEMENT, NOW + 1),
        ]
        about = dialogues.about(tx, zoe, Subject.AGREEMENT, 1)
        assert about == found[1]
        assert (found[1].awaits, found[1].language) == ("stop", "en")
        assert dialogues.about(tx, quartier, Subject.AGREEMENT, 1) is None
        assert dialogues.of_peer(tx, zoe, since=NOW + 2) == found[:1]

    await store.write(unit)


async def test_it_is_found_by_its_last_note_and_by_what_was_asked(store: Store) -> None:
    """By the reader alone: a note answers one person."""

    def unit(tx: Transaction) -> None:
        zoe, yan = add_actor(tx, "zoe"), add_actor(tx, "yan")
        quartier = add_actor(tx, "quartier")
        remember(tx, zoe, quartier, subject=Subject.PROPOSAL, subject_id=7)
        found = dialogues.by_last_note(tx, zoe, NOTE)
        assert isinstance(found, Dialogue)
        assert dialogues.by_last_note(tx, yan, NOTE) is None
        assert dialogues.asker_of(tx, 7) == found
        assert dialogues.asker_of(tx, 8) is None
        dialogues.heard(tx, found.id, note_uri=f"{NOTE}2", language="en", now=NOW + 5)
        assert dialogues.by_last_note(tx, zoe, NOTE) is None
        changed = dialogues.by_last_note(tx, zoe, f"{NOTE}2")
        assert changed is not None
        assert (changed.language, changed.updated_at) == ("en", NOW + 5)
        dialogues.forget(tx, found.id)
        assert dialogues.of_peer(tx, zoe) == []

    await store.write(unit)


async def test_old_conversations_and_letters_go(store: Store) -> None:
    """Both directions of the letters; public notes and newer ones stay."""

    def unit(tx: Transaction) -> None:
        zoe, quartier = add_actor(tx, "zoe"), add_actor(tx, "quartier")
        uri = "https://here.example/quartier"
        remember(tx, zoe, quartier, now=NOW)
        remember(tx, zoe, quartier, subject_id=2, now=NOW + 10)
        rows = (
            (1, quartier, Visibility.DIRECT, NOW, ()),
            (2, zoe, Visibility.DIRECT, NOW, (uri,)),
            (3, zoe, Visibility.DIRECT, NOW, ("https://here.example/users/amina",)),
            (4, quartier, Visibility.PUBLIC, NOW, ()),
            (5, quartier, Visibility.DIRECT, NOW + 10, ()),
        )
        for number, author, visibility, at, to in rows:
            objects.insert(
                tx,
                status(author, number, id=number, visibility=visibility, published=at),
                addressed=to,
            )
        assert dialogues.forget_old(tx, before=NOW + 5, most=10) == 1
        assert [one.subject_id for one in dialogues.of_peer(tx, zoe)] == [2]
        forgotten = dialogues.forget_letters(
            tx, quartier_id=quartier, quartier_uri=uri, before=NOW + 5, most=10
        )
        assert forgotten == 2
        assert [objects.by_id(tx, number) is not None for number in range(1, 6)] == [
            *(False, False),
            *(True, True, True),
        ]

    await store.write(unit)


async def test_what_one_person_causes_is_counted(store: Store) -> None:
    """Letters to them lately, and what they asked for that waits."""

    def unit(tx: Transaction) -> None:
        zoe, quartier = add_actor(tx, "zoe"), add_actor(tx, "quartier")
        to = "https://elsewhere.example/users/zoe"
        for number, at in ((1, NOW), (2, NOW + 10)):
            objects.insert(
                tx,
                status(quartier, number, visibility=Visibility.DIRECT, published=at),
                addressed=(to,),
            )
        assert dialogues.notes_to(tx, to, author_ids=[quartier], since=NOW + 5) == 1
        assert dialogues.notes_to(tx, to, author_ids=[zoe], since=NOW) == 0
        drafts.insert(tx, Kept(9, quartier, "review", {}, "mention", zoe, NOTE, "", NOW, NOW))
        assert dialogues.waiting_drafts(tx, quartier, zoe) == [(9, NOTE)]
        assert dialogues.waiting_drafts(tx, zoe, quartier) == []
        assert dialogues.waiting_answers(tx, zoe) == 0
        assert not dialogues.is_known(tx, zoe)

    await store.write(unit)
