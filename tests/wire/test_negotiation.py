"""Content negotiation and content types."""

from __future__ import annotations

import pytest

from node.activitypub.negotiation import (
    ACTIVITY_JSON,
    LD_JSON,
    Representation,
    content_type_is_activity,
    negotiate,
)
from tests.ending import ends

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
MASTODON = f"{ACTIVITY_JSON}, application/ld+json"


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (FIREFOX, "html"),
        (CHROME, "html"),
        (MASTODON, "activity"),
        (f"{MASTODON}, text/html;q=0.1", "activity"),
        (ACTIVITY_JSON, "activity"),
        (LD_JSON, "activity"),
        (LD_JSON.upper(), None),  # the profile is an IRI: its case counts
        ('application/ld+json; profile="https://example.org/x, y; q=0"', None),
        (f'application/ld+json; profile="https://example.org/x", {ACTIVITY_JSON}', "activity"),
        ("application/json", "activity"),
        ("application/*", "activity"),
        ("text/*", "html"),
        ("text/html", "html"),
        (f"text/html, {ACTIVITY_JSON}", "html"),
        (f"{ACTIVITY_JSON}, text/html", "activity"),
        (f"text/html;q=0.5, {ACTIVITY_JSON};q=0.4", "html"),
        (f"text/html;q=0.4, {ACTIVITY_JSON};q=0.5", "activity"),
        (f"{ACTIVITY_JSON};q=0, */*", "html"),
        ("text/html;q=0, */*", "activity"),
        ("*/*;q=0", None),
        ("text/turtle", None),
        ("image/png, image/*", None),
        ("text/html;q=2", None),
        (f"nonsense, {ACTIVITY_JSON}", "activity"),
        (";,;,", None),
    ],
)
def test_what_a_reader_gets(accept: str, answer: Representation | None) -> None:
    """Browsers get pages and servers ActivityStreams, by weight, then by exactness and order."""
    assert negotiate(accept) == answer


@pytest.mark.parametrize("accept", [None, "", "  ", "*/*", "*/*;q=0.1"])
def test_who_says_nothing_gets_the_default(accept: str | None) -> None:
    """No preference is the address's own: ActivityStreams for objects, HTML for pages."""
    assert negotiate(accept) == "activity"
    assert negotiate(accept, default="html") == "html"


@pytest.mark.parametrize(
    "header",
    [
        "a/b," * 100_000 + ACTIVITY_JSON,
        '"' * 100_000,
        '"\\' * 50_000,
        "text/html" + ";a=b" * 100_000,
        "," * 100_000,
        "text/html;q=" + "1" * 100_000,
    ],
)
def test_a_hostile_header_costs_little(header: str) -> None:
    """However long and crooked, a header is read in proportion to its length."""
    with ends():
        negotiate(header)
        content_type_is_activity(header)


@pytest.mark.parametrize(
    "header",
    [
        ACTIVITY_JSON,
        "Application/Activity+JSON; charset=utf-8",
        LD_JSON,
        LD_JSON + "; charset=utf-8",
        'application/ld+json;profile="https://w3id.org/x https://www.w3.org/ns/activitystreams"',
        "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
    ],
)
def test_types_of_activitypub(header: str) -> None:
    """The two types that ActivityPub §3.2 names are taken, with parameters."""
    assert content_type_is_activity(header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://example.org/"',
        'application/ld+json; profile="x\\"https://www.w3.org/ns/activitystreams"',
        "text/html",
        "text/activity+json",
        f"text/html, {ACTIVITY_JSON}",
        "application/activity+jsonx",
        "application/activity+json\x00",
    ],
)
def test_other_types_are_not_activitypub(header: str | None) -> None:
    """Plain JSON, an unprofiled ld+json and two types at once are not believed."""
    assert not content_type_is_activity(header)
