"""Recurring help of one's own, over the JSON interface."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from node.actions import series
from node.actions.accounts import make_token
from node.actions.vouching import vouch
from node.aid.lifecycle import State
from node.clock import to_iso
from node.errors import Forbidden, NotFound
from node.store.tables import proposals as table
from tests.databases import new_sqlite
from tests.serving import serving

DAY = 86_400.0
GROCERIES = {"purpose": "offer", "topic": "care.groceries", "title": "Courses du mardi"}


async def test_by_the_json_interface(tmp_path: Path) -> None:
    """Made, listed, read in words, changed, skipped, paused, ended; nobody sees another's."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node, aiohttp.ClientSession() as web:
        tokens = {}
        for name in ("amina", "bruno"):
            await node.account(name)
            tokens[name] = await node.store.write(make_token, name, "read write", time.time())

        async def call(method: str, path: str, who: str = "amina", **body: Any) -> tuple[int, Any]:
            async with web.request(
                method,
                f"{node.base}/api/aid/v1{path}",
                json=body or None,
                headers={"Authorization": f"Bearer {tokens[who]}"},
            ) as answer:
                return answer.status, await answer.json()

        starts = to_iso(time.time() + DAY)
        new: dict[str, Any] = {
            **GROCERIES,
            "rule": "FREQ=DAILY;COUNT=5",
            "starts": starts,
            "lasts_s": 3600,
        }
        status, made = await call(
            "POST", "/series", **new, place={"latitude": 45.77412345, "longitude": 4.828}
        )
        assert (status, made["state"], len(made["occurrences"])) == (201, "running", 5)
        assert made["starts"] == starts == made["next"][0] == made["occurrences"][0]["at"]
        assert made["words"].startswith("tous les jours à ")
        assert "45.774123" not in str(made)
        path = f"/series/{made['id']}"
        assert (await call("GET", path))[1] == made
        assert (await call("GET", "/series"))[1] == [made]
        assert (await call("GET", "/series", "bruno"))[1] == []
        for method, where, body in (
            ("GET", path, {}),
            ("PATCH", path, {"paused": True}),
            ("DELETE", path, {}),
            ("POST", f"{path}/skip", {"at": starts}),
        ):
            assert (await call(method, where, "bruno", **body))[0] == 404
        status, told = await call("POST", f"{path}/skip", at=made["next"][1])
        assert (status, told["skipped"]) == (200, [made["next"][1]])
        assert len(told["occurrences"]) == 4
        status, told = await call("PATCH", path, title="Autre", paused=True)
        assert (status, told["state"], told["title"]) == (200, "paused", "Autre")
        assert (await call("POST", f"{path}/skip", at="demain"))[0] == 422
        status, told = await call("DELETE", path)
        assert (status, told["state"], told["next"], told["occurrences"]) == (200, "ended", [], [])
        assert (await call("PATCH", path, paused=False))[0] == 409
        with pytest.raises(NotFound):
            await node.store.read(series.own_series, await node.account("zoe"), int(made["id"]))
        withdrawn = await node.store.read(
            lambda tx: tx.all(sa.select(table.c.state).where(table.c.series_id == int(made["id"])))
        )
        assert {row.state for row in withdrawn} == {State.WITHDRAWN.value}


async def test_whom_a_mediator_reads_first_repeats_nothing(tmp_path: Path) -> None:
    """Where newcomers are read first, what repeats itself is no way around; who is vouched for
    may."""
    review = {"review_newcomers": True}
    async with serving(new_sqlite(tmp_path), tmp_path, node=review) as node:
        amina, maud = await node.account("amina"), await node.account("maud", role="mediator")
        when: dict[str, Any] = {"starts": time.time() + DAY, "lasts_s": 3_600.0}

        async def make() -> Any:
            rule = "FREQ=DAILY;COUNT=2"
            return await node.store.write(
                series.create_series, node.here, amina, GROCERIES, rule=rule, **when
            )

        with pytest.raises(Forbidden, match="pour une seule fois"):
            await make()
        assert await node.store.read(lambda tx: tx.all(sa.select(table.c.object_id))) == []
        await node.store.write(vouch, node.here, maud, amina.id)
        await make()
        assert len(await node.store.read(lambda tx: tx.all(sa.select(table.c.object_id)))) == 2
