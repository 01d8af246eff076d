"""Blocked servers, reports and offers, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from node.moderation.policy import DomainBlock
from node.store import moderation, reports, tables
from node.store.engine import Store
from node.store.transaction import Transaction
from tests.store.people import NOW, add_actor


async def test_a_server_is_blocked_changed_and_unblocked(store: Store) -> None:
    """One row per domain, and whoever keeps the list hears of each change."""
    bell = store.bell(moderation.BELL)

    async def block(severity: str) -> list[DomainBlock]:
        await store.write(
            moderation.block_domain, domain="evil.example", severity=severity, now=NOW
        )
        return await store.read(moderation.domain_block_list)

    assert await store.read(moderation.domain_block_list) == []
    assert await block("silence") == [DomainBlock("evil.example", "silence")]
    assert await bell.wait(1.0)
    assert await block("suspend") == [DomainBlock("evil.example", "suspend")]
    assert await bell.wait(1.0)
    assert await store.write(moderation.unblock_domain, "evil.example")
    assert await bell.wait(1.0)
    assert not await store.write(moderation.unblock_domain, "evil.example")
    assert await store.read(moderation.domain_block_list) == []


async def test_a_failed_unit_blocks_nobody_and_rings_no_bell(store: Store) -> None:
    """What was not committed was not said."""
    bell = store.bell(moderation.BELL)

    def failing(tx: Transaction) -> None:
        moderation.block_domain(tx, domain="evil.example", severity="suspend", now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(failing)
    assert await store.read(moderation.domain_block_list) == []
    assert not await bell.wait(0.05)


async def test_a_report_is_kept_once_per_activity(store: Store) -> None:
    """A replay is no second report; our own people's reports have no activity and all count."""

    def unit(tx: Transaction) -> None:
        zoe, amina = add_actor(tx, "zoe", "m.example"), add_actor(tx, "amina")

        def report(uri: str | None, target: int | None = amina) -> bool:
            made = reports.add(
                tx,
                activity_uri=uri,
                reporter_id=zoe,
                target_id=target,
                objects=["https://croix-rousse.example/objects/é"],
                content="spam",
                now=NOW,
            )
            return made is not None

        assert report("r:1")
        assert not report("r:1")
        assert report("r:2", None)
        assert report(None)
        assert report(None)
        assert reports.open_count(tx) == 4
        waiting = reports.listed(tx, state="open", most=10)
        assert [one.id for one in waiting] == sorted((one.id for one in waiting), reverse=True)
        assert waiting[0].objects == ("https://croix-rousse.example/objects/é",)
        assert reports.listed(tx, before=waiting[1].id, most=1) == [waiting[2]]
        reports.settle(tx, waiting[0].id, by=amina, outcome="talked", now=NOW + 5)
        settled = reports.by_id(tx, waiting[0].id)
        assert settled is not None
        assert (settled.state, settled.settled_at, settled.outcome) == (
            "settled",
            NOW + 5,
            "talked",
        )
        assert reports.open_count(tx) == 3
        assert reports.listed(tx, state="settled", most=10) == [settled]
        reports.reopen(tx, settled.id)
        assert reports.by_id(tx, settled.id) == waiting[0]
        assert reports.recent_of(tx, zoe, since=NOW) == 4
        assert reports.recent_of(tx, zoe, since=NOW + 1) == 0

    await store.write(unit)


async def test_an_offer_is_kept_once_and_taken_back_by_its_actor(store: Store) -> None:
    """Nobody else withdraws it, and what is not here cannot be withdrawn."""

    def unit(tx: Transaction) -> None:
        zoe, yann = add_actor(tx, "zoe", "m.example"), add_actor(tx, "yann", "m.example")

        def offer() -> bool:
            return moderation.add_offer(
                tx,
                activity_uri="o:1",
                actor_id=zoe,
                object_uri=None,
                target_uri="t",
                document="{}",
                now=NOW,
            )

        def state() -> str:
            return str(tx.scalar(sa.select(tables.offers.c.state)))

        assert offer()
        assert not offer()
        assert state() == "received"
        assert not moderation.withdraw_offer(tx, activity_uri="o:1", actor_id=yann)
        assert not moderation.withdraw_offer(tx, activity_uri="o:2", actor_id=zoe)
        assert state() == "received"
        assert moderation.withdraw_offer(tx, activity_uri="o:1", actor_id=zoe)
        assert state() == "withdrawn"

    await store.write(unit)
