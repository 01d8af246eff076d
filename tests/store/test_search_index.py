"""The index of words: whatever happens to a proposal, people find what is listed by the words it
has now, and nobody finds what they may not see."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from node.aid.lifecycle import State
from node.aid.searching import asked, matches, words_for
from node.store import blocks, objects, proposals, search_index, silences, tables
from node.store.engine import Store
from node.store.proposal_details import Reader, entries
from node.store.proposal_filters import Wanted
from node.store.proposal_search import find
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(sqlite_url)
    yield opened
    await opened.close()


async def test_the_index_of_words_follows_every_change(store: Store) -> None:
    """However a proposal comes, changes, closes, hides or goes: what is listed is found, by its
    words of now, and nothing else is."""

    def found(tx: Transaction, text: str) -> list[int]:
        return [one.id for one in find(tx, Wanted(now=NOW, asked=asked(text)))]

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        one = add_proposal(tx, amina, 1, local=True, title="Perceuse à prêter", text="Très utile")
        hidden = add_proposal(tx, amina, 2, local=True, title="Perceuse cachée", shown=False)
        assert found(tx, "perceuses") == found(tx, "PERC") == found(tx, "utile") == [one.id]

        one = replace(one, title="Visseuse", text="")
        proposals.update(tx, one, update_activity="{}")
        assert (found(tx, "perceuse"), found(tx, "visseuse")) == ([], [one.id])

        proposals.show(tx, hidden.id, create_activity=None)
        assert found(tx, "perceuse") == [hidden.id]
        proposals.hide(tx, hidden.id)
        assert found(tx, "perceuse") == []

        proposals.update(tx, replace(one, state=State.PAUSED), update_activity="{}")
        assert found(tx, "visseuse") == []
        proposals.update(tx, replace(one, state=State.PARTLY_MATCHED), update_activity="{}")
        assert found(tx, "visseuse") == [one.id]

        status = objects.by_id(tx, one.id)
        assert status is not None
        objects.delete(tx, status, by="u", now=NOW)
        assert found(tx, "visseuse") == []
        search_index.tidy(tx)
        if (
            tx.dialect == "sqlite"
        ):  # it compares every word with the table's; raises when it differs
            tx.execute(
                sa.text("INSERT INTO proposal_words (proposal_words) VALUES ('integrity-check')")
            )

    await store.write(unit)


async def test_words_that_were_taken_out_are_gone_from_the_database(sqlite_store: Store) -> None:
    """FTS5 keeps what is deleted until its parts are merged: housekeeping merges them."""

    def parts(tx: Transaction) -> bytes:
        return b"".join(row[0] for row in tx.all(sa.text("SELECT block FROM proposal_words_data")))

    def publish(tx: Transaction) -> int:
        amina = add_actor(tx, "amina")
        return add_proposal(tx, amina, 1, local=True, title="Schizzophonie").id

    def remove(tx: Transaction, number: int) -> None:
        status = objects.by_id(tx, number)
        assert status is not None
        objects.delete(tx, status, by="u", now=NOW)

    number = await sqlite_store.write(publish)
    assert b"zophonie" in await sqlite_store.read(parts)
    await sqlite_store.write(remove, number)
    await sqlite_store.write(search_index.tidy)
    assert b"zophonie" not in await sqlite_store.read(parts)


async def test_no_words_are_an_operator(store: Store) -> None:
    """Whatever people type is words, or nothing."""

    def unit(tx: Transaction) -> None:
        made = add_proposal(tx, add_actor(tx, "amina"), 1, title="Near or not, and nothing else")
        for text in ('near "or"', "NOT nothing", "a* OR (b", "or:*", "' | '", "words:near", "\\"):
            question = asked(text)
            if question is not None:
                found = [one.id for one in find(tx, Wanted(now=NOW, asked=question))]
                assert found == ([made.id] if matches(words_for(made, "1"), question) else []), text

    await store.write(unit)


async def test_words_of_any_script_are_found_by_themselves(store: Store) -> None:
    """Both databases take for a word what we do, and nothing that people write for an order."""
    chance = random.Random(3)
    written = [chr(one) for one in range(33, 0x3000) if unicodedata.category(chr(one))[0] in "LNPS"]

    def unit(tx: Transaction) -> None:
        amina = add_actor(tx, "amina")
        titles = ["".join(chance.choices([*written, *" '\"*:(" * 90], k=6)) for _ in range(150)]
        words = {}
        for number, title in enumerate(titles):
            one = add_proposal(tx, amina, number, title=title)
            words[one.id] = words_for(one, "1")
        for title in titles:
            question = asked(title)
            if question is not None:
                found = {one.id for one in find(tx, Wanted(now=NOW, asked=question, most=200))}
                assert found == {one for one in words if matches(words[one], question)}, title

    await store.write(unit)


# ── who sees what ────────────────────────────────────────────────────────────────────────────


async def test_whom_one_does_not_see_is_left_out(store: Store) -> None:
    """Suspended people for all, silenced ones in lists, blocked ones either way; one's own is
    always there, and mediators see what is not listed."""

    def unit(tx: Transaction) -> None:
        amina, zoe = add_actor(tx, "amina"), add_actor(tx, "zoe", "m.example")
        made = add_proposal(tx, zoe, 1)
        removed = add_proposal(tx, zoe, 2, shown=False, state=State.REMOVED)
        ids = [made.id, removed.id]

        def seen(reader: Reader, **how: bool) -> list[int]:
            return sorted(entries(tx, ids, reader, **how))

        mediator = Reader(actor_id=amina, mediator=True)
        assert seen(Reader()) == seen(Reader(actor_id=amina)) == [made.id]
        assert seen(mediator) == [made.id]
        assert seen(mediator, unlisted=True) == seen(Reader(actor_id=zoe)) == ids
        silences.silence(tx, zoe, reason="bruit", now=NOW)
        assert seen(Reader()) == []
        assert seen(Reader(), addressed=True) == [made.id]
        silences.unsilence(tx, zoe)
        blocks.put(tx, actor_id=zoe, target_id=amina, activity_uri=None, now=NOW)
        assert seen(Reader(actor_id=amina)) == []
        assert seen(Reader()) == [made.id]
        tx.execute(
            sa.update(tables.actors).where(tables.actors.c.id == zoe).values(suspended_at=NOW)
        )
        assert seen(Reader(), addressed=True) == []

    await store.write(unit)
