"""A node without its doors, in which the hour is what a test says, and Amina, who helps every
Tuesday. Import the fixture into a module of tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from node.actions import series
from node.actions.accounts import create_account, prepare_account
from node.actions.bootstrap import settle
from node.clock import FixedClock
from node.ids import new_id
from node.jobs.occurrences import make_due
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import proposals
from node.store.engine import Store
from node.store.proposals import Listed
from node.store.series import Series
from node.store.tables import agreements
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.serving import PASSWORD, free_port, settings_for

PARIS = ZoneInfo("Europe/Paris")
DAY = 86_400.0
MONDAY = datetime(2027, 3, 15, 12, 0, tzinfo=PARIS).timestamp()
TUESDAY = datetime(2027, 3, 16, 18, 0, tzinfo=PARIS).timestamp()
GROCERIES = {"purpose": "offer", "topic": "care.groceries", "title": "Courses du mardi"}


@dataclass
class Home:
    """A node without its doors, in which the hour is what a test says."""

    store: Store
    here: Here
    clock: FixedClock
    amina: Actor

    async def every_tuesday(self, rule: str = "FREQ=WEEKLY", **fields: Any) -> Series:
        return await self.store.write(
            lambda tx: series.create_series(
                tx,
                self.here,
                self.amina,
                GROCERIES | fields,
                rule=rule,
                starts=TUESDAY,
                lasts_s=7200.0,
            )
        )

    async def shown(self) -> list[Listed]:
        """What is open now, soonest first."""
        found = await self.store.read(proposals.listed, now=self.clock.now())
        return sorted(found, key=lambda one: one.proposal.starts_at or 0.0)

    async def dates(self) -> list[str]:
        return [local(one.proposal.starts_at) for one in await self.shown()]

    async def round(self) -> None:
        await make_due(self.store, self.here)

    async def answered(self, object_id: int) -> None:
        def unit(tx: Transaction) -> None:
            tx.execute(
                sa.insert(agreements),
                {
                    "id": new_id(),
                    "offer_uri": f"https://a.example/{object_id}",
                    "proposal_id": object_id,
                    "author_id": self.amina.id,
                    "channel": "vf",
                    "answerer_id": self.here.quartier.id,
                    "state": "accepted",
                    "quantity": "1",
                    "unit": "one",
                    "created_at": 1.0,
                    "updated_at": 1.0,
                },
            )

        await self.store.write(unit)

    async def do(self, what: Any, one: Series, *more: Any, **keywords: Any) -> Series:
        changed: Series = await self.store.write(
            lambda tx: what(tx, self.here, self.amina, one.id, *more, **keywords)
        )
        return changed


def local(seconds: float | None) -> str:
    assert seconds is not None
    return datetime.fromtimestamp(seconds, PARIS).strftime("%d.%m. %H:%M")


@contextlib.asynccontextmanager
async def a_home(url: str, directory: Path) -> AsyncIterator[Home]:
    clock = FixedClock(MONDAY)
    store = await Store.open(url)
    try:
        here = await settle(store, settings_for(url, directory, free_port()), clock)
        new = await asyncio.to_thread(
            prepare_account,
            username="amina",
            email="a@example.org",
            password=PASSWORD,
            kind="resident",
            role="member",
        )
        yield Home(store, here, clock, await store.write(create_account, here, new))
    finally:
        await store.close()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(new_sqlite(tmp_path), tmp_path) as made:
        yield made
