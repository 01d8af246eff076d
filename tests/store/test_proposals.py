"""Proposals, ours and those that neighbours passed on, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.aid.lifecycle import State
from node.aid.proposals import Answerable, Urgency
from node.store import neighbours, objects, proposals
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal, add_status, proposal, uri_of

LATER = NOW + 86_400.0


def ids(found: list[proposals.Listed]) -> list[int]:
    return [one.proposal.id for one in found]


async def test_a_proposal_is_stored_once_and_read_back_whole(store: Store) -> None:
    """With its place, its times and the activity that its author signed."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        of = add_status(tx, zoe, 1)
        made = proposal(
            of,
            uri_of("zoe", "m.example"),
            urgency=Urgency.CRITICAL,
            reach_m=3000,
            expires_at=LATER,
            due=LATER - 1,
            in_scope_of="https://m.example/crisis",
            starts_at=LATER - 3,
            ends_at=LATER - 2,
            languages=("ar", "en"),
            answerable=Answerable.VOUCHED,
            gathering=True,
            standing=True,
            opens_again_at=LATER + 1,
            reason="Doublon",
            occurrence=NOW + 1,
            asked_by_id=zoe,
            asked_in="https://m.example/notes/1",
            renewed_at=NOW + 2,
            notice_at=NOW + 3,
            closed_at=NOW + 4,
        )
        assert proposals.insert(tx, made, shown=False, create_activity='{"a": 1}')
        assert not proposals.insert(tx, replace(made, title="x"), shown=True, create_activity=None)
        stored = proposals.by_id(tx, of.id)
        assert stored == proposals.Stored(made, False, '{"a": 1}', None)
        assert proposals.by_id(tx, 1) is None

    await store.write(unit)


async def test_a_proposal_without_a_place_has_none(store: Store) -> None:
    """Neither a cell nor the coordinates 0, 0."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(
            tx, add_actor(tx, "zoe", "m.example"), 1, cell="", lat=0.0, lon=0.0, radius_m=0
        )
        stored = proposals.by_id(tx, made.id)
        assert stored is not None
        assert stored.proposal == made

    await store.write(unit)


async def test_an_edit_keeps_what_is_beside_it(store: Store) -> None:
    """The words and quantities change; whether it is shown and its Create stay."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(tx, add_actor(tx, "zoe", "m.example"), 1, create_activity='{"c": 1}')
        changed = replace(made, title="Autre", available="1", state=State.PARTLY_MATCHED)
        proposals.update(tx, changed, update_activity='{"u": 1}')
        assert proposals.by_id(tx, made.id) == proposals.Stored(
            changed, True, '{"c": 1}', '{"u": 1}'
        )

    await store.write(unit)


async def test_what_a_neighbour_passes_on_is_shown_from_then(store: Store) -> None:
    """The Create that came along is kept, and is not lost when it comes without one."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(
            tx, add_actor(tx, "zoe", "m.example"), 1, shown=False, create_activity=None
        )
        assert proposals.listed(tx, now=NOW) == []
        proposals.show(tx, made.id, create_activity='{"c": 1}')
        proposals.show(tx, made.id, create_activity=None)
        assert proposals.by_id(tx, made.id) == proposals.Stored(made, True, '{"c": 1}', None)
        assert ids(proposals.listed(tx, now=NOW)) == [made.id]

    await store.write(unit)


async def test_a_list_says_who_and_by_whose_word(store: Store) -> None:
    """The author's name and address, and the neighbour who vouches until the origin answers."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(tx, add_actor(tx, "zoe", "m.example"), 1)
        neighbours.mark_unconfirmed(tx, object_id=made.id, voucher="https://v.example", now=NOW)
        (found,) = proposals.listed(tx, now=NOW)
        assert found == proposals.Listed(
            made, None, False, "Zoe", "zoe", "m.example", "<p>1</p>", NOW, "https://v.example"
        )
        neighbours.confirm(tx, made.id)
        (found,) = proposals.listed(tx, now=NOW)
        assert (found.unconfirmed_since, found.voucher) == (None, None)

    await store.write(unit)


async def test_expired_things_leave_every_list_at_the_second(store: Store) -> None:
    """Whether or not anybody marked them; closed ones too; all are there when asked for."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        standing = add_proposal(tx, zoe, 1)
        ending = add_proposal(tx, zoe, 2, expires_at=LATER)
        partly = add_proposal(tx, zoe, 3, state=State.PARTLY_MATCHED)
        closed = [
            add_proposal(tx, zoe, 10 + n, state=state)
            for n, state in enumerate(set(State) - {State.OPEN, State.PARTLY_MATCHED})
        ]
        live = [partly.id, ending.id, standing.id]
        assert ids(proposals.listed(tx, now=LATER - 0.1)) == live
        assert ids(proposals.listed(tx, now=LATER)) == [partly.id, standing.id]
        every = ids(proposals.listed(tx, now=LATER, live_only=False))
        assert every == [*(one.id for one in reversed(closed)), *live]

    await store.write(unit)


@pytest.mark.parametrize("most", [1, 3, 50])
async def test_lists_are_paged_and_narrowed(store: Store, most: int) -> None:
    """Newest first without gaps; by place, author, tag or id."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        made = [
            add_proposal(
                tx,
                amina if n % 2 else zoe,
                n,
                local=bool(n % 2),
                tags=("vélo", "outils") if n % 3 == 0 else ("x",),
            )
            for n in range(8)
        ]
        newest = [one.id for one in reversed(made)]

        def pages(**which: object) -> list[int]:
            found: list[int] = []
            before: int | None = None
            while page := proposals.listed(tx, now=NOW, before=before, most=most, **which):  # type: ignore[arg-type]
                found += ids(page)
                before = found[-1]
            return found

        assert pages() == newest
        assert pages(local=True) == newest[::2]
        assert pages(local=False) == newest[1::2]
        assert pages(author_id=zoe) == newest[1::2]
        assert pages(tag="vélo") == [made[6].id, made[3].id, made[0].id]
        assert pages(tag="rien") == []
        assert pages(object_id=made[4].id) == [made[4].id]

    await store.write(unit)


async def test_ours_are_closed_when_their_time_is_over_copies_are_marked(store: Store) -> None:
    """The next expiry is that of the next live one of ours."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        assert proposals.next_moment(tx) is None
        add_proposal(tx, amina, 1, local=True)
        ours = add_proposal(tx, amina, 2, local=True, expires_at=LATER)
        add_proposal(tx, amina, 3, local=True, expires_at=NOW, state=State.DONE)
        copy = add_proposal(tx, zoe, 4, expires_at=LATER - 5)
        other = add_proposal(tx, zoe, 5, expires_at=LATER + 5)
        assert proposals.next_moment(tx) == LATER
        assert proposals.expired(tx, now=LATER - 0.1) == []
        assert proposals.expired(tx, now=LATER) == [ours.id]
        assert proposals.expired(tx, now=LATER, most=0) == []
        assert proposals.mark_expired_remote(tx, now=LATER) == [copy.id]
        assert proposals.mark_expired_remote(tx, now=LATER) == []
        states = [
            stored.proposal.state
            for one in (ours, copy, other)
            if (stored := proposals.by_id(tx, one.id))
        ]
        assert states == [State.OPEN, State.EXPIRED, State.OPEN]

    await store.write(unit)


async def test_time_says_what_opens_again_and_of_what_to_remind(store: Store) -> None:
    """Only of ours, in the order in which it is due, and the next moment is the nearest of all."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        enough = State.SATISFIED_FOR_NOW
        add_proposal(tx, zoe, 1, state=enough, opens_again_at=NOW, notice_at=NOW)
        later = add_proposal(tx, amina, 2, local=True, state=enough, opens_again_at=LATER)
        sooner = add_proposal(tx, amina, 3, local=True, state=enough, opens_again_at=LATER - 1)
        paused = add_proposal(
            tx, amina, 4, local=True, state=State.PAUSED, expires_at=LATER + 9, notice_at=LATER - 2
        )
        add_proposal(tx, amina, 5, local=True, state=State.DONE, expires_at=NOW)
        assert proposals.next_moment(tx) == LATER - 2
        assert proposals.opening_again(tx, now=LATER - 2) == []
        assert proposals.opening_again(tx, now=LATER) == [sooner.id, later.id]
        assert proposals.opening_again(tx, now=LATER, most=1) == [sooner.id]
        assert proposals.to_remind(tx, now=LATER - 2) == [paused.id]
        proposals.set_notice(tx, paused.id, None)
        assert proposals.to_remind(tx, now=LATER * 2) == []
        assert proposals.next_moment(tx) == LATER - 1
        assert proposals.expired(tx, now=LATER + 9) == [paused.id]
        assert proposals.has_published(tx, amina)
        assert not proposals.has_published(tx, add_actor(tx, "bruno"))

    await store.write(unit)


async def test_a_new_neighbour_is_offered_what_can_be_passed_on(store: Store) -> None:
    """Live, shown, and with the activity as its author signed it; oldest first, newest kept."""

    def unit(tx: Transaction) -> None:
        zoe = add_actor(tx, "zoe", "m.example")
        made = [add_proposal(tx, zoe, n) for n in range(4)]
        add_proposal(tx, zoe, 10, create_activity=None)
        add_proposal(tx, zoe, 11, shown=False)
        add_proposal(tx, zoe, 12, state=State.WITHDRAWN)
        add_proposal(tx, zoe, 13, expires_at=NOW)
        assert proposals.to_offer(tx, now=NOW) == [one.id for one in made]
        assert proposals.to_offer(tx, now=NOW, most=2) == [one.id for one in made[2:]]

    await store.write(unit)


async def test_a_proposal_goes_with_its_object(store: Store) -> None:
    """And cannot come back without one."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(tx, add_actor(tx, "zoe", "m.example"), 1)
        of = objects.by_id(tx, made.id)
        assert of is not None
        objects.delete(tx, of, by=made.author_uri, now=NOW)
        assert proposals.by_id(tx, made.id) is None
        assert proposals.listed(tx, now=NOW, live_only=False) == []

    await store.write(unit)
