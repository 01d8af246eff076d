"""A gathering as an Event: a golden file, nothing lost in JSON-LD, and read back by our own
readers as the events of Mobilizon and Gancio are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from node.activitypub.documents import ObjectDocument, parse_object
from node.activitypub.jsonld import check_safe, expand_and_compact
from node.aid.events import CONTEXT, Gathering, event_uri, to_event
from node.aid.lifecycle import State
from node.aid.topics import TOPICS

GOLDEN = Path(__file__).parent.parent / "data" / "golden" / "event.json"
BASE = "https://croix-rousse.example"
URI = f"{BASE}/objects/114812345678901234"
STARTS = 1_806_422_400.0  # 2027-03-30T16:00:00Z, two days after the clocks changed

REPAIR = Gathering(
    id=114812345678901234,
    uri=URI,
    page=f"{BASE}/@atelier/114812345678901234",
    author_uri=f"{BASE}/users/atelier",
    topic="collective.repair",
    state=State.OPEN,
    title="Café réparation",
    text="Apportez ce qui est cassé.\n\nOn répare ensemble & on boit un café <chaud>.",
    language="fr",
    quantity="12",
    available="12",
    unit="one",
    starts=STARTS,
    ends=STARTS + 3 * 3600,
    created=1_795_370_400.0,
    updated=1_795_370_400.0,
    latitude=45.776806,
    longitude=4.831257,
    radius_m=531,
)


def event(gathering: Gathering = REPAIR, **more: Any) -> dict[str, Any]:
    return to_event(
        gathering,
        group=f"{BASE}/quartier",
        followers=f"{BASE}/quartier/followers",
        quartier="Croix-Rousse",
        zone="Europe/Paris",
        tags=[("réparation", f"{BASE}/tags/r%C3%A9paration")],
        **more,
    )


def test_the_event_is_as_the_golden_file_has_it() -> None:
    """What goes out is looked at by a person when it changes."""
    made = {**event(), "@context": "…"}
    assert made == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("topic", TOPICS)
def test_nothing_is_lost_in_json_ld(topic: str) -> None:
    """A strict JSON-LD processor finds a meaning for every word of it."""
    assert check_safe(event(replace(REPAIR, topic=topic))) == []


def test_the_hour_is_the_one_that_people_were_told() -> None:
    """18:00 in Lyon, with the offset of that day and the name of the zone."""
    made = event()
    assert made["startTime"] == "2027-03-30T18:00:00+02:00"
    assert made["endTime"] == "2027-03-30T21:00:00+02:00"
    assert made["timezone"] == "Europe/Paris"
    assert made["displayEndTime"] is True


def test_an_open_end_has_one_for_machines() -> None:
    """FEP-8a8e: an end at which programs may take it for over, that nobody is to show."""
    made = event(replace(REPAIR, ends=None))
    assert made["endTime"] == "2027-03-30T20:00:00+02:00"
    assert made["displayEndTime"] is False


def test_places_count_down() -> None:
    """As Mobilizon reads it, and as FEP-8a8e has it."""
    made = event(replace(REPAIR, available="9", updated=REPAIR.updated + 60))
    assert made["maximumAttendeeCapacity"] == 12
    assert made["remainingAttendeeCapacity"] == 9
    assert made["participantCount"] == 3
    assert made["attendees"] == {"type": "Collection", "totalItems": 3}
    assert made["updated"] > made["published"]


def test_hours_to_fill_are_no_places() -> None:
    """What is counted in hours tells no capacity."""
    assert "maximumAttendeeCapacity" not in event(replace(REPAIR, unit="hour"))


@pytest.mark.parametrize("state", State)
def test_what_is_called_off_says_so(state: State) -> None:
    """Withdrawn or removed is cancelled; full, over or done is not."""
    made = event(replace(REPAIR, state=state))
    off = state in (State.WITHDRAWN, State.REMOVED)
    assert made["eventStatus"] == ("EventCancelled" if off else "EventScheduled")
    assert made["ical:status"] == ("CANCELLED" if off else "CONFIRMED")


def test_what_calendar_servers_stumble_over_is_avoided() -> None:
    """Mobilizon: an address that is text, a latitude that is no fraction. Gancio: no attachment at
    all, or a first one that is no picture; no name of a place."""
    made = event(replace(REPAIR, latitude=45, longitude=4))
    assert isinstance(made["location"]["address"], dict)
    assert b'"latitude": 45.0' in json.dumps(made["location"]).encode()
    assert made["attachment"] == []
    assert made["location"]["name"] == "Croix-Rousse"
    picture = {"type": "Document", "mediaType": "image/webp", "url": f"{BASE}/media/a.webp"}
    assert event(pictures=[picture])["attachment"] == [picture]
    assert made["joinMode"] == "external"
    assert made["externalParticipationUrl"] == REPAIR.page


def test_words_are_those_of_the_gathering() -> None:
    """What was written is text, not HTML; what to do is said in its language."""
    made = event()
    assert "café &lt;chaud&gt;" in made["content"]
    assert "Pour participer" in made["content"]
    assert "To take part" in event(replace(REPAIR, language="en"))["content"]


@pytest.mark.parametrize("spelt", ["as it stands", "expanded"])
def test_our_own_readers_take_it_for_an_event(spelt: str) -> None:
    """A node that gets it keeps it as it keeps Mobilizon's: name, hours, author, page."""
    document = json.loads(json.dumps(event()))
    if spelt == "expanded":
        document = expand_and_compact(document)
    read = parse_object(document)
    assert isinstance(read, ObjectDocument)
    assert (read.id, read.type, read.attributed_to) == (
        *(event_uri(URI), "Event", f"{BASE}/quartier"),
    )
    assert read.name == "Café réparation"
    assert (read.start_time, read.end_time) == (STARTS, STARTS + 3 * 3600)
    assert read.url == REPAIR.page
    assert [tag.name for tag in read.hashtags] == ["réparation"]
    assert read.language == "fr"


def test_its_context_is_ours_and_what_events_need() -> None:
    """No word of ours is given another meaning by it."""
    ours, events = CONTEXT[-2], CONTEXT[-1]
    assert isinstance(ours, dict)
    assert isinstance(events, dict)
    assert not ours.keys() & events.keys()
