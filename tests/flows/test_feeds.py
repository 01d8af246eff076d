"""Atom feeds over HTTP, read by an independent reader."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import sqlalchemy as sa

from node.actions.proposals import change_proposal
from node.aid.lifecycle import State
from node.store.tables import actors
from node.store.transaction import Transaction
from tests.flows.readers import API, Reader, number, reader, set_columns

__all__ = ["reader"]


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
    assert ElementTree.fromstring(body).tag == "{http://www.w3.org/2005/Atom}feed"
