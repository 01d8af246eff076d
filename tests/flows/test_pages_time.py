"""A page tells times as the clocks of the quartier show them."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from node.web.site.languages import language
from tests.databases import new_sqlite
from tests.serving import serving

WINTER = 1_795_422_600.0  # 2026-11-23T08:30:00Z
SUMMER = 1_782_000_000.0  # 2026-06-21T00:00:00Z


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Paris", "23 novembre, 09:30", "21 juin, 02:00"),
        ("Indian/Reunion", "23 novembre, 12:30", "21 juin, 04:00"),
        ("America/Martinique", "23 novembre, 04:30", "20 juin, 20:00"),
    ],
)
def test_a_date_is_said_in_the_zone_of_the_node(zone: str, winter: str, summer: str) -> None:
    """On both sides of the change of clocks, and of midnight."""
    assert language("fr").moment(WINTER, zone) == winter
    assert language("fr").moment(SUMMER, zone) == summer
    assert language("en").moment(WINTER, "Indian/Reunion").startswith("23 November, 12:30")


async def test_the_page_uses_the_setting(tmp_path: Path) -> None:
    """What ends at noon in Saint-Denis is said to end at noon, not at nine."""
    async with serving(
        new_sqlite(tmp_path), tmp_path, node={"time_zone": "Indian/Reunion"}
    ) as node:
        amina = await node.account("amina")
        uri = await node.publish(amina, expires="3d")
        page = f"{node.base}/@amina/{uri.rsplit('/', 1)[-1]}"
        async with aiohttp.ClientSession() as session, session.get(page) as answer:
            text = await answer.text()
        now = node.here.clock.now()
        assert any(said(now + 3 * 86_400 - back, "Indian/Reunion") in text for back in (0, 60))
        assert said(now + 3 * 86_400, "Europe/Paris") not in text


def said(at: float, zone: str) -> str:
    french = language("fr")
    return f"{french.date(at, zone)}, {french.time(at, zone)}"
