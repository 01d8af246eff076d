"""What goes when its purpose does, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from node.actions import membership
from node.actions.notices import mark_all_read
from node.actions.proposals import close_proposal
from node.aid.lifecycle import State
from node.ids import new_id
from node.jobs.retention import forget_sent, sweep
from node.outbox.publish import publish
from node.social.notifications import Kind
from node.store import graves, mails, objects, tables
from node.store.transaction import Transaction
from tests.databases import database_url, new_sqlite, postgres_url, sqlite_url
from tests.flows.letterbox import MORNING, Letterbox, letterbox
from tests.mailbox import mailbox
from tests.store.people import add_actor, add_proposal

__all__ = ["database_url", "postgres_url", "sqlite_url"]

DAY = 24.0


async def left(post: Letterbox, table: sa.Table) -> int:
    def unit(tx: Transaction) -> int:
        return int(tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

    return await post.store.read(unit)


async def after(post: Letterbox, days: float) -> int:
    post.clock.advance(days * DAY * 3600)
    return await sweep(post.store, post.here)


async def test_closed_proposals_go_after_a_year(database_url: str, tmp_path: Path) -> None:
    """Here with a Tombstone, elsewhere by a Delete; what was sent of them goes, too. Those that
    are open, or closed for less, stay."""
    async with letterbox(database_url, tmp_path, None) as post:
        amina = await post.account("amina")
        stays = await post.publish(amina, title="RESTE", expires="none", purpose="offer")
        goes = await post.publish(amina, title="PART", text="TEXTE-QUI-PART")
        await post.store.write(close_proposal, post.here, goes.id, state=State.DONE)
        assert await after(post, 364) == 0
        assert await after(post, 1.1) == 1
        assert await post.store.read(objects.by_id, goes.id) is None
        assert await post.store.read(graves.local, goes.uri) is not None
        assert await post.store.read(objects.by_id, stays.id) is not None
        sent = await post.store.read(_bodies)
        assert not any("TEXTE-QUI-PART" in body for body in sent)
        assert any('"Delete"' in body and goes.uri in body for body in sent)
        assert any("RESTE" in body for body in sent)
        assert await after(post, 1) == 0


def _bodies(tx: Transaction) -> list[str]:
    return [row.body for row in tx.all(sa.select(tables.outbox.c.body))]


async def test_copies_of_others_go_without_a_word(tmp_path: Path) -> None:
    """Their own node says when they are deleted: we tell nobody, and bury nothing."""
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as post:

        def plant(tx: Transaction) -> None:
            zoe = add_actor(tx, "zoe", "m.example")
            copy = add_proposal(tx, zoe, 1, state=State.EXPIRED, expires_at=MORNING)
            tx.execute(
                sa.update(tables.proposals)
                .where(tables.proposals.c.object_id == copy.id)
                .values(closed_at=MORNING)
            )

        await post.store.write(plant)
        assert await after(post, 366) == 1
        assert await left(post, tables.objects) == 0
        assert await left(post, tables.outbox) == 0
        assert await left(post, tables.graves) == 0


async def test_what_was_for_a_crisis_goes_sooner(tmp_path: Path) -> None:
    """Thirty days after it is closed; other things that were closed with it stay."""
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as post:
        amina = await post.account("amina")
        crisis, other = await post.publish(amina), await post.publish(amina)
        for one in (crisis, other):
            await post.store.write(close_proposal, post.here, one.id, state=State.DONE)

        def scope(tx: Transaction) -> None:
            tx.execute(
                sa.update(tables.proposals)
                .where(tables.proposals.c.object_id == crisis.id)
                .values(in_scope_of="https://x.example/crises/1")
            )

        await post.store.write(scope)
        assert await after(post, 29) == 0
        assert await after(post, 2) == 1
        assert await post.store.read(objects.by_id, crisis.id) is None
        assert await post.store.read(objects.by_id, other.id) is not None


async def test_small_things_go_in_their_time(tmp_path: Path) -> None:
    """News once read, dead mails, decided requests, old invitations, pictures that nobody used,
    contact details of what is over; each when its own days are over, and not before."""
    async with mailbox() as box, letterbox(new_sqlite(tmp_path), tmp_path, box) as post:
        amina, bruno = await post.account("amina"), await post.account("bruno")
        proposal = await post.publish(amina, expires="none", purpose="offer")
        await post.store.write(_small_things, amina.id, bruno.id, proposal.id)
        await post.store.write(membership.invite, post.here, amina, days=14)
        box.refuse = "550 no"
        await post.tell(bruno, Kind.MESSAGE, urgent=True)
        await post.tell(bruno, Kind.COMMENT)
        assert await post.post() == 1
        await post.store.write(mark_all_read, post.here, bruno)
        await post.tell(bruno, Kind.VOUCHED)
        # The contact goes at once, the picture after a day.
        assert await after(post, 0) == 1
        assert await left(post, tables.reveals) == 1
        assert await after(post, 1.1) == 1
        assert await left(post, tables.pictures) == 1
        assert await after(post, 28) == 0
        assert await after(post, 2) == 2  # the request and the mail
        assert await left(post, tables.join_requests) == 1
        assert not await post.store.read(mails.queue, state="dead", most=9)
        assert await after(post, 14) == 1  # 14 days of life and 30 more
        assert await left(post, tables.invitations) == 0
        assert await after(post, 46) == 2  # both that were read
        assert await left(post, tables.notifications) == 1
        assert await after(post, 276) == 1


def _small_things(tx: Transaction, amina: int, bruno: int, proposal: int) -> None:
    def add(table: sa.Table, **values: Any) -> None:
        tx.execute(sa.insert(table), values)

    for number, (attached, state) in enumerate(((None, "declined"), (proposal, "waiting"))):
        add(
            tables.pictures, id=new_id(), owner_id=amina, name=f"{number}.jpg", width=1, height=1,
            media_type="image/jpeg", bytes=1, object_id=attached, created_at=MORNING,
        )  # fmt: skip
        add(
            tables.join_requests, id=new_id(), username=f"u{number}", email=f"{number}@x.example",
            password_hash="", kind="resident", state=state, created_at=MORNING,
            decided_at=MORNING if state == "declined" else None,
        )  # fmt: skip
    for number, state in enumerate(("cancelled", "accepted")):
        agreement = new_id()
        add(
            tables.agreements, id=agreement, offer_uri=f"urn:{number}", proposal_id=proposal,
            author_id=amina, answerer_id=bruno, channel="vf", state=state, quantity="1",
            unit="one", created_at=MORNING, updated_at=MORNING, thanks=[],
        )  # fmt: skip
        add(
            tables.reveals, agreement_id=agreement, actor_id=amina, contact="06",
            revealed_at=MORNING,
        )  # fmt: skip


async def test_what_was_sent_goes_after_a_week(tmp_path: Path) -> None:
    """Once everybody has it; what anybody may still read in an outbox stays."""
    async with letterbox(new_sqlite(tmp_path), tmp_path, None) as post:
        amina = await post.account("amina")
        stays = await post.publish(amina, expires="none", purpose="offer")

        def whisper(tx: Transaction) -> None:
            word = {
                "id": post.here.addresses.activity(1),
                "type": "Create",
                "object": {"id": "urn:1", "content": "MOT-DIRECT"},
            }
            publish(tx, post.here, amina, word, inboxes=[])

        await post.store.write(whisper)
        post.clock.advance(6.9 * DAY * 3600)
        assert await forget_sent(post.store, post.here) == 0
        assert any("MOT-DIRECT" in body for body in await post.store.read(_bodies))
        post.clock.advance(0.2 * DAY * 3600)
        assert await forget_sent(post.store, post.here) >= 1
        bodies = await post.store.read(_bodies)
        assert not any("MOT-DIRECT" in body for body in bodies)
        assert any('"Create"' in body and stays.uri in body for body in bodies)
        assert any('"Announce"' in body and stays.uri in body for body in bodies)
        assert await forget_sent(post.store, post.here) == 0
