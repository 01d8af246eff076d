"""Whom the node listens to."""

from __future__ import annotations

import pytest

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


def test_there_are_two_degrees() -> None:
    """A block silences or suspends."""
    assert [check_severity("silence"), check_severity(" suspend ")] == ["silence", "suspend"]
    with pytest.raises(Invalid):
        check_severity("ban")


def test_a_hostile_host_costs_little() -> None:
    """A host of thousands of labels is asked after a bounded number of times."""
    assert Blocklist([BAD]).covering("a." * 50_000 + "example") is None
