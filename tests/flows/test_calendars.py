"""iCalendar streams over HTTP, read by an independent reader."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import sqlalchemy as sa

from node.actions.proposals import change_proposal
from node.aid.events import event_uri
from node.aid.lifecycle import State
from node.ids import new_id
from node.store.tables import agreements
from node.store.transaction import Transaction
from tests.flows.readers import API, DAY, Reader, number, reader, set_columns

__all__ = ["reader"]


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
