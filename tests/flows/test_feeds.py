"""Topics, outlines, feeds and calendars over HTTP, read by independent readers."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp
import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
import sqlalchemy as sa

from node.actions.accounts import make_token
from node.actions.proposals import change_proposal
from node.activitypub.jsonld import check_safe
from node.aid.events import event_uri
from node.aid.lifecycle import State
from node.aid.territory import Territory
from node.ids import new_id
from node.social.accounts import Actor
from node.store.tables import actors, agreements, proposals
from node.store.transaction import Transaction
from tests.databases import new_sqlite
from tests.flows.neighbourhood import Quartier
from tests.serving import Serving, serving

API = "/api/aid/v1"
DAY = 86_400.0
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Reader:
    node: Serving
    web: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        url = path if path.startswith("http") else self.node.base + path
        async with self.web.get(url, headers=headers) as answer:
            return answer.status, answer.headers, await answer.read()

    async def json(self, path: str, **headers: str) -> Any:
        async with self.web.get(self.node.base + path, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json(content_type=None)

    async def call(self, method: str, path: str, who: Actor, **json: Any) -> tuple[int, Any]:
        now = self.node.here.clock.now()
        token = await self.node.store.write(make_token, who.username, "read write", now)
        async with self.web.request(
            method,
            self.node.base + path,
            json=json or None,
            headers={"Authorization": f"Bearer {token}"},
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def feed(self, path: str, **headers: str) -> Any:
        """As feedparser reads it; it has no complaint."""
        status, told, body = await self.get(path, **headers)
        assert (status, told["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        read = feedparser.parse(body)
        assert not read.bozo, read.bozo_exception
        return read

    async def calendar(self, path: str, **headers: str) -> Any:
        status, told, body = await self.get(path, **headers)
        assert (status, told["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert all(len(line) <= 75 for line in body.split(b"\r\n"))  # RFC 5545 §3.1
        return icalendar.Calendar.from_ical(body)


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    async with (
        serving(new_sqlite(tmp_path), tmp_path) as node,
        aiohttp.ClientSession() as web,
    ):
        yield Reader(node, web)


def number(uri: str) -> int:
    return int(uri.rpartition("/")[2])


async def set_columns(node: Serving, uri: str, **columns: Any) -> None:
    def unit(tx: Transaction) -> None:
        tx.execute(
            sa.update(proposals).where(proposals.c.object_id == number(uri)).values(**columns)
        )

    await node.store.write(unit)


# ── topics and outlines ──────────────────────────────────────────────────────────────────────


async def test_topics_are_json_for_apps_and_skos_for_librarians(reader: Reader) -> None:
    """In the reader's language; the SKOS document by its media type, or at an address."""
    french = await reader.json(f"{API}/topics")
    english = await reader.json(f"{API}/topics", **{"Accept-Language": "en"})
    assert len(french) == len(english) == 51
    assert (french[0]["label"], english[0]["label"]) == ("Prêt d’outils", "Lending tools")
    assert english[0]["group"] == {"slug": "lending", "label": "Lending and borrowing"}
    assert french[0]["wikidata"] == "Q39546"
    skos = await reader.json(f"{API}/topics", Accept="application/ld+json")
    assert check_safe(skos) == []
    assert skos == await reader.json("/topics.jsonld")
    modes = {one["slug"]: one for one in await reader.json(f"{API}/modes")}
    assert modes["gift"]["units"][1] == {"slug": "kilogram", "label": "kilogramme"}
    assert modes["loan"]["reciprocal"] == "transferCustody"


async def test_the_association_chooses_among_the_topics(reader: Reader) -> None:
    """Some come first, some are hidden: nobody here publishes under those, and what is there, or
    comes from elsewhere, stays. Only who has the role chooses."""
    zoe, amina = (
        await reader.node.account("zoe", role="mediator"),
        await reader.node.account("amina"),
    )
    before = await reader.node.publish(amina, topic="care.visit")
    choice = {"hidden": ["care.visit"], "first": ["goods.food", "goods.books"]}
    assert (await reader.call("PUT", f"{API}/topics/choice", amina, **choice))[0] == 403
    status, told = await reader.call("PUT", f"{API}/topics/choice", zoe, **choice)
    assert status == 200
    assert [one["slug"] for one in told[:3]] == ["goods.food", "goods.books", "lending.tools"]
    shown = {one["slug"] for one in await reader.json(f"{API}/topics")}
    assert "care.visit" not in shown
    every = await reader.json(f"{API}/topics?hidden=true")
    assert [one["slug"] for one in every if one["hidden"]] == ["care.visit"]
    with pytest.raises(Exception, match="ne propose pas le sujet « Visite »"):
        await reader.node.publish(amina, topic="care.visit")
    assert (await reader.feed("/feed/care.visit.atom")).entries[0].id == before
    for senseless in ({"hidden": ["care.nothing"]}, {"hidden": ["other.other"]}):
        assert (await reader.call("PUT", f"{API}/topics/choice", zoe, **senseless))[0] == 422
    assert (await reader.call("PUT", f"{API}/topics/choice", zoe, hidden=[]))[0] == 200
    assert len(await reader.json(f"{API}/topics")) == 51


async def test_outlines_are_geojson_of_us_and_of_who_is_joined(reader: Reader) -> None:
    """RFC 7946: closed rings, the outer one counterclockwise, longitude first; the cells that an
    outline covers are the territory again."""
    async with Quartier("nadia") as presquile:
        await presquile.join(reader.node)
        status, headers, _ = await reader.get(f"{API}/territory")
        assert (status, headers["Content-Type"]) == (200, "application/geo+json")
        told = await reader.json(f"{API}/territory")
        assert told["type"] == "FeatureCollection"
        ours, theirs = told["features"]
        assert (ours["id"], ours["properties"]["home"]) == (f"{reader.node.base}/quartier", True)
        assert ours["properties"]["name"] == "Croix-Rousse"
        assert (theirs["id"], theirs["properties"]["home"]) == (presquile.quartier.id, False)
        assert theirs["properties"]["handle"] == f"quartier@{presquile.domain}"
        for feature, cells in ((ours, reader.node.here.territory.cells), (theirs, presquile.cells)):
            for polygon in feature["geometry"]["coordinates"]:
                outer, *holes = polygon
                assert outer[0] == outer[-1]
                assert turn(outer) > 0
                assert all(turn(hole) < 0 for hole in holes)
            covered = Territory.from_geojson(feature)
            assert covered.cells >= frozenset(cells)
            assert len(covered.cells) < 2 * len(cells)


def turn(ring: list[list[float]]) -> float:
    """Twice the area: above 0 when it goes counterclockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))


# ── Atom ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_feed_has_what_rfc_4287_asks_for(reader: Reader) -> None:
    """Ids that are IRIs, an author, times, links to itself and to the page, HTML as text."""
    amina = await reader.node.account("amina")
    uri = await reader.node.publish(amina, title="Sel & poivre <3", text="Bonjour.\n\nDeux sacs.")
    read = await reader.feed("/feed.atom")
    assert read.version == "atom10"
    assert (read.feed.id, read.feed.title) == (
        *(f"{reader.node.base}/feed.atom", "Entraide à Croix-Rousse"),
    )
    links = {link.rel: link.href for link in read.feed.links}
    assert links == {"self": read.feed.id, "alternate": f"{reader.node.base}/"}
    (entry,) = read.entries
    assert (entry.id, entry.link) == (uri, f"{reader.node.base}/@amina/{number(uri)}")
    assert entry.title.replace("\u00a0", " ") == "Demande : Sel & poivre <3"
    assert entry.author == "Amina"
    assert entry.published_parsed == entry.updated_parsed
    assert [tag.term for tag in entry.tags] == ["care.groceries", "care"]
    assert "<p>Deux sacs.</p>" in entry.content[0].value
    assert "Deux sacs." in entry.summary
    assert "<" not in entry.summary.replace("<3", "").replace("&lt;3", "")
    await reader.node.store.write(
        lambda tx: change_proposal(tx, reader.node.here, number(uri), title="Sel")
    )
    (changed,) = (await reader.feed("/feed.atom")).entries
    assert changed.id == uri
    assert changed.updated_parsed > changed.published_parsed


async def test_feeds_are_of_a_topic_a_group_what_is_urgent_and_a_purpose(reader: Reader) -> None:
    """And what is over, full, hidden, private or of somebody suspended is in none."""
    node = reader.node
    amina, troll = await node.account("amina"), await node.account("troll")
    groceries = await node.publish(amina, title="Courses")
    visit = await node.publish(amina, topic="care.visit", title="Visite", urgency="critical")
    tools = await node.publish(
        amina, purpose="offer", topic="lending.tools", title="Perceuse", language="en"
    )
    over = await node.publish(amina, title="Fini")
    full = await node.publish(amina, title="Plein")
    hidden = await node.publish(amina, title="Masqué")
    await node.publish(troll, title="Troll")
    await set_columns(node, over, expires_at=time.time() - 1)
    await set_columns(node, hidden, shown=False)
    await node.store.write(
        lambda tx: change_proposal(tx, node.here, number(full), state=State.MATCHED, available="0")
    )

    def suspend(tx: Transaction) -> None:
        tx.execute(sa.update(actors).where(actors.c.id == troll.id).values(suspended_at=1.0))

    await node.store.write(suspend)

    async def ids(path: str) -> list[str]:
        return [entry.id for entry in (await reader.feed(path)).entries]

    assert await ids("/feed.atom") == [tools, visit, groceries]
    assert await ids("/feed.atom?purpose=request") == [visit, groceries]
    assert await ids("/feed/care.atom") == [visit, groceries]
    assert await ids("/feed/care.groceries.atom") == [groceries]
    assert await ids("/feed/lending.atom?purpose=request") == []
    assert await ids("/feed/urgent.atom") == [visit]
    english = await reader.feed("/feed/lending.tools.atom", **{"Accept-Language": "en"})
    assert english.feed.title == "Lending tools, in Croix-Rousse"
    assert english.entries[0].title == "Offer: Perceuse"
    for nothing in ("/feed/care.nothing.atom", "/feed/%00.atom", "/feed.atom?purpose=gift"):
        assert (await reader.get(nothing))[0] in (400, 404, 422)


async def test_who_has_it_already_is_told_so(reader: Reader) -> None:
    """ETag and 304; what changed is sent again. A feed without entries is one all the same."""
    read = await reader.feed("/feed.atom")
    assert read.entries == []
    assert read.feed.updated_parsed is not None
    for path in ("/feed.atom", "/calendar.ics", f"{API}/topics", f"{API}/territory"):
        status, headers, body = await reader.get(path)
        assert status == 200
        assert headers["Cache-Control"].startswith("public, max-age=")
        tag = headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await reader.get(path, **{"If-None-Match": known})
            assert (again[0], again[2]) == (304, b"")
            assert again[1]["ETag"] == tag
        other = await reader.get(path, **{"If-None-Match": '"other"'})
        assert (other[0], other[2]) == (200, body)
    _, before, _ = await reader.get("/feed.atom")
    await reader.node.publish(await reader.node.account("amina"))
    assert (await reader.get("/feed.atom", **{"If-None-Match": before["ETag"]}))[0] == 200


async def test_what_xml_cannot_hold_is_left_out(reader: Reader) -> None:
    """A feed that one strange character breaks would be no feed for anybody."""
    uri = await reader.node.publish(await reader.node.account("amina"), title="Sel")
    await set_columns(reader.node, uri, title="Sel \x00\x0b\ufffe ]]> &amp; fin")
    (entry,) = (await reader.feed("/feed.atom")).entries
    assert entry.title.replace("\u00a0", " ") == "Demande : Sel  ]]> &amp; fin"
    _, _, body = await reader.get("/feed.atom")
    assert ElementTree.fromstring(body).tag == f"{ATOM}feed"


# ── iCalendar ────────────────────────────────────────────────────────────────────────────────


async def test_the_quartier_s_calendar(reader: Reader) -> None:
    """Read back: hours in the quartier's zone, an end, a stable UID, the coarse place alone; what
    is called off says so, with a higher sequence."""
    node = reader.node
    garden = await node.account("jardin", kind="association")
    starts = float(int(time.time() + 3 * DAY))
    day = await node.publish(
        garden,
        topic="collective.garden",
        mode="together",
        title="Journée au jardin, côté “mare”; \\o/",
        gathering=True,
        starts=starts,
        ends=starts + 7200,
        quantity="12",
        place=(45.77412345, 4.82856789),
    )
    need = await node.publish(garden, title="Arrosoirs", due=starts + DAY)
    await node.publish(garden, title="Sans date")
    read = await reader.calendar("/calendar.ics")
    assert read["X-WR-CALNAME"] == "Entraide à Croix-Rousse"
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Europe/Paris"]
    first, second = read.walk("VEVENT")
    assert (first["UID"], second["UID"]) == (day, need)
    begins = first["DTSTART"].dt
    assert (begins.timestamp(), str(first["DTSTART"].params["TZID"])) == (starts, "Europe/Paris")
    assert first["DTEND"].dt - begins == timedelta(hours=2)
    assert second["DTSTART"].dt.timestamp() == starts + DAY
    assert str(first["SUMMARY"]) == "Journée au jardin, côté “mare”; \\o/"
    assert first["STATUS"] == "CONFIRMED"
    note = node.here.addresses.object(number(day))
    assert first["URL"] == f"{node.base}/@jardin/{number(note)}"
    assert (first["GEO"].latitude, first["GEO"].longitude) == (45.776806, 4.831257)
    assert "45.7741" not in str(first.to_ical())
    assert event_uri(day).startswith(str(first["UID"]))
    await node.store.write(
        lambda tx: change_proposal(tx, node.here, number(day), state=State.WITHDRAWN)
    )
    off = (await reader.calendar("/calendar.ics")).walk("VEVENT")[0]
    assert (off["UID"], off["STATUS"]) == (day, "CANCELLED")
    assert off["SEQUENCE"] > first["SEQUENCE"]
    assert off["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt


async def test_six_in_the_evening_is_six_on_both_sides_of_the_clock_change(
    reader: Reader,
) -> None:
    """The VTIMEZONE that goes along says when the clocks change."""
    node = reader.node
    garden = await node.account("jardin")
    year = datetime.fromtimestamp(time.time()).year + 1
    told = []
    for month in (1, 7):
        at = await node.publish(garden, due=f"{year}-{month:02}-15T18:00:00+0{2 - (month < 3)}:00")
        told.append(at)
        await set_columns(node, at, expires_at=None)
    read = await reader.calendar("/calendar.ics")
    hours = {str(one["UID"]): one["DTSTART"].dt for one in read.walk("VEVENT")}
    assert [hours[at].hour for at in told] == [18, 18]
    assert [hours[at].utcoffset() for at in told] == [timedelta(hours=1), timedelta(hours=2)]


async def test_a_calendar_of_one_s_own_opens_by_its_address_alone(reader: Reader) -> None:
    """Made by a click, changed by another, ended by a third; it has what one agreed to, and is
    kept by nobody between."""
    node = reader.node
    amina, bruno = await node.account("amina"), await node.account("bruno")
    due = float(int(time.time() + 2 * DAY))
    asked = await node.publish(amina, due=due)
    lent = await node.publish(
        amina, purpose="offer", topic="lending.tools", mode="loan", title="Perceuse"
    )

    def agree(tx: Transaction) -> None:
        for proposal, back in ((asked, None), (lent, due + DAY)):
            tx.execute(
                sa.insert(agreements),
                {
                    "id": new_id(),
                    "offer_uri": f"{proposal}#offer",
                    "channel": "vf",
                    "proposal_id": number(proposal),
                    "author_id": amina.id,
                    "answerer_id": bruno.id,
                    "state": "accepted",
                    "due": back,
                    "quantity": "1",
                    "unit": "one",
                    "created_at": 1.0,
                    "updated_at": 1.0,
                },
            )

    await node.store.write(agree)
    assert await reader.call("GET", f"{API}/calendar", bruno) == (200, {"has_address": False})
    _, made = await reader.call("POST", f"{API}/calendar", bruno)
    assert await reader.call("GET", f"{API}/calendar", bruno) == (200, {"has_address": True})
    read = await reader.calendar(made["url"])
    events = {str(one["SUMMARY"]): one for one in read.walk("VEVENT")}
    assert set(events) == {"Courses pour une voisine", "À rendre : Perceuse"}
    assert events["Courses pour une voisine"]["DTSTART"].dt.timestamp() == due
    assert events["À rendre : Perceuse"]["DTSTART"].dt.timestamp() == due + DAY
    assert "Avec Amina." in events["À rendre : Perceuse"]["DESCRIPTION"]
    _, headers, _ = await reader.get(made["url"])
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Robots-Tag"] == "noindex"
    _, second = await reader.call("POST", f"{API}/calendar", bruno)
    assert (await reader.get(made["url"]))[0] == 404
    assert (await reader.get(second["url"]))[0] == 200
    assert (await reader.call("DELETE", f"{API}/calendar", bruno))[0] == 204
    assert (await reader.get(second["url"]))[0] == 404
    for wrong in ("x", "A" * 43, "%00", "A" * 5000):
        assert (await reader.get(f"/calendars/{wrong}.ics"))[0] in (400, 404)


async def test_a_calendar_s_secret_is_no_token(reader: Reader) -> None:
    """Who finds the address reads dates, and can do nothing else."""
    amina = await reader.node.account("amina")
    _, made = await reader.call("POST", f"{API}/calendar", amina)
    secret = made["url"].rpartition("/")[2].removesuffix(".ics")
    async with reader.web.get(
        f"{reader.node.base}{API}/calendar", headers={"Authorization": f"Bearer {secret}"}
    ) as answer:
        assert answer.status == 401
