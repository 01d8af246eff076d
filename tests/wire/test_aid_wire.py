"""A proposal as a Note, there and back; the golden files are what peers get."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from node.activitypub.jsonld import check_safe, expand_and_compact, normalise
from node.activitypub.rejected import Rejected
from node.activitypub.vocabulary import OUR_CONTEXT, PUBLIC
from node.aid.content import name_of
from node.aid.drafts import check_draft
from node.aid.lifecycle import State
from node.aid.proposals import Answerable, Proposal, Purpose, Reach, Urgency, propose
from node.aid.territory import public_place
from node.aid.wire import Author, Home, Image, ReadProposal, from_note, hashtag_slug, to_note

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
NOW = 1_795_370_400.0  # 2026-11-22T18:00:00Z
HOME = Home("https://croix-rousse.example", "https://croix-rousse.example/quartier", "Croix-Rousse")
AMINA = Author(
    "https://croix-rousse.example/users/amina",
    "https://croix-rousse.example/users/amina/followers",
    "https://croix-rousse.example/@amina",
)


def made(state: State = State.OPEN, available: str | None = None, **changes: Any) -> Proposal:
    raw = {
        "author": "amina",
        "purpose": "request",
        "topic": "care.groceries",
        "title": "Courses pour une voisine",
        "text": "Elle ne peut pas sortir cette semaine.\n\nPain, lait, fruits.",
        **changes,
    }
    proposal = propose(
        check_draft(raw),
        id=114812345678901234,
        uri="https://croix-rousse.example/objects/114812345678901234",
        author_uri=AMINA.uri,
        origin="croix-rousse.example",
        now=NOW,
        centre=(45.774, 4.828),
        state=state,
    )
    return replace(proposal, available=available or proposal.quantity)


def offer(topic: str, mode: str, title: str, text: str = "", **changes: Any) -> Proposal:
    return made(purpose="offer", topic=topic, mode=mode, title=title, text=text, **changes)


KINDS: dict[str, Proposal] = {
    "request-service": made(urgency="high", due="2026-11-24T12:00:00Z", reach="wide"),
    "request-quartier": made(reach="quartier", urgency="low"),
    "offer-gift": offer(
        "goods.food", "gift", "Pommes du jardin", "À venir chercher.", quantity="3",
        unit="kilogram",
    ),
    "offer-swap": offer("goods.books", "swap", "Romans policiers contre bandes dessinées"),
    "offer-loan": offer("lending.tools", "loan", "Perceuse", due="2026-12-01T18:00:00Z"),
    "offer-time": offer("services.it", "time", "Une heure d’aide informatique", quantity="1"),
    "offer-use": offer("lending.space", "use", "Salle le samedi", quantity="4", expires="none"),
    "offer-together": offer(
        "collective.repair", "together", "Repair café", "Dix places.", quantity="10"
    ),
    "request-fund": made(topic="support.funding", mode="fund", title="Un four pour le fournil"),
    "offer-english": offer(
        "mobility.escort", "service", "A walk to the clinic", "I have a car.", language="en"
    ),
    "partly-matched": offer(
        "goods.clothing", "gift", "Manteaux d’hiver", quantity="5", state=State.PARTLY_MATCHED,
        available="2",
    ),
    "matched": made(state=State.MATCHED),
    "done": replace(made(state=State.DONE), updated=NOW + 7200),
    "withdrawn": replace(made(state=State.WITHDRAWN), updated=NOW + 7200),
    "gathering": offer(
        "collective.garden", "together", "Matinée au jardin partagé", "On plante les bulbes.",
        quantity="12", starts="2026-11-28T09:00:00+01:00", ends="2026-11-28T12:00:00+01:00",
        gathering=True, languages=["fr", "ar"],
    ),
    "use-from-to": offer(
        "lending.space", "use", "A room for your workshop", quantity="20", language="en",
        starts="2026-12-01T08:00:00Z", ends="2026-12-04T18:00:00Z", answerable="vouched",
        languages=["fr", "en"],
    ),
    "removed": made(state=State.REMOVED, title="Rien de tout cela ne reste"),
    "crisis": replace(
        made(topic="crisis.water", title="Eau potable", urgency="critical"),
        in_scope_of="https://croix-rousse.example/objects/114800000000000001",
    ),
}  # fmt: skip


def note(proposal: Proposal) -> dict[str, Any]:
    return to_note(proposal, author=AMINA, home=HOME, context=OUR_CONTEXT)


PICTURE = Image(
    "https://croix-rousse.example/media/5f0c.jpg", "image/jpeg", "Une perceuse rouge", 1600, 1200
)


def read(document: Mapping[str, Any]) -> ReadProposal:
    found = from_note(document, now=NOW + 86_400)
    assert isinstance(found, ReadProposal)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_golden(kind: str) -> None:
    """Each kind is written as its golden file says; ENTRAIDE_WRITE_GOLDEN=1 writes them anew."""
    document = note(KINDS[kind])
    assert document.pop("@context") == OUR_CONTEXT
    path = GOLDEN / f"proposal-{kind}.json"
    if os.environ.get("ENTRAIDE_WRITE_GOLDEN"):
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    golden = json.loads(path.read_text("utf-8"))
    assert document == golden
    assert list(document) == list(golden)


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_says_what_the_proposal_says(kind: str) -> None:
    """What one node writes, another reads: nothing that matters is lost on the way."""
    proposal = KINDS[kind]
    found = read(note(proposal))
    shown = (State.OPEN, State.PARTLY_MATCHED, State.MATCHED, State.DONE)
    assert found.state is (proposal.state if proposal.state in shown else State.DONE)
    assert found.public
    assert found.content == note(proposal)["content"]
    assert (found.uri, found.author_uri, found.audience) == (
        proposal.uri,
        AMINA.uri,
        HOME.quartier,
    )
    assert (found.purpose, found.topic, found.mode) == (
        proposal.purpose,
        proposal.topic,
        proposal.mode,
    )
    assert (found.title, found.language, found.urgency) == (
        name_of(proposal),
        proposal.language,
        proposal.urgency,
    )
    assert (found.reach, found.reach_m) == (proposal.reach, proposal.reach_m)
    assert (found.quantity, found.unit) == (proposal.quantity, proposal.unit)
    assert (found.published, found.updated) == (proposal.created, proposal.updated)
    assert (found.expires_at, found.due) == (proposal.expires_at, proposal.due)
    assert found.place == proposal.place
    assert (found.place_name, found.in_scope_of) == ("Croix-Rousse", proposal.in_scope_of)


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_is_sound_json_ld(kind: str) -> None:
    """A strict processor drops nothing of it, and the long way round means the same."""
    document = note(KINDS[kind])
    assert check_safe(document) == []
    assert normalise(document) == document
    slow = expand_and_compact(document)
    assert not isinstance(slow, Rejected)
    assert read(slow) == read(document)


def test_reach_on_the_wire() -> None:
    """No circle is adjacent, a circle of no radius is the quartier, any other is wide."""
    assert "areaServed" not in note(made())
    circle = note(made(reach="quartier"))["areaServed"]
    assert circle == {"type": "schema:GeoCircle", "schema:geoRadius": 0}
    wide = note(made(reach="wide", reach_m=5000))
    assert wide["areaServed"] == {"type": "schema:GeoCircle", "schema:geoRadius": 5000}
    wide["areaServed"] = {"type": "GeoCircle", "geoRadius": "1200.5"}
    assert (read(wide).reach, read(wide).reach_m) == (Reach.WIDE, 1200)
    unread: list[Any] = [-5, "far", None, [], True]
    for nonsense in unread:
        wide["areaServed"] = {"type": "schema:GeoCircle", "schema:geoRadius": nonsense}
        assert (read(wide).reach, read(wide).reach_m) == (Reach.ADJACENT, None)
    wide["areaServed"] = {"type": "schema:GeoCircle", "schema:geoRadius": 10**12}
    assert read(wide).reach_m == 100_000


def test_the_address_stays_at_home() -> None:
    """Nothing of the exact place that a person gave stands in the document."""
    written = json.dumps(note(made(place=(45.774312, 4.832871))))
    assert "45.7743" not in written
    assert "4.8328" not in written


def test_quantities_are_strings_and_numbers_are_read_too() -> None:
    """FEP-0837 has strings; peers send numbers, and units as IRIs."""
    document = note(KINDS["offer-gift"])
    quantity = document["publishes"]["resourceQuantity"]
    assert quantity == {"hasUnit": "kilogram", "hasNumericalValue": "3"}
    iri = "http://www.ontology-of-units-of-measure.org/resource/om-2/kilogram"
    document["publishes"]["resourceQuantity"] = {"hasUnit": iri, "hasNumericalValue": 3}
    document["publishes"]["availableQuantity"] = {"hasNumericalValue": 1.5}
    found = read(document)
    assert (found.quantity, found.available, found.unit) == ("3", "1.5", "kilogram")
    assert found.state is State.PARTLY_MATCHED
    document["publishes"]["availableQuantity"] = {"hasNumericalValue": 99}
    assert read(document).available == "3"
    del document["publishes"]["resourceQuantity"], document["publishes"]["availableQuantity"]
    assert (read(document).quantity, read(document).unit) == ("1", "one")


def test_a_proposal_of_fep_0837_is_read() -> None:
    """The type Proposal, a Wikidata concept, an exact place and no more than the FEP asks."""
    found = read(
        {
            "id": "https://market.example/proposals/1",
            "type": "Proposal",
            "purpose": "offer",
            "attributedTo": "https://market.example/users/alice",
            "name": "Offering used bike",
            "content": "Blue one-speed bike, 15 years old",
            "published": "2026-11-18T19:22:03.918737Z",
            "location": {"type": "Place", "latitude": 45.7700001, "longitude": 4.83},
            "publishes": {
                "id": "https://market.example/proposals/1#primary",
                "type": "Intent",
                "action": "transfer",
                "resourceConformsTo": "https://www.wikidata.org/wiki/Q11442",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            },
            "reciprocal": {
                "id": "https://market.example/proposals/1#reciprocal",
                "type": "Intent",
                "action": "transfer",
                "resourceConformsTo": "https://www.wikidata.org/wiki/Q4917",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "30"},
            },
            "unitBased": False,
            "to": "as:Public",
        }
    )
    assert (found.purpose, found.topic, found.mode) == (Purpose.OFFER, "lending.bicycle", "swap")
    assert (found.state, found.expires_at, found.url) == (State.OPEN, None, found.uri)
    assert found.to == (PUBLIC,)
    assert found.place == public_place(45.77, 4.83)


def test_what_we_do_not_know_is_other() -> None:
    """Unknown topics, urgencies, modes and languages are kept out of our own words."""
    document = note(made())
    document["publishes"]["resourceConformsTo"] = "https://w3id.org/entraide/topic/space.travel"
    document["publishes"]["action"] = "melt"
    document["urgency"] = "panic"
    document["contentMap"] = {"<b>": "x"}
    found = read(document)
    assert (found.topic, found.mode, found.urgency) == ("other.other", "service", Urgency.NORMAL)
    assert found.topic_iri == "https://w3id.org/entraide/topic/space.travel"
    assert found.language == "und"


def test_dates_are_clamped() -> None:
    """A proposal cannot date itself to the top of every list, nor before the web."""
    document = note(made())
    document["published"] = "9000-01-01T00:00:00Z"
    assert read(document).published == NOW + 2 * 86_400
    document["published"] = "0001-01-01T00:00:00Z"
    document["endTime"] = "0001-01-01T00:00:00Z"
    assert read(document).published == 946_684_800
    assert read(document).expires_at == 0


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Note", "id": "https://a.example/1", "content": "Bonjour"},
        {"type": "Article", "purpose": "offer"},
        {"type": ["Note"]},
        {},
        {"type": None, "purpose": 7},
    ],
)
def test_what_is_no_proposal(document: dict[str, Any]) -> None:
    """An ordinary post is none, and is left to others to read."""
    assert from_note(document, now=NOW) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("purpose", "sell"),
        ("id", None),
        ("id", "javascript:alert(1)"),
        ("id", "x" * 3000),
        ("attributedTo", []),
        ("attributedTo", {"name": "amina"}),
        ("publishes", None),
        ("publishes", "https://a.example/intent"),
        ("publishes", {"type": "Intent"}),
        ("publishes", {"type": "Intent", "action": ["", 7, {}][1]}),
    ],
)
def test_a_broken_proposal_is_a_value(key: str, value: Any) -> None:
    """What cannot be read is rejected with a reason, and nothing is raised."""
    assert isinstance(from_note({**note(made()), key: value}, now=NOW), Rejected)


def test_when_in_which_languages_and_who_may_answer_cross_the_wire() -> None:
    """What takes place, and when, is read elsewhere as it was written here."""
    garden = read(note(KINDS["gathering"]))
    assert (garden.starts_at, garden.ends_at) == (1_795_852_800.0, 1_795_863_600.0)
    assert (garden.gathering, garden.languages, garden.expires_at) == (
        True,
        ("ar",),
        garden.ends_at,
    )
    room = read(note(KINDS["use-from-to"]))
    assert (room.languages, room.answerable, room.gathering) == (
        ("fr",),
        Answerable.VOUCHED,
        False,
    )
    assert "inLanguage" not in note(made())
    assert "answerable" not in note(made())


def test_what_others_write_of_times_and_languages_is_clamped() -> None:
    """An end before the beginning is none; what is no language is left out."""
    document = note(KINDS["gathering"])
    document["publishes"]["hasEnd"] = "2020-01-01T00:00:00Z"
    document["inLanguage"] = ["fr", "<b>", 7, "de-AT", *(f"a{c}" for c in "bcdefghijklmn")]
    document["answerable"] = "nobody"
    found = read(document)
    assert found.ends_at is None
    assert found.languages[:2] == ("de-AT", "ab")
    assert len(found.languages) == 10
    assert found.answerable is Answerable.ANYONE


def test_pictures_go_along_with_their_words() -> None:
    """As Mastodon and the others read them: type, media type, address, alt text and size."""
    document = to_note(
        made(), author=AMINA, home=HOME, context=OUR_CONTEXT, pictures=[PICTURE],
        recurrence="chaque mardi à 18\u00a0h",
    )  # fmt: skip
    assert document["attachment"] == [
        {
            "type": "Image",
            "mediaType": "image/jpeg",
            "url": "https://croix-rousse.example/media/5f0c.jpg",
            "name": "Une perceuse rouge",
            "width": 1600,
            "height": 1200,
        }
    ]
    assert "Chaque mardi à 18\u00a0h.<br>" in str(document["content"])


def test_what_mediators_removed_keeps_no_word() -> None:
    """Neither in the title nor in the text."""
    assert "Rien de tout cela" not in json.dumps(note(KINDS["removed"]), ensure_ascii=False)


NONSENSE: list[Any] = [
    None, True, -1, 1e300, "", "x" * 200_000, [], {}, [[[]]], [None], {"id": 7}, [{"type": 5}] * 99,
    {"@value": 3}, {"type": ["a"] * 99, "name": {}}, "\ud83e\udd5a", [1, "a", {"b": []}],
]  # fmt: skip


def test_nonsense_anywhere_raises_nothing() -> None:
    """Each property with each kind of nonsense gives a reading or a rejection."""
    whole = note(replace(KINDS["offer-loan"], reach=Reach.WIDE, reach_m=2000))
    for key in whole:
        for nonsense in NONSENSE:
            found = from_note({**whole, key: nonsense}, now=NOW)
            assert found is None or isinstance(found, ReadProposal | Rejected)
            inside = whole[key]
            for name in inside if isinstance(inside, dict) else ():
                changed = {**whole, key: {**inside, name: nonsense}}
                found = from_note(changed, now=NOW)
                assert found is None or isinstance(found, ReadProposal | Rejected)


def test_reading_has_limits() -> None:
    """Names, content, tags and addressees are cut to what limits.md allows."""
    document = note(made())
    document["name"] = "a" * 10_000
    document["content"] = document["contentMap"]["fr"] = "b" * 500_000
    document["tag"] = [{"type": "Hashtag", "name": f"#t{i}"} for i in range(500)]
    document["cc"] = [f"https://a.example/{i}" for i in range(5_000)]
    found = read(document)
    assert len(found.title) == 200
    assert len(found.content) == 100_000
    assert len(found.tags) == 50
    assert len(found.cc) == 1_000


def test_hashtags_follow_the_language() -> None:
    """Purpose, topic and quartier, each linked to its page."""
    assert [tag["name"] for tag in note(made())["tag"]] == ["#demande", "#courses", "#CroixRousse"]
    english = note(KINDS["offer-english"])["tag"]
    assert english[1] == {
        "type": "Hashtag",
        "name": "#escort",
        "href": "https://croix-rousse.example/tags/escort",
    }
    assert read(note(made())).tags == ("demande", "courses", "CroixRousse")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Croix-Rousse", "CroixRousse"),
        ("Presqu’île", "Presquîle"),
        ("L'Isle-d'Abeau", "LIsleDAbeau"),
        ("vieux lyon 5e", "VieuxLyon5e"),
        ("#a_b <c>", "ABC"),
        ("—", ""),
    ],
)
def test_names_as_hashtags(name: str, slug: str) -> None:
    """Words begin with a capital, and only letters and digits remain."""
    assert hashtag_slug(name) == slug
