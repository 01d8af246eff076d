"""Accounts, visibility and follows."""

from __future__ import annotations

import itertools

import pytest

from node.activitypub.vocabulary import PUBLIC
from node.errors import Invalid
from node.social.accounts import (
    KINDS,
    allows,
    check_email,
    check_kind,
    check_password,
    check_role,
    check_scopes,
    check_username,
    type_of_kind,
)
from node.social.follows import GRAPH, FollowEvent, FollowState, after, answers_accept
from node.social.visibility import Visibility, addressed, may_see, visibility_of

AMINA = "https://croix-rousse.example/users/amina"
LEA = "https://social.example/users/lea"
FOLLOWERS = AMINA + "/followers"


@pytest.mark.parametrize("name", ["amina", "a", "_", "amina_b", "a.b-c", "9", "x" * 30])
def test_names_that_people_can_have(name: str) -> None:
    """Letters, digits, _ and, inside, . and - make a name."""
    assert check_username(name) == name


def test_a_name_has_one_spelling() -> None:
    """Case, an @ in front and blanks around do not make another person."""
    assert check_username(" @Amina ") == "amina"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a.",
        "-a",
        "a b",
        "a@b",
        "é",
        "x" * 31,
        "a\nb",
        "a/b",
        "admin",
        "Quartier",
        "urgent",
    ],
)
def test_names_that_nobody_can_have(name: str) -> None:
    """What other servers cannot read, and what would pass for the node itself, is refused."""
    with pytest.raises(Invalid):
        check_username(name)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("amina@example.org", "amina@example.org"),
        (" Amina.B+quartier@Example.ORG ", "Amina.B+quartier@example.org"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_mail_addresses(text: str, kept: str) -> None:
    """The domain is lowered, the rest is kept as it is."""
    assert check_email(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amina",
        "@example.org",
        "amina@",
        "a@b@example.org",
        "amina@exa mple.org",
        "amina@example.org\nBcc: all@example.org",
        "amina\r@example.org",
        "amina@example.org,lea@example.org",
        "<amina@example.org>",
        ".amina@example.org",
        "a..b@example.org",
        "amina@-example.org",
        "amina@example..org",
        "amina@[127.0.0.1]",
        "a" * 65 + "@example.org",
        "a@" + "b." * 130 + "org",
        "amina\0@example.org",
    ],
)
def test_what_is_no_mail_address(text: str) -> None:
    """Nothing is accepted that could add a header or a recipient to a mail."""
    with pytest.raises(Invalid):
        check_email(text)


def test_passwords_have_a_length_and_no_other_rule() -> None:
    """8 to 1000 characters of any kind, kept as typed; NUL alone is refused."""
    assert check_password(" é" * 4) == " é" * 4
    for bad in ("1234567", "x" * 1001, "12345678\0"):
        with pytest.raises(Invalid):
            check_password(bad)


def test_kinds_give_actor_types() -> None:
    """Each account kind travels as the actor type of aid.md."""
    assert {kind: type_of_kind(kind) for kind in KINDS} == {
        "resident": "Person",
        "association": "Organization",
        "informal-group": "Group",
        "public-body": "Organization",
        "business": "Organization",
        "professional": "Person",
    }


def test_unknown_words_are_told_with_the_known_ones() -> None:
    """A mistake in a kind, a role or a scope is answered with what there is."""
    with pytest.raises(Invalid, match="association"):
        check_kind("club")
    with pytest.raises(Invalid, match="mediator"):
        check_role("boss")
    with pytest.raises(Invalid, match="read, write, follow, push"):
        check_scopes("read everything")
    with pytest.raises(Invalid):
        check_scopes("  ")


def test_scopes_cover_their_parts() -> None:
    """`read` covers `read:statuses`; a part covers only itself; `follow` covers relations."""
    assert check_scopes("read  write:media read") == "read write:media"
    assert allows("read", "read:statuses")
    assert allows("read:statuses", "read:statuses")
    assert allows("follow", "write:blocks")
    assert not allows("read:statuses", "read")
    assert not allows("read", "write:statuses")
    assert not allows("follow", "write:statuses")
    assert not allows("", "read")


@pytest.mark.parametrize(
    ("to", "cc", "visibility"),
    [
        ([PUBLIC], [FOLLOWERS], Visibility.PUBLIC),
        (["as:Public"], [], Visibility.PUBLIC),
        ([FOLLOWERS], [PUBLIC], Visibility.UNLISTED),
        ([LEA], ["Public"], Visibility.UNLISTED),
        ([FOLLOWERS], [LEA], Visibility.FOLLOWERS),
        ([LEA], [FOLLOWERS], Visibility.FOLLOWERS),
        ([LEA], [], Visibility.DIRECT),
        ([], [], Visibility.DIRECT),
        (["https://other.example/users/x/followers"], [], Visibility.DIRECT),
    ],
)
def test_visibility_is_what_the_addresses_say(
    to: list[str], cc: list[str], visibility: Visibility
) -> None:
    """Who is addressed tells who may see; another's followers are nobody here."""
    assert visibility_of(to, cc, followers=FOLLOWERS) is visibility
    assert addressed(to, cc).visibility(FOLLOWERS) is visibility


def test_somebody_without_followers_has_no_followers_only_posts() -> None:
    """No collection is never equal to no collection."""
    assert visibility_of([], [], followers=None) is Visibility.DIRECT


def test_an_audience_names_each_once() -> None:
    """To, cc and the audience property are one list of people, the hidden apart."""
    audience = addressed([PUBLIC, LEA], [LEA, FOLLOWERS], ["https://g.example/g"], [AMINA], [AMINA])
    assert audience.to == (PUBLIC, LEA)
    assert audience.cc == (FOLLOWERS, "https://g.example/g")
    assert audience.hidden == (AMINA,)
    assert audience.named == (LEA, FOLLOWERS, "https://g.example/g", AMINA)


def test_who_may_see_what() -> None:
    """Everybody sees the open; followers, recipients and the author the rest; a block ends it."""
    for visibility in Visibility:
        assert may_see(visibility, author=AMINA, viewer=None) is visibility.open
        assert may_see(visibility, author=AMINA, viewer=AMINA, blocked=True)
        assert may_see(visibility, author=AMINA, viewer=LEA) is visibility.open
        assert may_see(visibility, author=AMINA, viewer=LEA, addressed=True)
        assert not may_see(
            visibility,
            author=AMINA,
            viewer=LEA,
            addressed=True,
            follows=True,
            blocked=True,
        )
    assert may_see(Visibility.FOLLOWERS, author=AMINA, viewer=LEA, follows=True)
    assert not may_see(Visibility.DIRECT, author=AMINA, viewer=LEA, follows=True)
    assert not may_see(Visibility.FOLLOWERS, author=AMINA, viewer=None, follows=True)


def test_every_state_of_a_follow_is_declared() -> None:
    """The graph tells of each state, no follow among them, and only of events that exist."""
    assert set(GRAPH) == {None, *FollowState}
    for state, event in itertools.product(GRAPH, FollowEvent):
        assert after(state, event) in GRAPH


def test_the_life_of_a_follow() -> None:
    """Asked, accepted, ended; an Accept out of nowhere makes nobody follow."""
    assert after(None, FollowEvent.ASKED) is FollowState.PENDING
    assert after(None, FollowEvent.ASKED_OPEN) is FollowState.ACCEPTED
    assert after(FollowState.PENDING, FollowEvent.ACCEPTED) is FollowState.ACCEPTED
    assert after(None, FollowEvent.ACCEPTED) is None
    for ending in (FollowEvent.REJECTED, FollowEvent.UNDONE, FollowEvent.BLOCKED):
        assert after(FollowState.ACCEPTED, ending) is None


def test_who_asks_again_is_told_again() -> None:
    """A server that lost our Accept gets it once more, also from who approves by hand."""
    assert answers_accept(FollowState.ACCEPTED, FollowEvent.ASKED)
    assert answers_accept(None, FollowEvent.ASKED_OPEN)
    assert not answers_accept(None, FollowEvent.ASKED)
    assert not answers_accept(FollowState.ACCEPTED, FollowEvent.ACCEPTED)
