"""What was written for people without an account: the open ones that are alike, and those that end
soon, on both databases."""

from __future__ import annotations

from typing import Any

from node.aid.lifecycle import State
from node.store import on_behalf
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor, add_proposal

DAY = 86_400.0


def write(tx: Transaction, author: int, number: int, who: str, **values: Any) -> int:
    subject = add_proposal(tx, author, number, local=True, **values).id
    on_behalf.put(tx, on_behalf.OnBehalf(subject, author, who, who, NOW, "paper", "au marché", NOW))
    return subject


async def test_what_is_open_and_alike_is_found(store: Store) -> None:
    """By its title, or by the person and the topic; not what is over, nor another purpose."""

    def unit(tx: Transaction) -> None:
        maud = add_actor(tx, "maud", local=True)
        first = write(tx, maud, 1, "Mme Vial", title="Deux sacs", topic="care.groceries")
        write(tx, maud, 2, "M. Pons", title="Une lampe", topic="services.diy", state=State.DONE)
        write(tx, maud, 3, "Zita", title="Un lit", topic="goods.furniture", expires_at=NOW - 1)

        def found(**values: str) -> int | None:
            given = {"beneficiary": "x", "title": "y", "purpose": "request", "topic": "other.other"}
            like = on_behalf.alike(tx, now=NOW, **{**given, **values})
            return None if like is None else like.id

        write(tx, maud, 6, "Mme Roy", title="Un chien à promener", topic="other.other")
        assert found(beneficiary="Mme Roy", topic="other.other") is None
        assert found(title="DEUX SACS") == first
        assert found(beneficiary="mme vial", topic="care.groceries") == first
        assert found(beneficiary="mme vial") is None
        assert found(title="Deux sacs", purpose="offer") is None
        assert found(title="Une lampe") is None
        assert found(title="Un lit") is None

    await store.write(unit)


async def test_what_ends_soon_is_listed_first_the_first_to_end(store: Store) -> None:
    def unit(tx: Transaction) -> None:
        maud = add_actor(tx, "maud", local=True)
        soon = write(tx, maud, 1, "a", expires_at=NOW + DAY)
        over = write(tx, maud, 2, "b", expires_at=NOW - DAY, state=State.EXPIRED)
        write(tx, maud, 3, "c", expires_at=NOW + 9 * DAY)
        write(tx, maud, 4, "d", expires_at=NOW - DAY, state=State.WITHDRAWN)
        write(tx, maud, 5, "e", expires_at=None, standing=True)
        add_proposal(tx, maud, 6, local=True, expires_at=NOW)
        assert on_behalf.ending(tx, before=NOW + 2 * DAY, most=9) == [over, soon]
        assert on_behalf.ending(tx, before=NOW + 2 * DAY, most=1) == [over]

    await store.write(unit)
