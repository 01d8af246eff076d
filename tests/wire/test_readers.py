"""The tiny readers: every form that ActivityStreams allows, and nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub import readers
from node.activitypub.vocabulary import PUBLIC

A = "https://a.example/1"
B = "https://b.example/2"


@pytest.mark.parametrize(
    "value",
    [A, [A], {"id": A}, [{"id": A, "type": "Note"}], {"type": "Link", "href": A}, [None, A, B]],
)
def test_one_id_takes_every_form(value: Any) -> None:
    """A string, an object, a Link or an array name the same thing."""
    assert readers.one_id(value) == A


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        5,
        True,
        [],
        {},
        "a",
        "urn:x:y",
        "javascript:alert(1)",
        "https://",
        "ftp://a.example/",
        "https://a.example/\n",
        "https://a example/",
        "https://u@a.example/",
        "https://a.example\\@b/",
        "https://a.example/\u202egpj.exe",
        "https://a.example/" + "x" * 2048,
        {"id": 5},
        [[A]],
    ],
)
def test_nonsense_is_no_id(value: Any) -> None:
    """What is no http(s) address, or carries a user name or control characters, is none."""
    assert readers.one_id(value) is None


@pytest.mark.parametrize("spelling", [PUBLIC, "as:Public", "Public"])
def test_public_has_three_spellings(spelling: str) -> None:
    """All three are read as the full IRI."""
    assert readers.is_public(spelling)
    assert readers.ids([spelling, A], 9) == (PUBLIC, A)


def test_ids_are_distinct_and_bounded() -> None:
    """Order is kept, doubles go, and so does what is beyond the limit."""
    assert readers.ids([A, {"id": B}, A], 9) == (A, B)
    assert readers.ids([f"{A}{n}" for n in range(99)], 3) == (f"{A}0", f"{A}1", f"{A}2")


@pytest.mark.parametrize(
    ("iri", "origin"),
    [
        ("https://EXAMPLE.com:443/a", "https://example.com"),
        ("HTTPS://example.com?x", "https://example.com"),
        ("https://exämple.de/", "https://xn--exmple-cua.de"),
        ("https://EXÄMPLE.de/", "https://xn--exmple-cua.de"),
        ("http://a.example:80", "http://a.example"),
        ("https://a.example:80/", "https://a.example:80"),
        ("http://127.0.0.1:4001/x", "http://127.0.0.1:4001"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
        ("https://a.\u202eexample/", "https://a.example"),
        ("https://a.example:99999/", None),
        ("https://a..example/", None),
        ("https://a.example./", None),
        ("https://a%2eexample/", None),
        ("https:/a.example/", None),
        ("//a.example/", None),
        ("acct:a@b.example", None),
    ],
)
def test_origins(iri: str, origin: str | None) -> None:
    """Hosts in lower case and punycode, default ports gone, tricks refused."""
    assert readers.origin(iri) == origin


def test_same_origin() -> None:
    """Scheme, host and port count; nothing has the origin of nonsense."""
    assert readers.same_origin("https://a.example/1", "https://A.example:443/2")
    assert not readers.same_origin("https://a.example/", "http://a.example/")
    assert not readers.same_origin("https://a.example/", "https://b.a.example/")
    assert not readers.same_origin("nonsense", "nonsense")
    assert not readers.same_origin(None, None)


def test_text_falls_back_on_its_languages() -> None:
    """The plain form first, then the first language by its tag; bidi overrides go."""
    assert readers.text({"name": "a\u202eb", "nameMap": {"fr": "c"}}, "name", 99) == "ab"
    assert readers.text({"nameMap": {"fr": "c", "EN": "d"}}, "name", 99) == "d"
    assert readers.text({"name": ["abc", "def"]}, "name", 2) == "ab"
    assert readers.text({"name": 5}, "name", 9) is None


def test_language_maps_are_bounded() -> None:
    """Tags are lowered, nonsense and "und" left out, and 32 are enough."""
    given = {
        "fr-FR": "a",
        "und": "b",
        "not a tag": "c",
        "en": 5,
        **{f"en-x{n}": "d" for n in range(50)},
    }
    found = readers.language_map({"contentMap": given}, "content", 9)
    assert found["fr-fr"] == "a"
    assert not {"und", "en", "not a tag"} & found.keys()
    assert len(found) == 32


NOW = 1_795_370_400.0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2026-11-22T18:00:00Z", NOW),
        ("2026-11-22T19:00:00+01:00", NOW),
        ("2026-11-22T18:00:00.183273595Z", NOW + 0.183273),
        ("1969-12-31T00:00:00Z", 946_684_800.0),
        ("9999-12-31T23:59:59-23:00", NOW + 86_400),
        ("yesterday", None),
        ("", None),
        (5, None),
        ("2026-13-01T00:00:00Z", None),
    ],
)
def test_times_are_clamped(written: Any, seconds: float | None) -> None:
    """A time of publication lies between 2000 and tomorrow."""
    assert readers.when(written, NOW) == seconds


def test_an_end_may_lie_ahead() -> None:
    """Ends and dues are not clamped to tomorrow."""
    assert readers.moment("2027-11-22T18:00:00Z") == NOW + 365 * 86_400


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        ("1", 1.0),
        ("2.5", 2.5),
        (["3"], 3.0),
        (True, None),
        ("NaN", None),
        ("1e99999", None),
        (float("inf"), None),
        (10**400, None),
        ("9" * 400, None),
        (None, None),
        ({}, None),
    ],
)
def test_numbers(value: Any, number: float | None) -> None:
    """Numbers and strings of numbers, finite ones only."""
    assert readers.number(value) == number


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON)
def test_no_value_makes_a_reader_raise(value: Any) -> None:
    """Every reader has an answer to every JSON."""
    document = {"x": value, "xMap": value, "type": value}
    readers.one_id(value)
    readers.ids(value, 5)
    readers.text(document, "x", 5)
    readers.language_map(document, "x", 5)
    readers.when(value)
    readers.moment(value)
    readers.number(value)
    readers.count(value)
    readers.flag(value)
    readers.types(document)
    list(readers.objects(value, 3))


@given(
    st.text(max_size=60) | st.from_regex(r"https?://[^/]{1,20}(:[0-9]{1,6})?/.*", fullmatch=True)
)
def test_no_text_makes_origin_raise(text: str) -> None:
    """Any text has an origin or None, and its origin is its own origin."""
    found = readers.origin(text)
    if found is not None:
        assert readers.origin(found) == found
