"""The quartier's page: what is told at a glance, what one looks for, page after page, and for
whom."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from node.actions.house import set_texts
from node.aid.territory import public_place
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import pictures
from node.store.migrate import engine_of
from node.store.pictures import Picture
from node.store.proposal_details import Reader as Who
from node.store.proposal_filters import Near, Wanted
from node.store.transaction import Transaction
from node.web.charting import chart
from node.web.quartier import front
from node.web.quartier.front import BESIDE, HERE
from tests.benchmarks.many_proposals import CENTRE, fill
from tests.databases import new_sqlite
from tests.pages.reading import Read, one, reader
from tests.pages.test_mine_queries import counted
from tests.serving import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
_NAMES = (f"amina{n}" for n in itertools.count(1))
FAR = (45.79, 4.828)
"""Nearly two kilometres to the north of the middle."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    directory: Path = tmp_path_factory.mktemp("front")
    async with serving(new_sqlite(directory), directory) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def amina(node: Serving) -> Actor:
    """Who asks and offers five things of different kinds."""
    actor = await node.account(next(_NAMES))
    offer = {"purpose": "offer"}
    await node.publish(actor, title="Courses pour une voisine")
    await node.publish(actor, title="Une soupe", topic="care.meals", urgency="high")
    await node.publish(actor, title="Ma perceuse", topic="lending.tools", **offer)
    await node.publish(actor, title="Un vélo d’enfant", topic="lending.bicycle", **offer)
    await node.publish(actor, title="Au bout du plateau", topic="services.it", place=list(FAR))
    return actor


def titles(page: Read) -> list[str]:
    return [one.get_text() for one in page.soup.select(".card h3")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("purpose=offer", {"Ma perceuse", "Un vélo d’enfant"}),
        ("topic=lending.tools", {"Ma perceuse"}),
        ("topic=lending", {"Ma perceuse", "Un vélo d’enfant"}),
        ("urgent=on", {"Une soupe"}),
        ("q=perceuses", {"Ma perceuse"}),
        ("q=velo&purpose=request", set()),
        ("topic=care&within=1000", {"Courses pour une voisine", "Une soupe"}),
        (f"near={public_place(*FAR).cell}&within=500", {"Au bout du plateau"}),
        (f"near={FAR[0]},{FAR[1]}&within=500", {"Au bout du plateau"}),
        ("q=...", set()),
        ("purpose=nothing&topic=no.such&near=zz&within=7&side=up&after=x", None),
        ("near=91.0,0.0", None),
        ("near=8928308280fffff&within=1000", None),
    ],
)
async def test_what_one_looks_for_is_found(
    node: Serving, amina: Actor, query: str, found: set[str] | None
) -> None:
    """Every choice by itself and together; what is none of the choices counts as not chosen."""
    async with reader(node) as r:
        page = await r.get(f"/?{query}")
    assert page.status == 200
    if found is not None:
        assert set(titles(page)) == found
        assert page.soup.select(".chips a")
    else:
        assert not page.soup.select(".card .distance")


async def test_choices_are_removed_one_by_one(node: Serving, amina: Actor) -> None:
    """The form keeps what was chosen; each chip leads to the same without it."""
    async with reader(node) as r:
        page = await r.get("/")
        assert page.h1.startswith("Croix-Rousse")
        assert not page.soup.select(".chips")
        page = await r.submit(page, "/", purpose="offer", topic="lending", q="perceuse")
        assert titles(page) == ["Ma perceuse"]
        chips = {words: path for words, path in page.links.items() if "enlever ce choix" in words}
        assert len(chips) == 3
        without = next(path for words, path in chips.items() if "« perceuse »" in words)
        page = await r.get(without)
        assert set(titles(page)) == {"Ma perceuse", "Un vélo d’enfant"}
        page = await r.submit(page, "/", urgent="on")
        assert titles(page) == []
        assert "Enlevez un choix" in page.text
        page = await r.get(page.links["Tout enlever"])
        assert "Courses pour une voisine" in titles(page)


async def test_a_place_that_was_chosen_is_kept(node: Serving, amina: Actor) -> None:
    """By cell only, however exactly it was given; what is found tells how far it is."""
    async with reader(node) as r:
        page = await r.get(f"/?near={FAR[0]},{FAR[1]}")
        assert "À moins de 1 km du lieu choisi" in page.text
        assert "à environ" in page.text
        page = await r.submit(page, "/", within="500")
    query = parse_qs(urlsplit(page.path).query)
    assert query["near"] == [public_place(*FAR).cell]


async def test_a_card_tells_at_a_glance(node: Serving) -> None:
    """What, who by the first name, where, until when, how to answer; a picture with its words and
    its measures, so that nothing moves."""
    author, helper = await node.account(next(_NAMES)), await node.account(next(_NAMES))
    shop = await node.account(next(_NAMES), kind="association")
    uri = await node.publish(author, title="Garder un chat", topic="services.household")
    number = int(uri.rsplit("/", 1)[1])
    await node.publish(shop, title="Garder des chats", topic="services.household")
    picture = Picture(
        *(number + 1, author.id, "0" * 32 + ".webp", "image/webp", 10, 800, 600, "Un chat roux"),
        *(number, 0, 1.0),
        preview="1" * 32 + ".jpg",
    )
    await node.store.write(pictures.insert, picture)
    async with reader(node) as r, reader(node, helper) as h, reader(node, author) as a:
        page = await r.get("/?topic=services.household")
        cards = {one(card, "h3").get_text(): card for card in page.soup.select(".card")}
        card = cards["Garder un chat"]
        assert one(card, ".who").get_text() == author.name.split()[0]
        assert "Croix-Rousse · jusqu’au" in " ".join(card.get_text(" ").split())
        image = one(card, "img")
        assert image["src"] == f"/media/{picture.preview}"
        assert (image["alt"], image["width"], image["height"]) == ("Un chat roux", "96", "96")
        assert one(card, ".act a")["href"] == f"/answer/{number}"
        assert one(cards["Garder des chats"], ".who").get_text() == shop.name

        answer = await h.get(f"/answer/{number}")
        await h.submit(answer, f"/answer/{number}", text="Je l’aime déjà.")
        page = await h.get("/?topic=services.household")
        assert "/me/agreements/" in page.links["Vous avez répondu"]
        page = await a.get("/?topic=services.household")
        assert f"/answer/{number}" not in page.links.values()


async def test_page_after_page(tmp_path: Path) -> None:
    """Nothing twice, nothing left out, on either side; and as many queries for ten times more."""
    url = new_sqlite(tmp_path)
    async with serving(url, tmp_path) as node:
        author = await node.account("amina")
        own = [f"Courses {n}" for n in range(HERE + 12)]
        for title in own:
            await node.publish(author, title=title)
        engine = engine_of(url)
        try:
            with engine.begin() as connection:
                fill(connection, 0, 400)
            few = await node.store.read(_costs, node.here)
            async with reader(node) as r:
                page = await r.get("/")
                assert titles(page)[:HERE] == own[::-1][:HERE]
                assert len(titles(page)) == HERE + BESIDE
                seen = await _walk(r, page, "Plus d’annonces du quartier", HERE)
                assert seen == own[::-1]
                beside = await _walk(r, page, "Plus d’annonces des quartiers voisins", BESIDE)
                assert len(beside) == 40
            with engine.begin() as connection:
                fill(connection, 400, 4_000)
        finally:
            engine.dispose()
        assert await node.store.read(_costs, node.here) == few
        assert max(few.values()) <= 20


async def _walk(r: object, page: Read, button: str, first: int) -> list[str]:
    side = "#here" if "du quartier" in button else "#beside"
    seen = [one.get_text() for one in page.soup.select(f"{side} .card h3")]
    assert len(seen) == first
    while button in page.links:
        page = await r.get(page.links[button])  # type: ignore[attr-defined]
        seen += titles(page)
        button = "Les suivantes"
    return seen


def _costs(tx: Transaction, here: Here) -> dict[str, int]:
    now, found = here.clock.now(), {}
    for name, what in {
        "everything": {},
        "near": {"near": Near(*CENTRE, 1_000)},
        "urgent": {"urgencies": ("critical", "high")},
    }.items():
        wanted = Wanted(now=now, most=10, **what)  # type: ignore[arg-type]
        asked = front.Asked(wanted, wanted)
        found[name] = counted(tx, front._whole, here, asked, None, Who())
        found[f"{name}, on the map"] = counted(tx, chart._found, here, wanted, Who())
    return found


async def test_empty_pages_say_what_to_do(tmp_path: Path) -> None:
    async with serving(new_sqlite(tmp_path), tmp_path) as node, reader(node) as r:
        page = await r.get("/")
        assert "Soyez le premier ou la première" in page.text
        assert page.links["Demander de l’aide"] == "/ask"
        assert page.links["Proposer de l’aide"] == "/offer"
        assert not page.soup.select("#beside")  # there is no neighbour yet
        assert "Personne ne demande" in (await r.get("/map")).text


async def test_who_we_are(tmp_path: Path) -> None:
    """The beginning of what the association says of itself; all of it stands elsewhere."""
    async with serving(new_sqlite(tmp_path), tmp_path) as node, reader(node) as r:
        assert "C’est gratuit" in (await r.get("/")).text
        chief = await node.account("alma", role="admin")
        said = "Nous sommes le centre social. " * 20 + "\n\nDepuis 1931."
        await node.store.write(set_texts, node.here, chief, {"description": said}, [])
        page = await r.get("/")
        assert "Nous sommes le centre social. Nous" in page.text
        assert "1931" not in page.text
        assert len(one(page.soup, ".hello p").get_text()) < 310


async def test_announcements_among_members(tmp_path: Path) -> None:
    """Strangers read who we are, how to join, and how much is urgent: no announcement, not on the
    map either."""
    closed = {"public_pages": "members"}
    async with serving(new_sqlite(tmp_path), tmp_path, node=closed) as node:
        member = await node.account("amina")
        await node.publish(member, title="Une soupe secrète", urgency="high")
        async with reader(node) as r, reader(node, member) as m:
            for path in ("/", "/map", "/map/data.json", "/?q=soupe", "/?side=here"):
                assert "soupe secrète" not in (await r.get(path)).html
                assert "soupe secrète" in (await m.get(path)).html
            page = await r.get("/")
            assert "1 annonce est urgente" in page.text
            assert page.links["Devenir membre"] == "/join"
            assert not page.soup.select("form[role=search]")
