"""Agreements, their history and the contact details that go with them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from node.aid.agreements import Agreement, Channel, State
from node.ids import new_id
from node.store import agreements, objects, reveals
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal

LATER = 4_102_444_800  # 2100: seconds that no 32 bits hold


def people(tx: Transaction) -> tuple[int, int, int, int]:
    """Amina, whose proposal it is; Zoe and Yann elsewhere; the proposal."""
    amina = add_actor(tx, "amina")
    zoe, yann = add_actor(tx, "zoe", "presquile.example"), add_actor(tx, "yann", "vaise.example")
    return amina, zoe, yann, add_proposal(tx, amina, 1, local=True).id


def answer(tx: Transaction, who: tuple[int, int, int, int], by: int, **changes: Any) -> Agreement:
    number = new_id()
    made = Agreement(
        id=number,
        uri=None,
        offer_uri=f"https://presquile.example/activities/{number}",
        proposal_id=who[3],
        author_id=who[0],
        answerer_id=by,
        channel=Channel.VF,
        state=State.PROPOSED,
        quantity="2.5",
        unit="kilogram",
        text="J’arrive à midi 🚲.",
        reason="",
        language="fr",
        due=None,
        accept_uri=None,
        accepted_at=None,
        handed_over_at=None,
        returned_at=None,
        confirmed_by_author_at=None,
        confirmed_by_answerer_at=None,
        ended_at=None,
        created_at=NOW,
        updated_at=NOW,
        version=0,
    )
    made = replace(made, **changes)
    assert agreements.insert(tx, made)
    return made


async def test_there_and_back(store: Store) -> None:
    """All of an agreement is kept, found by each of its names, and changed as a whole."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        made = answer(tx, who, who[1])
        assert agreements.by_id(tx, made.id) == made
        assert agreements.by_offer(tx, made.offer_uri) == made
        assert agreements.by_uri(tx, "https://croix-rousse.example/agreements/1") is None
        changed = replace(
            made,
            uri="https://croix-rousse.example/agreements/1",
            state=State.NO_SHOW,
            quantity="1",
            unit="hour",
            text="",
            reason="Personne.",
            due=NOW + 1,
            accept_uri="https://croix-rousse.example/agreements/1#accept",
            accepted_at=NOW + 2,
            handed_over_at=NOW + 3,
            returned_at=NOW + 4,
            confirmed_by_author_at=NOW + 5,
            confirmed_by_answerer_at=NOW + 6,
            ended_at=NOW + 7,
            updated_at=NOW + 8.5,
            version=LATER,
        )
        agreements.update(tx, changed)
        assert changed.uri is not None
        assert changed.accept_uri is not None
        assert agreements.by_id(tx, made.id) == changed
        assert agreements.by_uri(tx, changed.uri) == changed
        assert agreements.by_accept(tx, changed.accept_uri) == changed

    await store.write(unit)


async def test_the_same_offer_twice_is_one(store: Store) -> None:
    """Whoever sends it again, the first stays as it is."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        made = answer(tx, who, who[1])
        again = replace(made, id=new_id(), answerer_id=who[2], quantity="9")
        assert not agreements.insert(tx, again)
        assert agreements.of_proposal(tx, who[3]) == [made]

    await store.write(unit)


async def test_pages_of_a_person(store: Store) -> None:
    """Both sides, newest first, by state, by proposal, in pages; nothing of others."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        amina, zoe, yann, proposal = who
        other = add_proposal(tx, zoe, 2).id
        mine = [answer(tx, who, zoe, state=state) for state in (State.PROPOSED, State.ACCEPTED)]
        mine += [answer(tx, (zoe, amina, yann, other), amina, state=State.REFUSED)]
        of_yann = answer(tx, (zoe, amina, yann, other), yann, state=State.DISPUTED)
        found = agreements.of_person(tx, amina)
        assert found == mine[::-1]
        assert agreements.of_person(tx, amina, open_only=True) == mine[1::-1]
        assert agreements.of_person(tx, amina, states=[State.REFUSED]) == mine[2:]
        assert agreements.of_person(tx, amina, proposal_id=proposal) == mine[1::-1]
        assert agreements.of_person(tx, amina, most=1) == mine[2:]
        assert agreements.of_person(tx, amina, most=1, before=mine[2].id) == mine[1:2]
        assert agreements.of_person(tx, amina, before=mine[0].id) == []
        assert agreements.of_person(tx, yann) == [of_yann]
        assert agreements.between(tx, proposal, zoe) == mine[:2]
        assert agreements.between(tx, proposal, yann) == []

    await store.write(unit)


async def test_those_of_the_quartier(store: Store) -> None:
    """For its mediators: everybody's about what was published here, in the same pages, and none
    about what others published."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        amina, zoe, yann, _ = who
        theirs = add_proposal(tx, zoe, 2).id
        elsewhere = answer(tx, (zoe, amina, yann, theirs), yann, state=State.DISPUTED)
        made = [
            answer(tx, who, yann, state=State.REFUSED),
            answer(tx, who, zoe, state=State.DISPUTED),
        ]
        assert agreements.at_home(tx) == made[::-1]
        assert agreements.at_home(tx, states=[State.DISPUTED]) == made[1:]
        assert agreements.at_home(tx, open_only=True) == made[1:]
        assert agreements.at_home(tx, before=made[1].id, most=1) == made[:1]
        assert agreements.at_home(tx, proposal_id=theirs) == []
        assert agreements.one_at_home(tx, made[0].id) == made[0]
        assert agreements.one_at_home(tx, elsewhere.id) is None

    await store.write(unit)


async def test_how_many_answers_of_late(store: Store) -> None:
    """Of a person, of a server, to one proposal or to all, since a moment."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        _, zoe, yann, proposal = who
        other = add_proposal(tx, who[0], 2, local=True).id
        for at in (NOW - 100, NOW, NOW + 1):
            answer(tx, who, zoe, created_at=at)
        answer(tx, (*who[:3], other), zoe)
        answer(tx, who, yann)
        since = agreements.answers_since
        assert since(tx, NOW) == 4
        assert since(tx, NOW, answerer_id=zoe) == 3
        assert since(tx, NOW, answerer_id=zoe, proposal_id=proposal) == 2
        assert since(tx, NOW, domain="vaise.example", proposal_id=proposal) == 1
        assert since(tx, NOW, domain="vaise.example", proposal_id=other) == 0
        assert since(tx, NOW + 2) == 0

    await store.write(unit)


async def test_what_happened_is_told_once(store: Store) -> None:
    """In the order in which it was heard; the same activity again is no second line."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        made = answer(tx, who, who[1])
        said = "https://presquile.example/activities/7#document"

        def record(event: str, activity_uri: str | None, text: str = "") -> bool:
            return agreements.record(
                tx,
                made.id,
                event=event,
                actor_id=who[1],
                activity_uri=activity_uri,
                text=text,
                at=NOW,
            )

        assert not agreements.is_recorded(tx, said)
        assert record("accept", None)
        assert record("confirm", said, "Merci !")
        assert not record("confirm", said, "Merci encore !")
        assert record("dispute", None)
        assert agreements.is_recorded(tx, said)
        found = [(line.event, line.text) for line in agreements.history(tx, made.id)]
        assert found == [("accept", ""), ("confirm", "Merci !"), ("dispute", "")]
        words = agreements.words_of(tx, made.id, who[1])
        assert [(word.event, word.activity_uri) for word in words] == [("confirm", said)]
        assert agreements.words_of(tx, made.id, who[0]) == []

    await store.write(unit)


async def test_contact_details_come_and_go(store: Store) -> None:
    """One of each side, the newest counts; taken back by one, or by both at the end."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        amina, zoe = who[:2]
        made, beside = answer(tx, who, zoe), answer(tx, who, who[2])

        def show(agreement: Agreement, actor: int, contact: str, note: str | None) -> None:
            reveals.reveal(
                tx,
                agreement_id=agreement.id,
                actor_id=actor,
                contact=contact,
                note_uri=note,
                now=NOW,
            )

        show(made, amina, "04 78 00 00 00", None)
        show(made, amina, "06 11 22 33 44", "https://croix-rousse.example/objects/5")
        show(made, zoe, "zoe@presquile.example", None)
        show(beside, amina, "à la loge", None)
        found = {one.actor_id: one.contact for one in reveals.revealed(tx, made.id)}
        assert found == {amina: "06 11 22 33 44", zoe: "zoe@presquile.example"}
        several = reveals.revealed_of(tx, [made.id, beside.id, 5])
        assert {key: len(shown) for key, shown in several.items()} == {made.id: 2, beside.id: 1}
        assert reveals.revealed_of(tx, []) == {}
        by_note = reveals.revealed_in(tx, "https://croix-rousse.example/objects/5")
        assert by_note is not None
        assert (by_note.agreement_id, by_note.actor_id) == (made.id, amina)
        reveals.hide(tx, made.id, actor_id=zoe)
        assert [one.actor_id for one in reveals.revealed(tx, made.id)] == [amina]
        reveals.hide(tx, made.id)
        assert reveals.revealed(tx, made.id) == []
        assert len(reveals.revealed(tx, beside.id)) == 1

    await store.write(unit)


async def test_what_hangs_on_a_proposal_goes_with_it(store: Store) -> None:
    """The agreement, what happened to it, and the details."""

    def unit(tx: Transaction) -> None:
        who = people(tx)
        made = answer(tx, who, who[1])
        agreements.record(tx, made.id, event="accept", actor_id=None, activity_uri=None, at=NOW)
        reveals.reveal(
            tx, agreement_id=made.id, actor_id=who[0], contact="06", note_uri=None, now=NOW
        )
        status = objects.by_id(tx, who[3])
        assert status is not None
        objects.delete(tx, status, by="https://croix-rousse.example/users/amina", now=NOW)
        assert agreements.by_id(tx, made.id) is None
        assert agreements.history(tx, made.id) == []
        assert reveals.revealed(tx, made.id) == []

    await store.write(unit)
