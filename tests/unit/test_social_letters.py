"""What mails say, when, and to whom: the pure part."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.errors import Forbidden, Invalid
from node.social import letters, membership
from node.social.letters import News, Place
from node.social.notifications import (
    ALL,
    How,
    Kind,
    check_preferences,
    how_by_mail,
    next_digest,
)
from node.social.sentences import SENTENCES

PLACE = Place("Croix-Rousse", "https://croix-rousse.example")
STOP = "https://croix-rousse.example/unsubscribe/k"
JARGON = ("fédér", "federat", "proposal", "agreement", "notification", "instance", "actor", "{")


def news(kind: str = "comment", title: str = "Perceuse", who: str = "Bruno") -> News:
    return News(kind=kind, who=who, title=title, link="https://croix-rousse.example/@amina/1")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("title", ["", "Perceuse"])
def test_every_kind_is_said_in_plain_words(kind: Kind, language: str, title: str) -> None:
    """In both languages, with and without a title, by somebody or nobody, as one sentence."""
    for who in ("Bruno", ""):
        said = letters.sentence(language, news(kind.value, title, who))
        assert said[-1] in ".?!"
        assert said[0].isupper() or said[0] in "«“"
        assert "«  »" not in said
        assert "“”" not in said
        assert not any(word in said.lower() for word in JARGON), said
    assert SENTENCES[kind].fr != SENTENCES[kind].en


def test_a_kind_that_is_new_is_told_all_the_same() -> None:
    """A sentence for whatever has none yet."""
    assert letters.sentence("fr", news("something-new")) == "Il y a du nouveau pour vous."


def test_the_days_letter() -> None:
    """Greeting, one line and one link for each, who writes, and the way out."""
    told = [news(), news("vouched", "")]
    letter = letters.digest("fr", PLACE, name="Amina", news=told, more=0, unsubscribe=STOP)
    assert letter.subject == "Croix-Rousse : 2 nouvelles pour vous"
    assert letter.text == (
        "Bonjour Amina,\n\n"
        "voici ce qui s’est passé pour vous dans le quartier (Croix-Rousse).\n\n"
        "– Bruno a commenté votre annonce « Perceuse ».\n"
        "  https://croix-rousse.example/@amina/1\n"
        "– Bruno répond de vous.\n"
        "  https://croix-rousse.example/@amina/1\n\n"
        "Merci d’être là.\n\n"
        "-- \nCroix-Rousse\nhttps://croix-rousse.example\n\n"
        f"Ne plus recevoir de courrier : {STOP}\n"
    )
    one = letters.digest("en", PLACE, name="Amina", news=told[:1], more=0, unsubscribe=STOP)
    assert one.subject == "Croix-Rousse: 1 thing new today"
    many = letters.digest("fr", PLACE, name="Amina", news=told, more=7, unsubscribe=STOP)
    assert many.subject == "Croix-Rousse : 9 nouvelles pour vous"
    assert "– Et 7 de plus : https://croix-rousse.example\n" in many.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_letters_to_one_person(language: str) -> None:
    """Each says who writes, to whom, and holds its link alone on a line; those that one asked
    for have no way out, since nothing more comes."""
    link = "https://croix-rousse.example/x/k"
    made = [
        letters.welcome(language, PLACE, name="Léa", link=link, days=3),
        letters.new_password(language, PLACE, name="Léa", link=link),
        letters.confirm_address(language, PLACE, name="Léa", link=link),
        letters.declined(language, PLACE, name="Léa"),
        letters.already_here(language, PLACE, name="Léa"),
    ]
    for letter in made:
        assert "Croix-Rousse" in letter.subject
        assert "Léa," in letter.text
        assert "unsubscribe" not in letter.text
        assert not any(word in letter.text.lower() for word in JARGON)
    for letter in made[:3]:
        assert f"\n{link}\n" in letter.text
    urgent = letters.urgent(language, PLACE, name="Léa", news=news(), unsubscribe=STOP)
    assert STOP in urgent.text


@pytest.mark.parametrize(
    ("kind", "urgent", "wishes", "how"),
    [
        ("comment", False, {}, How.DIGEST),
        ("comment", True, {}, How.NOW),
        ("comment", False, {"comment": "now"}, How.NOW),
        ("comment", True, {"comment": "never"}, How.NEVER),
        ("comment", True, {"comment": "digest"}, How.DIGEST),
        ("comment", True, {ALL: "digest"}, How.NOW),
        ("comment", False, {ALL: "now"}, How.NOW),
        ("comment", True, {ALL: "never"}, How.NEVER),
        ("comment", True, {ALL: "never", "comment": "now"}, How.NEVER),
        ("message", False, {"comment": "never"}, How.DIGEST),
    ],
)
def test_how_somebody_is_told(kind: str, urgent: bool, wishes: dict[str, str], how: How) -> None:
    """As they wish; no mail at all is no mail at all."""
    assert how_by_mail(kind, urgent, wishes) is how


@pytest.mark.parametrize("wishes", [{"pigeons": "now"}, {"comment": "soon"}, {"": ""}])
def test_wishes_that_are_none(wishes: dict[str, str]) -> None:
    """Kinds and ways that there are not."""
    with pytest.raises(Invalid):
        check_preferences(wishes)


@given(
    now=st.floats(0, 4e9),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea"]),
)
def test_the_next_digest_is_at_its_hour(now: float, hour: int, zone: str) -> None:
    """After now, within a day and the hour by which the clocks change, at that hour there."""
    then = next_digest(now, hour=hour, zone=zone)
    assert now < then <= now + 25 * 3600
    local = datetime.fromtimestamp(then, ZoneInfo(zone))
    assert (local.minute, local.second) == (0, 0)
    assert local.hour == hour or (zone == "Europe/Paris" and hour == 2 and local.hour == 3)


def test_the_hour_stays_when_the_clocks_change() -> None:
    """18.00 in Paris on both sides of 25 October 2026."""
    before = datetime(2026, 10, 24, 18, 30, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
    then = next_digest(before, hour=18, zone="Europe/Paris")
    assert datetime.fromtimestamp(then, UTC).isoformat() == "2026-10-25T17:00:00+00:00"


def test_codes_cannot_be_guessed() -> None:
    """128 bits at least, never the same, and only a hash is kept that does not open anything."""
    codes = {membership.new_code() for _ in range(100)}
    assert len(codes) == 100
    assert membership.CODE_BYTES * 8 >= 128
    assert all(membership.hash_of(code) != code for code in codes)
    assert len(membership.hash_of("x")) == 64


def test_who_may_invite_and_vouch() -> None:
    """Members open accounts of people; those that speak for others are for mediators. Nobody
    vouches for themselves."""
    membership.check_inviter("resident", role="member", confirmed=True)
    membership.check_inviter("public-body", role="mediator", confirmed=True)
    with pytest.raises(Forbidden):
        membership.check_inviter("public-body", role="member", confirmed=True)
    with pytest.raises(Forbidden):
        membership.check_inviter("resident", role="admin", confirmed=False)
    membership.check_voucher(account_id=1, voucher_id=2, voucher_confirmed=True)
    with pytest.raises(Invalid):
        membership.check_voucher(account_id=1, voucher_id=1, voucher_confirmed=True)
    with pytest.raises(Forbidden):
        membership.check_voucher(account_id=1, voucher_id=2, voucher_confirmed=False)


@given(st.text(max_size=60))
def test_words_of_people_have_no_control_characters(text: str) -> None:
    """A name is one line; a text keeps its lines and nothing else that is not printed."""
    assert membership.one_line(text, 100, "x").isprintable()
    kept = membership.lines(text, 100, "x")
    assert all(line.isprintable() for line in kept.split("\n"))
    assert membership.lines(kept, 100, "x") == kept


def test_words_that_are_too_long() -> None:
    """Said, not cut."""
    with pytest.raises(Invalid):
        membership.one_line("x" * 101, 100, "Le nom")
    with pytest.raises(Invalid):
        membership.lines("x\n" * 51, 100, "Le mot")
    with pytest.raises(Invalid):
        membership.check_locale("tlh")
    for wrong in (0, 91):
        with pytest.raises(Invalid):
            membership.check_days(wrong)
        with pytest.raises(Invalid):
            membership.check_uses(wrong)
