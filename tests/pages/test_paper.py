"""What goes on paper, read as HTML: what is chosen, what stands there, and what never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from node.actions.agreements import accept, offer_help, reveal_contact
from node.actions.house import set_texts
from node.actions.on_behalf import write_for
from node.aid.drafts import check_draft
from node.aid.on_behalf import check_consent
from node.social.accounts import Actor
from node.store import objects
from node.web.paper.finding import MOST
from node.web.paper.short import number_of, short_of
from tests.databases import new_sqlite
from tests.pages.reading import Reader, reader
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = "04 78 11 22 33"
HOURS = "lundi au jeudi, de 9 h à 12 h"


@dataclass(frozen=True, slots=True)
class Hall:
    node: Serving
    amina: Actor
    own: int


async def number(node: Serving, uri: str) -> int:
    status = await node.store.read(objects.by_uri, uri)
    assert status is not None
    return status.id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    directory: Path = tmp_path_factory.mktemp("hall")
    async with serving(new_sqlite(directory), directory) as node:
        amina = await node.account("amina")
        benoit = await node.account("benoit")
        alma = await node.account("alma", role="admin")
        own = await number(node, await node.publish(amina, text="Deux sacs, le jeudi."))
        await node.publish(
            benoit, purpose="offer", topic="lending.tools", mode="loan", title="Une perceuse"
        )
        await node.publish(amina, topic="services.diy", title="Une étagère", urgency="high")
        asked = await node.publish(amina, title="Un repas", quantity="2")
        about = await number(node, asked)
        made = await node.store.write(offer_help, node.here, benoit, about, text="Je peux.")
        await node.store.write(accept, node.here, amina, made.id)
        await node.store.write(reveal_contact, node.here, amina, made.id, "06 99 88 77 66")
        draft = check_draft(
            {"author": "alma", "purpose": "request", "topic": "care.visit", "title": "Une visite"}
        )
        now = node.here.clock.now()
        consent = check_consent(
            beneficiary="Madame Lopez",
            consented_by="sa fille",
            consented_at=now,
            consent_how="phone",
            call_back="04 00 00 00 01",
            now=now,
        )
        await node.store.write(write_for, node.here, alma, draft, consent)
        await node.store.write(set_texts, node.here, alma, {"phone": PHONE, "hours": HOURS}, [])
        yield Hall(node, amina, own)


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(hall: Hall) -> AsyncIterator[Reader]:
    async with reader(hall.node) as reads:
        yield reads


async def test_one_chooses_a_board(stranger: Reader) -> None:
    page = await stranger.get("/paper")
    assert page.status == 200
    board = await stranger.submit(page, "/paper/board", purpose="request", place="Escalier B")
    assert "Escalier B" in board.text
    assert "Une étagère" in board.text
    assert "Une perceuse" not in board.text
    assert PHONE in board.text


async def test_urgent_requests_come_first(stranger: Reader) -> None:
    page = await stranger.get("/paper/board")
    titles = [one.get_text() for one in page.soup.select(".slip h3")]
    assert titles[0] == "Une étagère"
    assert titles[-1] == "Une perceuse"


async def test_a_board_is_of_a_group_of_topics(stranger: Reader) -> None:
    page = await stranger.get("/paper/board?group=lending")
    assert [one.get_text() for one in page.soup.select(".slip h3")] == ["Une perceuse"]
    page = await stranger.get("/paper/board?group=nothing&purpose=nothing")
    assert len(page.soup.select(".slip")) == 5


async def test_the_phone_of_the_association_stands_before_the_square(stranger: Reader) -> None:
    page = await stranger.get("/paper/poster")
    sheet = page.soup.select_one(".sheet")
    assert sheet is not None
    html = str(sheet)
    assert html.index(PHONE) < html.index(HOURS) < html.index("<svg")
    assert 'style="' not in html
    other = await stranger.submit(page, phone="04 78 00 00 00", place="Escalier C")
    assert "04 78 00 00 00" in other.text
    assert PHONE not in other.text
    assert HOURS not in other.text
    none = await stranger.submit(page, phone="")
    assert "Sans numéro" in none.text


async def test_strips_are_as_many_as_one_wants(hall: Hall, stranger: Reader) -> None:
    for wanted, made in (("6", 6), ("99", 12), ("-1", 8), ("1", 4), ("", 8)):
        page = await stranger.get(f"/paper/strips/{hall.own}?strips={wanted}")
        strips = page.soup.select(".strip")
        assert len(strips) == made
        assert all(PHONE in one.get_text() for one in strips)
        assert all(f"/a/{short_of(hall.own)}" in one.get_text() for one in strips)


async def test_strips_of_a_topic_name_what_is_open(stranger: Reader) -> None:
    page = await stranger.get("/paper/strips?group=lending")
    assert page.h1 == "Prêter, emprunter"
    assert "Une perceuse" in page.text


async def test_what_is_over_gets_no_sheet(hall: Hall, stranger: Reader) -> None:
    assert (await stranger.get("/paper/strips/12")).status == 404
    assert (await stranger.get("/paper/strips/x")).status == 404


async def test_short_addresses_lead_there(hall: Hall, stranger: Reader) -> None:
    code = short_of(hall.own)
    for typed in (code, code.upper(), code.replace("-", "")):
        page = await stranger.get(f"/a/{typed}")
        assert page.path.startswith("/@amina/")
    for wrong in ("zzz", "-", "u", "z" * 13, "é"):
        assert (await stranger.get(f"/a/{wrong}")).status == 404


async def test_numbers_and_codes_are_one_another() -> None:
    for one in (0, 31, 32, 115_000_000_000_000_000, 2**63 - 1):
        assert number_of(short_of(one)) == one
    assert number_of("O1Il-0") == number_of("01110")
    assert number_of("zzzzzzzzzzzzz") is None


@pytest.mark.parametrize(
    "path", ["/paper", "/paper/board", "/paper/poster", "/paper/strips", "/paper/strips/{own}"]
)
async def test_nothing_private_goes_on_paper(hall: Hall, path: str) -> None:
    """Neither contacts that somebody showed to one person, nor for whom a mediator wrote; not even
    before somebody who may read it elsewhere."""
    async with reader(hall.node, hall.amina) as amina:
        page = await amina.get(path.format(own=hall.own))
    for private in ("06 99 88 77 66", "Lopez", "04 00 00 00 01", "sa fille", "example.org"):
        assert private not in page.html


async def test_a_board_ends_somewhere(tmp_path: Path) -> None:
    """However much is open, it is a few sheets that somebody still reads."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node:
        amina = await node.account("amina")
        for count in range(MOST + 3):
            await node.publish(amina, title=f"Courses {count}", urgency="low" if count else "high")
        async with reader(node) as stranger:
            page = await stranger.get("/paper/board")
    titles = [one.get_text() for one in page.soup.select(".slip h3")]
    assert len(titles) == MOST
    assert titles[0] == "Courses 0"
