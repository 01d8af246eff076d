"""A page tells times as the clocks of the quartier show them."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from node.web.words import ENGLISH, FRENCH
from tests.databases import new_sqlite
from tests.serving import serving

WINTER = 1_795_422_600.0  # 2026-11-23T08:30:00Z
SUMMER = 1_782_000_000.0  # 2026-06-21T00:00:00Z


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Paris", "23 novembre à 9 h 30", "21 juin à 2 h 00"),
        ("Indian/Reunion", "23 novembre à 12 h 30", "21 juin à 4 h 00"),
        ("America/Martinique", "23 novembre à 4 h 30", "20 juin à 20 h 00"),
    ],
)
def test_a_date_is_said_in_the_zone_of_the_node(zone: str, winter: str, summer: str) -> None:
    """On both sides of the change of clocks, and of midnight."""
    assert FRENCH.date(WINTER, zone) == winter
    assert FRENCH.date(SUMMER, zone) == summer
    assert ENGLISH.date(WINTER, "Indian/Reunion") == "23 November, 12:30"


async def test_the_page_uses_the_setting(tmp_path: Path) -> None:
    """What ends at noon in Saint-Denis is said to end at noon, not at nine."""
    async with serving(
        new_sqlite(tmp_path), tmp_path, node={"time_zone": "Indian/Reunion"}
    ) as node:
        amina = await node.account("amina")
        await node.publish(amina, expires="3d")
        async with aiohttp.ClientSession() as session, session.get(node.base + "/") as answer:
            text = await answer.text()
        now = node.here.clock.now()
        soon = [FRENCH.date(now + 3 * 86_400 - back, "Indian/Reunion") for back in (0, 60)]
        assert any(words in text for words in soon)
        assert FRENCH.date(now + 3 * 86_400, "Europe/Paris") not in text
