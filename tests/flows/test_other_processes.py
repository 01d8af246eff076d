"""What one process of a node is told, another one follows: both databases, as `entraide` runs with
`--role` or a command beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.actions import house
from node.aid.territory import Territory
from node.store.engine import Store
from tests.databases import database_url, postgres_url, sqlite_url
from tests.flows.inboxes import until
from tests.serving import serving

__all__ = ["database_url", "postgres_url", "sqlite_url"]


async def test_where_the_quartier_lies(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another outline, written by another process, is this one's within moments."""
    monkeypatch.setattr(house, "LOOK_S", 0.05)
    elsewhere = Territory.from_circle(48.86, 2.35, 500.0)
    async with serving(database_url, tmp_path) as node:
        chief = await node.account("alma", role="admin")
        assert node.here.territory != elsewhere
        other = await Store.open(node.node.settings.database.url or database_url)
        try:
            await other.write(house.set_territory, node.here, chief, elsewhere)
        finally:
            await other.close()
        await until(lambda: node.here.territory == elsewhere)
