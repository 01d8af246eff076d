"""What people read of a proposal in any client."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from node.activitypub.html import clean_html, plain_text
from node.aid.content import NBSP, THIN, amount, distance, html, moment
from node.aid.drafts import check_draft
from node.aid.lifecycle import LIVE, State
from node.aid.proposals import Proposal, Purpose, Urgency, propose
from node.aid.topics import MODES, TOPICS

NOW = 1_795_370_400.0  # 2026-11-22T18:00:00Z


def made(**changes: object) -> Proposal:
    raw = {
        "author": "amina",
        "purpose": "request",
        "topic": "care.groceries",
        "title": "Courses pour une voisine",
        "text": "Elle ne peut pas sortir.\n\nPain, lait,\nfruits.",
        "urgency": "high",
        "expires": "3d",
        **changes,
    }
    return propose(
        check_draft(raw),
        id=7,
        uri="https://a.example/objects/7",
        author_uri="https://a.example/users/amina",
        origin="a.example",
        now=NOW,
        centre=(45.774, 4.828),
    )


def read(proposal: Proposal) -> str:
    content = html(proposal, quartier="Croix-Rousse", tags=(), zone="Europe/Paris")
    return plain_text(content).replace(NBSP, "~").replace(THIN, "_")


def test_a_request_tells_all_that_is_needed_in_french() -> None:
    """Kind, title, topic, urgency, text, place, end and how to answer, in that order."""
    assert read(made()) == (
        "Demande~: Courses pour une voisine\n\n"
        "Aide aux courses (coup de main). C’est urgent.\n\n"
        "Elle ne peut pas sortir.\n\n"
        "Pain, lait,\nfruits.\n\n"
        "Vers Croix-Rousse, à 500~m près.\n"
        "Annonce valable jusqu’au mercredi 25 novembre 2026 à 19~h.\n\n"
        "Pour répondre~: répondez à ce message en privé."
    )


def test_an_offer_in_english() -> None:
    """The fixed words follow the proposal's language."""
    proposal = made(
        purpose="offer", topic="lending.tools", title="A drill", text="", urgency="low",
        language="en-GB", due="2026-12-01T12:30:00Z", quantity=2,
    )  # fmt: skip
    assert read(proposal) == (
        "Offer: A drill\n\n"
        "Lending tools (loan). There is no hurry.\n\n"
        "Quantity: 2.\n"
        "To be returned by Tuesday 1 December 2026 at 13:30.\n"
        "Around Croix-Rousse, within 500~m or so.\n"
        "Open until Wednesday 25 November 2026 at 19:00.\n\n"
        "To answer: reply to this message privately."
    )


def test_what_is_left_is_told() -> None:
    """A partly matched proposal says how much remains."""
    proposal = made(topic="goods.food", quantity="3", unit="kilogram", due=NOW + 86_400)
    text = read(replace(proposal, state=State.PARTLY_MATCHED, available="1.5"))
    assert "Quantité~: 3~kg, il reste 1,5~kg.\nPour le lundi 23 novembre 2026 à 19~h.\n" in text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("done", "Merci, c’est réglé_!"),
        ("withdrawn", "plus d’actualité"),
        ("removed", "médiation"),
        ("matched", "quelqu’un s’en occupe"),
        ("paused", "en pause"),
        ("satisfied-for-now", "suffisant pour le moment"),
        ("referred", "autre quartier"),
        ("expired", "à son terme"),
    ],
)
def test_what_is_over_says_so_first(state: str, says: str) -> None:
    """Whoever sees it late reads first that it is over, and is not asked to answer."""
    text = read(replace(made(), state=State(state)))
    assert says in text.split("\n")[0]
    assert "Pour répondre" not in text
    assert ("Elle ne peut pas" in text) == (state not in ("done", "withdrawn", "removed"))


def test_markup_of_people_is_text() -> None:
    """What a person types is shown as typed and cannot become markup."""
    proposal = made(title="<script>alert(1)</script> & co", text='<img src=x onerror="x">\n\n\n\n&')
    content = html(proposal, quartier="<b>Q</b>", tags=(), zone="Europe/Paris")
    assert set(re.findall(r"<(/?\w+)", content)) == {"p", "/p", "strong", "/strong", "br"}
    assert "&lt;script&gt;" in content
    assert "&lt;b&gt;Q" in content
    assert "<p></p>" not in content


def test_other_servers_take_nothing_away() -> None:
    """The HTML is within what peers let through: cleaning leaves the words as they are."""
    content = html(made(), quartier="Croix-Rousse", tags=(), zone="Europe/Paris")
    assert plain_text(clean_html(content)) == plain_text(content)


def test_french_typography() -> None:
    """In every kind and state: no plain space before : ; ! ?, no typewriter apostrophe."""
    for topic in TOPICS:
        for mode in MODES:
            for state in (*LIVE, State.DONE, State.PAUSED):
                proposal = made(topic=topic, mode=mode, purpose=Purpose.OFFER, text="")
                proposal = replace(proposal, state=state, urgency=Urgency.CRITICAL)
                content = html(proposal, quartier="Croix-Rousse", tags=(), zone="Europe/Paris")
                assert not re.search(r" [:;!?»]|« |'", content), content


@pytest.mark.parametrize(
    ("at", "language", "text"),
    [
        (NOW, "fr", f"dimanche 22 novembre 2026 à 19{NBSP}h"),
        (NOW + 300, "fr", f"dimanche 22 novembre 2026 à 19{NBSP}h{NBSP}05"),
        (1_782_907_200.0, "fr", f"mercredi 1er juillet 2026 à 14{NBSP}h"),
        (1_782_907_200.0, "en", "Wednesday 1 July 2026 at 14:00"),
    ],
)
def test_times_are_local_and_spoken(at: float, language: str, text: str) -> None:
    """Summer and winter time, and the first of the month, as people say them."""
    assert moment(at, language, "Europe/Paris") == text


def test_a_machine_without_time_zones_says_utc() -> None:
    """Where the zone is not known the time is still right, and says of what."""
    assert moment(NOW, "en", "Nowhere/None") == f"Sunday 22 November 2026 at 18:00{NBSP}UTC"


def test_distances_and_amounts() -> None:
    """Numbers are rounded and written as each language does."""
    assert distance(531, "fr") == f"500{NBSP}m"
    assert distance(1406, "fr") == f"1,4{NBSP}km"
    assert distance(1406, "en") == f"1.4{NBSP}km"
    assert distance(2000, "en") == f"2{NBSP}km"
    assert amount("1.5", "hour", "fr") == f"1,5{NBSP}heure"
    assert amount("1.5", "hour", "en") == f"1.5{NBSP}hours"
    assert amount("2", "litre", "fr") == f"2{NBSP}litres"
    assert amount("4", "one", "fr") == "4"
    assert amount("4", "tonne", "fr") == f"4{NBSP}tonne"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"starts": NOW + 3600}, "À partir du dimanche 22 novembre 2026 à 20~h."),
        (
            {"starts": NOW + 3600, "ends": NOW + 7200},
            "Le dimanche 22 novembre 2026, de 20~h à 21~h.",
        ),
        (
            {"starts": NOW, "ends": NOW + 86_400},
            "Du dimanche 22 novembre 2026 à 19~h au lundi 23 novembre 2026 à 19~h.",
        ),
        (
            {"starts": NOW, "mode": "together", "gathering": True, "quantity": "8"},
            "Places~: 8.\nLe dimanche 22 novembre 2026 à 19~h.",
        ),
        ({"languages": "fr,ar,xx-yy"}, "On peut se parler en français, arabe et xx-yy."),
        ({"answerable": "members"}, "Réservé aux membres du quartier.\n"),
        ({"answerable": "vouched"}, "pour qui quelqu’un se porte garant."),
        ({"answerable": "members"}, "Pour répondre~: connectez-vous au site du quartier."),
        (
            {"language": "en", "starts": NOW, "ends": NOW + 3600, "languages": "fr"},
            "On Sunday 22 November 2026, from 19:00 to 20:00.",
        ),
        (
            {"language": "en", "languages": ["fr", "uk"]},
            "We can speak English, French and Ukrainian.",
        ),
    ],
)
def test_when_in_which_languages_and_for_whom(changes: dict[str, object], says: str) -> None:
    """Said as people say it, in French and in English."""
    assert says in read(made(**changes))


def test_enough_for_now_says_when_it_opens_again() -> None:
    """So that nobody who would help is lost."""
    proposal = replace(made(), state=State.SATISFIED_FOR_NOW, opens_again_at=NOW)
    assert read(proposal).startswith(
        "Merci, c’est suffisant pour le moment. Elle rouvrira le dimanche 22 novembre 2026 à 19~h."
    )


def test_a_rhythm_is_said_with_its_time() -> None:
    """One time of a series says of which."""
    content = html(
        made(), quartier="Croix-Rousse", tags=(), zone="Europe/Paris", recurrence="chaque mardi"
    )
    assert "Chaque mardi.<br>" in content
