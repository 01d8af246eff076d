"""Drafts as stored, on both databases."""

from __future__ import annotations

from dataclasses import replace

from node.store import drafts
from node.store.drafts import Kept
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor


def kept(author_id: int, number: int, **values: object) -> Kept:
    made = Kept(
        id=number,
        author_id=author_id,
        state="draft",
        fields={"title": "Deux sacs", "place": [45.7, 4.8], "gathering": True, "languages": ["ar"]},
        source="api",
        asked_by_id=None,
        asked_in=None,
        note="",
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(made, **values)  # type: ignore[arg-type]


async def test_a_draft_is_kept_changed_and_thrown_away(store: Store) -> None:
    """Its fields come back as they went in; what is not named stays."""

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        one = kept(amina, 1, asked_by_id=9, asked_in="https://m.example/1", source="mention")
        drafts.insert(tx, one)
        assert drafts.by_id(tx, 1) == one
        drafts.change(tx, 1, state="review", note="Où ?", now=NOW + 1)
        assert drafts.by_id(tx, 1) == replace(one, state="review", note="Où ?", updated_at=NOW + 1)
        drafts.change(tx, 1, fields={}, now=NOW + 2)
        changed = drafts.by_id(tx, 1)
        assert changed is not None
        assert (changed.fields, changed.state, changed.note) == ({}, "review", "Où ?")
        assert drafts.delete(tx, 1)
        assert not drafts.delete(tx, 1)
        assert drafts.by_id(tx, 1) is None

    await store.write(unit)


async def test_lists_are_those_of_one_author_or_of_the_mediators(store: Store) -> None:
    """In keyset pages, newest first."""

    def unit(tx: Transaction) -> None:
        amina, bruno = add_actor(tx, "amina"), add_actor(tx, "bruno")
        for number in range(1, 7):
            author = amina if number % 2 else bruno
            drafts.insert(tx, kept(author, number, state="review" if number > 3 else "draft"))
        assert [one.id for one in drafts.of_author(tx, amina, most=9)] == [5, 3, 1]
        assert [one.id for one in drafts.of_author(tx, amina, before=5, most=1)] == [3]
        assert [one.id for one in drafts.in_review(tx, most=2)] == [6, 5]
        assert [one.id for one in drafts.in_review(tx, before=5, most=2)] == [4]
        assert (drafts.count_of(tx, bruno), drafts.count_in_review(tx)) == (3, 3)

    await store.write(unit)
