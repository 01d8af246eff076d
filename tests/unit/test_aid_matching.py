"""What fits what, and how it is said; the words that are looked for; cells around a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.aid.content_words import FRENCH
from node.aid.lifecycle import State
from node.aid.matching import MOST, NEAR_M, SERVES, best, fit, modes_near, topics_near, words
from node.aid.nearby import (
    FARTHEST_M,
    away,
    cell_at,
    cells_holding,
    is_coarse,
    is_near,
    look_up,
)
from node.aid.proposals import DAY, Answerable, Proposal, Purpose, Urgency
from node.aid.searching import Asked, asked, matches, words_for, words_in
from node.aid.territory import metres_between, public_place
from node.aid.topics import MODES, TOPICS
from tests.store.people import NOW, proposal, status

PARIS = "Europe/Paris"
HERE = (45.774, 4.828)
TUESDAY = NOW - NOW % DAY + DAY * ((5 - int(NOW // DAY) % 7) % 7) + 43_200  # the next, at noon UTC


def one(purpose: str, *, at: tuple[float, float] = HERE, **values: Any) -> Proposal:
    """An open one by its own author."""
    place = public_place(*at)
    given_: dict[str, Any] = {
        "purpose": Purpose(purpose),
        "cell": place.cell,
        "lat": place.lat,
        "lon": place.lon,
        "origin": "croix-rousse.example",
    }
    number = values.pop("number", 1 if purpose == "request" else 2)
    author = values.pop("author", f"https://croix-rousse.example/users/{purpose}")
    return proposal(status(1, number), author, **(given_ | values))


proposals = st.builds(
    one,
    st.sampled_from(["offer", "request"]),
    at=st.tuples(st.floats(45.75, 45.80), st.floats(4.80, 4.86)),
    number=st.integers(1, 9),
    author=st.sampled_from(["https://a.example/u/a", "https://b.example/u/b"]),
    topic=st.sampled_from(["care.groceries", "care.meals", "goods.food", "other.other"]),
    mode=st.sampled_from(sorted(MODES)),
    state=st.sampled_from([State.OPEN, State.PARTLY_MATCHED, State.MATCHED, State.DONE]),
    available=st.sampled_from(["0", "1", "2"]),
    language=st.sampled_from(["fr", "en", "und", "pt-BR"]),
    languages=st.sampled_from([(), ("ar",), ("pt",), ("en", "fr")]),
    starts_at=st.one_of(st.none(), st.floats(NOW - DAY, NOW + 9 * DAY)),
    due=st.one_of(st.none(), st.floats(NOW, NOW + 9 * DAY)),
    expires_at=st.one_of(st.none(), st.floats(NOW - DAY, NOW + DAY)),
    urgency=st.sampled_from(list(Urgency)),
    answerable=st.sampled_from(list(Answerable)),
    origin=st.sampled_from(["a.example", "b.example"]),
)


@given(proposals, proposals)
def test_whoever_is_told_of_the_other_is_told_of_by_the_other(a: Proposal, b: Proposal) -> None:
    """An offer suggests a request if, and as, the request suggests the offer."""
    assert fit(a, b, NOW) == fit(b, a, NOW)


@given(proposals, proposals)
def test_what_fits_is_open_near_of_one_kind_and_of_two_people(a: Proposal, b: Proposal) -> None:
    """Whatever else is said of the two."""
    found = fit(a, b, NOW)
    if found is None:
        return
    assert {a.purpose, b.purpose} == set(Purpose)
    assert a.author_uri != b.author_uri
    for each in (a, b):
        assert each.is_live(NOW)
        assert each.available != "0"
    assert a.topic.partition(".")[0] == b.topic.partition(".")[0] != "other"
    assert metres_between((a.lat, a.lon), (b.lat, b.lon)) <= NEAR_M
    assert found.metres <= NEAR_M
    assert found.at is None or found.at >= NOW
    assert "score" not in found.reasons


@given(proposals, proposals)
def test_what_is_looked_at_is_what_may_fit(a: Proposal, b: Proposal) -> None:
    """Only topics and modes that are asked for of the store can fit."""
    if fit(a, b, NOW) is not None:
        assert b.topic in topics_near(a.topic)
        assert b.mode in modes_near(a)


@given(proposals, st.lists(proposals, max_size=12))
def test_the_best_come_first_and_few(a: Proposal, others: list[Proposal]) -> None:
    """At most a handful, by their score."""
    found = best(a, others, NOW)
    assert len(found) <= MOST
    scores = [made.score for _, made in found]
    assert scores == sorted(scores, reverse=True)
    every = [made.score for other in others if (made := fit(a, other, NOW))]
    assert scores == sorted(every, reverse=True)[: len(scores)]


WANTED = one("request")
OFFERED = one("offer")
FITS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    # what the request says, what the offer says, whether they fit
    "as they are": ({}, {}, True),
    "another topic of the group": ({}, {"topic": "care.meals"}, True),
    "another group": ({}, {"topic": "goods.food"}, False),
    "nobody knows what": ({"topic": "other.other"}, {"topic": "other.other"}, False),
    "too far": ({}, {"at": (45.81, 4.828)}, False),
    "a street away": ({}, {"at": (45.777, 4.828)}, True),
    "nowhere": ({}, {"cell": ""}, False),
    "no language in common": ({"language": "fr"}, {"language": "en"}, False),
    "one speaks the other's": ({"language": "fr", "languages": ("en",)}, {"language": "en"}, True),
    "a variant of it": ({"language": "pt"}, {"language": "pt-BR"}, True),
    "a language nobody told": ({"language": "fr"}, {"language": "und"}, True),
    "a loan for a gift": ({"mode": "gift"}, {"mode": "loan"}, False),
    "a gift for a loan": ({"mode": "loan"}, {"mode": "gift"}, True),
    "an hour for an hour": ({"mode": "service"}, {"mode": "time"}, True),
    "before it is offered": ({"due": TUESDAY}, {"starts_at": TUESDAY + DAY}, False),
    "the same day": ({"starts_at": TUESDAY}, {"starts_at": TUESDAY - 60, "ends_at": TUESDAY + 60},
                     True),
    "over when it is needed": ({"starts_at": TUESDAY}, {"ends_at": TUESDAY - 60}, False),
    "a loan that comes back before": ({"mode": "loan", "due": TUESDAY},
                                      {"mode": "loan", "starts_at": TUESDAY + DAY}, True),
    "nothing left": ({}, {"available": "0"}, False),
    "promised": ({"state": State.MATCHED}, {}, False),
    "over": ({"expires_at": NOW}, {}, False),
    "both for their own members": ({"answerable": Answerable.MEMBERS},
                                   {"answerable": Answerable.MEMBERS, "origin": "m.example"},
                                   False),
    "one for anybody": ({}, {"answerable": Answerable.MEMBERS, "origin": "m.example"}, True),
    "one's own": ({"author": "https://a.example/u/a"}, {"author": "https://a.example/u/a"}, False),
}  # fmt: skip


@pytest.mark.parametrize("case", FITS)
def test_what_fits(case: str) -> None:
    """One reason at a time."""
    asks, offers, fits = FITS[case]
    assert (fit(one("request", **asks), one("offer", **offers), NOW) is not None) is fits


def test_two_of_a_kind_do_not_fit() -> None:
    """Two requests help nobody."""
    assert fit(WANTED, replace(WANTED, author_uri="https://x.example/u/x"), NOW) is None


def test_every_mode_is_served_by_itself() -> None:
    """And each of them is one that there is."""
    assert set(SERVES) == set(MODES)
    assert all(mode in served <= set(MODES) for mode, served in SERVES.items())


def test_a_topic_comes_before_the_others_of_its_group() -> None:
    """« Autre » is like nothing."""
    near = topics_near("care.meals")
    assert near[0] == "care.meals"
    assert set(near) == {slug for slug in TOPICS if slug.startswith("care.")}
    assert topics_near("other.other") == ()


def test_the_same_need_weighs_more_than_a_few_streets() -> None:
    """Among offers as near, the nearer; a like need only after the same."""
    near = one("offer", number=3, topic="care.meals")
    far = one("offer", number=4, at=(45.79, 4.828))
    farther = one("offer", number=5, at=(45.796, 4.828))
    found = [other.id for other, _ in best(WANTED, [near, farther, far], NOW)]
    assert found == [far.id, farther.id, near.id]


def said(asks: dict[str, Any], offers: dict[str, Any], language: str, to: Purpose) -> list[str]:
    found = fit(one("request", **asks), one("offer", **offers), NOW)
    assert found is not None
    told = words(found.reasons, language, to=to, zone=PARIS, now=NOW)
    return [each.replace("\u00a0", " ") for each in told]


def test_the_reasons_are_told_in_words() -> None:
    """What is needed, how far, when, in which language; in French and in English."""
    offers = {"at": (45.777, 4.828), "starts_at": TUESDAY, "ends_at": TUESDAY + 3600}
    assert said({}, offers, "fr", Purpose.REQUEST)[0] == "même besoin : aide aux courses"
    assert said({}, offers, "fr", Purpose.REQUEST)[-1] == "libre mardi"
    assert said({}, offers, "fr", Purpose.OFFER)[-1] == "souhaité mardi"
    assert said({}, offers, "en", Purpose.REQUEST)[-1] == "free on Tuesday"
    like = said({}, {"topic": "care.meals"}, "fr", Purpose.REQUEST)
    assert like == ["besoin voisin : aide aux courses", "tout près"]
    both = said({"languages": ("en",)}, {"language": "en"}, "fr", Purpose.REQUEST)
    assert both[-1] == "une langue commune : anglais"


@pytest.mark.parametrize(
    ("days", "french", "english"),
    [
        (-1, None, None),
        (0.1, "libre aujourd’hui", "free today"),
        (1, "libre jeudi", "free on Thursday"),
        (6, "libre mardi", "free on Tuesday"),
        (7, "libre le mercredi 25 novembre", "free on Wednesday 25 November"),
        (13, "libre le mardi 1er décembre", "free on Tuesday 1 December"),
        (378, "libre le mercredi 1er décembre 2027", "free on Wednesday 1 December 2027"),
    ],
)
def test_a_day_is_said_as_people_say_it(
    days: float, french: str | None, english: str | None
) -> None:
    """On a Wednesday, 18 November 2026, just after noon: by its name as long as that means one
    day; never in the past."""
    reasons = {"topic": "care.meals", "at": NOW + days * DAY}
    for language, expected in (("fr", french), ("en", english)):
        told = words(reasons, language, to=Purpose.REQUEST, zone=PARIS, now=NOW)
        assert told[1:] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("metres", "french", "english"),
    [
        (0, "tout près", "very near"),
        (420, "à 400 m", "400 m away"),
        (1_440, "à 1,4 km", "1.4 km away"),
    ],
)
def test_distances_are_said_for_people(metres: float, french: str, english: str) -> None:
    """Rounded: places are not told more exactly."""
    assert away(metres, "fr").replace("\u00a0", " ") == french
    assert away(metres, "en").replace("\u00a0", " ") == english


@given(
    st.floats(-60, 70), st.floats(-179, 179), st.floats(0, 1), st.floats(0, 360), st.booleans(),
    st.sampled_from([200.0, 1_900.0, 2_500.0, 6_000.0, 15_000.0, float(FARTHEST_M)]),
)  # fmt: skip
def test_no_place_that_is_near_is_missed(
    lat: float, lon: float, part: float, bearing: float, coarse: bool, metres: float
) -> None:
    """Anywhere on the globe: what is near is in one of the cells that are looked up, and where
    the cells alone decide, what they hold is near."""
    import math

    step = part * 1.2 * metres / 111_195
    north = lat + step * math.cos(math.radians(bearing))
    east = lon + step * math.sin(math.radians(bearing)) / math.cos(math.radians(lat))
    place = public_place(north, east, 7 if coarse else 8)
    found = look_up(lat, lon, metres)
    own = {"cell": place.cell, "cell_7": cell_at(place.cell, 7), "cell_5": cell_at(place.cell, 5)}
    at = metres_between((round(lat, 5), round(lon, 5)), (place.lat, place.lon))
    near = is_near(at, metres, coarse=is_coarse(place.cell))
    if (near and abs(at - metres) > 2_000) or found.exact:
        edge = abs(at - metres - (1406 if coarse else 531)) < 3
        assert edge or (own[found.column] in found.cells) >= near
    if found.exact and own["cell"] in found.cells:
        assert is_near(at - 3, metres, coarse=coarse)
    if at <= metres:
        assert cell_at(place.cell, 7) in cells_holding(lat, lon, metres + 2, 7)


def test_a_look_up_is_of_some_tens_of_cells() -> None:
    """However far somebody looks."""
    for metres in (100, 1_000, 2_000, 2_001, 6_000, 6_001, FARTHEST_M, 10 * FARTHEST_M):
        assert 1 <= len(look_up(*HERE, metres).cells) <= 75, metres


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Prêt d’outils", ["pret", "outil"]),
        ("Les journaux, l'école et QU’ELLE", ["les", "journal", "ecole", "et", "elle"]),
        ("bateaux boxes classes gaz", ["bateau", "boxe", "classe", "gaz"]),
        ("2,5 kg à 18h", ["2", "5", "kg", "a", "18h"]),
        ("الترجمة العربية", ["الترجمة", "العربية"]),
        ("_ !? \u202e ''", []),
    ],
)
def test_words_are_folded(text: str, found: list[str]) -> None:
    """Without accents, capitals, elisions and plurals."""
    assert list(words_in(text)) == found


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("courses", Asked((), ("courses", "course"))),
        ("l’aide aux cour", Asked(("aide",), ("cour", "cour"))),
        ("vélos ", Asked(("velo",), None)),
        ("de la", Asked(("de",), ("la", "la"))),
        ("", None),
        ("?!", None),
    ],
)
def test_what_is_looked_for(text: str, question: Asked | None) -> None:
    """Small words count only when there is nothing else; the last may be unfinished."""
    assert asked(text) == question


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_title_is_found_by_itself(title: str, more: str) -> None:
    """Whatever people write, in whatever script."""
    made = replace(WANTED, title=f"{title} {more}", text="")
    question = asked(title + " ")
    assert question is None or matches(words_for(made), question)


def test_the_fixed_words_of_others_are_not_searched() -> None:
    """One from elsewhere is found by what its author wrote, not by « répondez à ce message »."""
    content = f"Demande\u00a0: Courses\nPour les escaliers\nPlaces assises\n{FRENCH.answer}"
    made = replace(WANTED, title="Courses", text="")
    kept = words_for(made, content).split()
    assert {"escalier", "place", "assise"} <= set(kept)
    assert {"prive", "repondez", "message", "demande"}.isdisjoint(kept)
