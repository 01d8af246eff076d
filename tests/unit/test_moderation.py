"""Whom the node listens to."""

from __future__ import annotations

import pytest

from node.aid.on_behalf import check_consent
from node.errors import Invalid
from node.moderation.policy import (
    Accept,
    Blocklist,
    DomainBlock,
    Refuse,
    Silence,
    check_domain,
    check_severity,
    judge,
)
from node.moderation.reports import (
    Category,
    Outcome,
    check_category,
    check_outcome,
    check_reason,
    check_words,
)

LOUD = DomainBlock("loud.example", "silence")
BAD = DomainBlock("bad.example", "suspend")


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("kind.example", Accept),
        ("bad.example", Refuse),
        ("BAD.example.", Refuse),
        ("bad.example:8443", Refuse),
        ("a.b.bad.example", Refuse),
        ("notbad.example", Accept),
        ("bad.example.org", Accept),
        ("example", Accept),
        ("social.loud.example", Silence),
        ("", Accept),
    ],
)
def test_a_block_covers_a_domain_with_all_below_it(domain: str, expected: type) -> None:
    """Subdomains and ports are covered, names that only look alike are not."""
    verdict = judge(domain, f"https://{domain}/users/x", [LOUD, BAD])
    assert isinstance(verdict, expected)


def test_the_harder_block_counts() -> None:
    """A suspended domain stays so below a silenced one, and the other way round."""
    blocks = Blocklist([LOUD, DomainBlock("bad.loud.example", "suspend")])
    assert isinstance(judge("bad.loud.example", "x", blocks), Refuse)
    assert isinstance(judge("kind.loud.example", "x", blocks), Silence)
    blocks = Blocklist([BAD, DomainBlock("soft.bad.example", "silence")])
    assert blocks.suspends("soft.bad.example")
    both = Blocklist([DomainBlock("x.example", "suspend"), DomainBlock("X.example", "silence")])
    assert both.suspends("x.example")


def test_a_port_can_be_meant_alone() -> None:
    """A block with a port covers that port only; addresses have no parents."""
    blocks = Blocklist(
        [DomainBlock("127.0.0.1:3001", "suspend"), DomainBlock("192.0.2.7", "suspend")]
    )
    assert blocks.suspends("127.0.0.1:3001")
    assert not blocks.suspends("127.0.0.1:3002")
    assert blocks.suspends("192.0.2.7:80")
    assert not Blocklist([DomainBlock("0.2.7", "suspend")]).suspends("192.0.2.7")


def test_one_actor_can_be_refused() -> None:
    """A suspended actor and one whom the addressee blocked are refused wherever they live."""
    assert isinstance(judge("kind.example", "x", [], suspended=True), Refuse)
    assert isinstance(judge("loud.example", "x", [LOUD], blocked=True), Refuse)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (" Bad.Example ", "bad.example"),
        ("https://bad.example/", "bad.example"),
        ("*.bad.example", "bad.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("bad.example:8443", "bad.example:8443"),
        ("127.0.0.1:3001", "127.0.0.1:3001"),
        ("[::1]:3001", "[::1]:3001"),
        ("localhost", "localhost"),
    ],
)
def test_a_domain_to_block_has_one_spelling(text: str, domain: str) -> None:
    """What a mediator types or pastes becomes the name that servers use."""
    assert check_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    ["", ".", "fr", "a b.example", "bad..example", "bad.example:http", "a@b", "x.y/z", "☃ ."],
)
def test_what_is_no_domain_is_told(text: str) -> None:
    """A whole country, or no name at all, is not blocked by a slip of the hand."""
    with pytest.raises(Invalid):
        check_domain(text)


def test_there_are_three_degrees() -> None:
    """A block silences or suspends, or only says what its flags say."""
    assert [check_severity("silence"), check_severity(" suspend ")] == ["silence", "suspend"]
    assert check_severity("noop") == "noop"
    with pytest.raises(Invalid):
        check_severity("ban")


def test_flags_stand_beside_the_degree() -> None:
    """A server that is neither silenced nor suspended may have its pictures or its reports left;
    a suspended one has both; the flags of a domain hold below it."""
    quiet = DomainBlock("quiet.example", "noop", reject_reports=True)
    blocks = Blocklist([quiet, DomainBlock("a.quiet.example", "silence", reject_media=True), BAD])
    assert isinstance(judge("quiet.example", "x", blocks), Accept)
    assert isinstance(judge("a.quiet.example", "x", blocks), Silence)
    assert blocks.rejects_reports("b.a.quiet.example")
    assert blocks.rejects_media("b.a.quiet.example")
    assert not blocks.rejects_media("quiet.example")
    assert blocks.rejects_reports("bad.example")
    assert blocks.rejects_media("bad.example")
    assert not blocks.rejects_reports("kind.example")
    assert blocks.silences("a.quiet.example")
    assert not blocks.silences("bad.example")


def test_one_actor_can_be_silenced() -> None:
    """Wherever they live, and never more softly than their server."""
    assert isinstance(judge("kind.example", "x", [], silenced=True), Silence)
    assert isinstance(judge("bad.example", "x", [BAD], silenced=True), Refuse)


@pytest.mark.parametrize("category", list(Category))
def test_reports_have_a_reason_and_an_outcome(category: Category) -> None:
    """Of those there are; anything else is told what there is."""
    assert check_category(f" {category} ") is category
    assert check_outcome("talked") is Outcome.TALKED
    with pytest.raises(Invalid, match="spam"):
        check_category("rude")
    with pytest.raises(Invalid, match="talked"):
        check_outcome("banned")


def test_a_mediators_reason_is_one_line_that_is_there() -> None:
    """Who is concerned must understand; what a reporter says keeps its lines, within bounds."""
    assert check_reason("  des\nmots  ") == "des mots"
    assert check_reason("", needed=False) == ""
    for bad in ("", " \n ", "x" * 501):
        with pytest.raises(Invalid):
            check_reason(bad)
    assert check_words(" a\nb ") == "a\nb"
    with pytest.raises(Invalid):
        check_words("x" * 5_001)


NOW = 1_795_000_000.0
GIVEN = {
    "beneficiary": "Madame Colette",
    "consented_by": "elle-même",
    "consented_at": NOW - 3600,
    "consent_how": "phone",
    "call_back": "04 78 00 00 00",
}


def test_a_consent_is_whole_or_it_is_none() -> None:
    """Who, by whom, when, how, and how to call back; what is wrong is told without repeating a
    word of it, and what is printed in a log says nothing."""
    found = check_consent(**GIVEN, now=NOW)  # type: ignore[arg-type]
    assert (found.beneficiary, found.consent_how) == ("Madame Colette", "phone")
    assert "Colette" not in repr(found)
    for change in (
        {"beneficiary": " "},
        {"beneficiary": "x" * 201},
        {"consented_by": ""},
        {"consented_at": NOW + 3600},
        {"consented_at": NOW - 400 * 86_400},
        {"consent_how": "telepathy"},
        {"call_back": ""},
        {"call_back": "PLANTED" * 100},
    ):
        with pytest.raises(Invalid) as caught:
            check_consent(**{**GIVEN, **change}, now=NOW)  # type: ignore[arg-type]
        assert "PLANTED" not in caught.value.public
        assert "Colette" not in caught.value.public


def test_a_hostile_host_costs_little() -> None:
    """A host of thousands of labels is asked after a bounded number of times."""
    assert Blocklist([BAD]).covering("a." * 50_000 + "example") is None
