"""One's own pages cost as many queries with much as with little, on both databases; and the new
questions find what they are to find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from node.actions import agreements as acting
from node.actions.posts import write_to
from node.aid.lifecycle import State
from node.aid.referrals import Direction
from node.aid.referrals import State as Handed
from node.social.accounts import Actor
from node.store import conversations, notifications, proposals, referrals
from node.store.referrals import Referral
from node.store.transaction import Transaction
from node.web.mine import agreement, dates, messages, overview
from node.web.mine.news import told_to
from tests.pages.mine import person
from tests.pages.reading import reader
from tests.serving import Serving, serving


def counted(tx: Transaction, unit: Callable[..., Any], *values: Any, **named: Any) -> int:
    found: list[str] = []

    def note(*args: Any) -> None:
        found.append(args[2])

    sa.event.listen(tx.connection, "before_cursor_execute", note)
    try:
        unit(tx, *values, **named)
    finally:
        sa.event.remove(tx.connection, "before_cursor_execute", note)
    return len(found)


async def dealt(node: Serving, author: Actor, answerer: Actor) -> tuple[int, int]:
    """An announcement, an answer accepted, contacts, a message; the numbers of the first two."""
    uri = await node.publish(author, title="Courses")
    number = int(uri.rsplit("/", 1)[1])
    made = await node.store.write(acting.offer_help, node.here, answerer, number, text="Oui")
    await node.store.write(acting.accept, node.here, author, made.id)
    await node.store.write(acting.reveal_contact, node.here, answerer, made.id, "06 00 00 00 00")
    await node.store.write(
        write_to, node.here, answerer, [author], f"Bonjour {number}", language="fr"
    )
    return number, made.id


async def test_one_s_own_pages(database_url: str, tmp_path: Path) -> None:
    async with serving(database_url, tmp_path) as node:
        author, answerer, other = [await person(node) for _ in range(3)]
        now = node.here.clock.now()
        first, agreed = await dealt(node, author, answerer)

        def costs(tx: Transaction) -> dict[str, int]:
            (thread, *_) = conversations.page(
                tx, author.id, below=None, above=None, upward=False, most=1
            )
            return {
                "me": counted(tx, overview._found, node.here, author, now),
                "agreement": counted(tx, agreement._whole, node.here, author, agreed),
                "news": counted(tx, told_to, node.here, author.id, most=30),
                "messages": counted(tx, messages._threads, author, None),
                "message": counted(tx, messages._talk, author, thread.id),
                "calendar": counted(tx, dates._found, author.id, now),
            }

        few = await node.store.read(costs)
        for _ in range(4):
            await dealt(node, author, answerer)
            await dealt(node, other, author)
        assert await node.store.read(costs) == few
        assert max(few.values()) <= 25

        # Of others nothing, of one's own all that was asked for.
        def found(tx: Transaction) -> None:
            own = proposals.of_author(tx, author.id, most=3)
            assert len(own) == 3
            assert own[-1].id > first
            assert len(proposals.of_author(tx, author.id, before=own[-1].id, most=9)) == 2
            assert proposals.of_author(tx, author.id, states={State.DONE}, most=9) == []
            assert len(conversations.between(tx, author, answerer, since=0.0, most=50)) == 5
            assert conversations.between(tx, answerer, other, since=0.0, most=50) == []
            assert conversations.between(tx, author, answerer, since=now + 60, most=50) == []

        await node.store.read(found)

        assert await node.store.read(notifications.has_unread, author.id, agreed)
        assert not await node.store.read(notifications.has_unread, other.id, agreed)
        before = await node.store.read(notifications.unread_count, author.id)
        read = await node.store.write(
            notifications.mark_read, author.id, now=now, agreement_id=agreed
        )
        assert read > 0
        assert await node.store.read(notifications.unread_count, author.id) == before - read


async def test_a_neighbour_may_be_asked_with_one_s_consent(
    database_url: str, tmp_path: Path
) -> None:
    """The question stands with what is to be done; the answer is one of two buttons."""
    async with serving(database_url, tmp_path) as node:
        author, neighbour = await person(node), await person(node)
        uri = await node.publish(author, title="Une chambre pour trois nuits")
        number = int(uri.rsplit("/", 1)[1])
        asked = Referral(
            id=number + 1,
            activity_uri=f"{uri}#referral",
            proposal_id=number,
            neighbour_id=neighbour.id,
            direction=Direction.TO,
            state=Handed.ASKED,
            consented_at=None,
            by_voice=False,
            reason="Ils ont un gîte.",
            created_at=1.0,
            updated_at=1.0,
        )
        await node.store.write(referrals.insert, asked)
        assert await node.store.read(referrals.asked_of, neighbour.id) == []
        async with reader(node, author) as a:
            page = await a.get("/me")
            assert "Ils ont un gîte." in page.text
            page = await a.press(page, "Je préfère que non")
            assert page.notice == "C’est dit : votre demande reste ici."
            assert "Ils ont un gîte." not in page.text
        answered = await node.store.read(referrals.by_id, asked.id)
        assert answered is not None
        assert answered.state is Handed.REFUSED
