"""Whatever stands in the address of a list of help is answered, at once and in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from tests.databases import new_sqlite
from tests.flows.asking import BASE, people
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = "near=45.774,4.828"
ANSWERS: dict[str, int] = {
    # as it stands in the address, and the status
    "text=" + "a" * 200: 200,
    "text=" + "a" * 201: 422,
    "text=" + "ab%20" * 60: 200,
    "text=" + "%F0%9F%98%80" * 200: 200,
    "text=%3F%21%2C.%3B": 200,
    "text=%22%20OR%20%22": 200,
    "text=a%22%29%20OR%20words:b%2A": 200,
    "text=NEAR%28a%20b%29%20NOT%20%5Ec": 200,
    "text=%27%29%3B--%5C%20%7C%20%21%26%3C-%3E": 200,
    "text=%00": 400,
    "text=perceuse%00": 400,
    "text=%ED%A0%80": 200,
    "text=%E2%80%AE": 200,
    "near=NaN,NaN": 422,
    "near=inf,1": 422,
    "near=45.774": 422,
    "near=91,0": 422,
    "near=45.774%2C4.828%0A": 422,
    "near=90,0&distance=30000": 200,
    "near=-90,-180&distance=30000&order=nearest": 200,
    "near=0,-180&distance=30000": 200,
    f"{HERE}&distance=0": 422,
    f"{HERE}&distance=-1": 422,
    f"{HERE}&distance=30001": 422,
    f"{HERE}&distance=NaN": 422,
    f"{HERE}&order=nearest&max_id=zzz-5": 200,
    f"{HERE}&order=nearest&max_id=5": 200,
    "order=nearest": 422,
    "order=urgency&max_id=5": 200,
    f"max_id={2**63}": 200,
    f"max_id={2**70}": 422,
    "max_id=-1": 422,
    "max_id=%D9%A1": 422,
    "since_id=9999999999999999999": 200,
    f"since_id={2**70}": 422,
    "author=9999999999999999999": 200,
    "origin=%00": 400,
    "origin=%ED%A0%80": 200,
    "topic=%27": 422,
    "mode=%F0%9F%98%80": 422,
    "before=9999-12-31T23:59:59Z": 422,
    "after=0001-01-01T00:00:00%2B14:00": 422,
    "before=1e400": 422,
    "limit=0": 422,
    "limit=81": 422,
    "state=removed": 401,
    "unknown=1": 422,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory = Path(tmp_path_factory.mktemp("looked-for"))
    async with (
        serving(new_sqlite(directory), directory) as opened,
        people(opened, amina="member") as who,
    ):
        status, _ = await who["amina"].ask(
            "POST", "/proposals", purpose="offer", topic="lending.tools", title="Perceuse"
        )
        assert status == 201
        yield opened


async def test_whatever_is_asked_is_answered(node: Serving) -> None:
    """By what was found, or by what to do; never by a fault of ours."""
    async with aiohttp.ClientSession() as session:
        for query, expected in ANSWERS.items():
            url = URL(f"{node.base}{BASE}/proposals?{query}", encoded=True)
            async with session.get(url) as answer:
                said = await answer.json()
                assert (answer.status, query) == (expected, query), said
                assert expected == 200 or said["error"]
        async with session.get(
            URL(f"{node.base}{BASE}/proposals?text={'a' * 1_000_000}", encoded=True)
        ) as answer:
            assert answer.status == 400, "a megabyte is no address"


@pytest.mark.parametrize(
    ("query", "many"),
    [
        ("", 1),
        ("text=perc", 1),
        ("text=OUTILS%20", 1),
        ("text=%3F%21", 0),
        ("text=tondeuse", 0),
        (f"{HERE}&distance=30000", 1),
        ("near=-45,4&distance=30000", 0),
        (f"max_id={2**63}", 1),
        ("max_id=0", 0),
        ("since_id=9999999999999999999", 0),
        ("topic=lending", 1),
        ("topic=care", 0),
    ],
)
async def test_what_is_there_is_found(node: Serving, query: str, many: int) -> None:
    """And nothing else is: a text without a word finds nothing, not everything."""
    async with aiohttp.ClientSession() as session:
        url = URL(f"{node.base}{BASE}/proposals?{query}", encoded=True)
        async with session.get(url) as answer:
            assert len(await answer.json()) == many
