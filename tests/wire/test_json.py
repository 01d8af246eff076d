"""Strict JSON: what limits.md refuses at the door."""

import json
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.rejected import Rejected
from node.activitypub.strict_json import dump, parse
from tests.ending import ends

REFUSED = {
    "nothing": b"",
    "no JSON": b"{a:1}",
    "an array on top": b"[1]",
    "a string on top": b'"a"',
    "a key twice": b'{"a":1,"a":2}',
    "a key twice, once escaped": b'{"a":1,"\\u0061":2}',
    "a key twice, far inside": b'{"a":[{"b":{"c":1,"c":1}}]}',
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":-Infinity}',
    "an integer beyond 64 bits": b'{"a":18446744073709551616}',
    "a negative integer beyond 64 bits": b'{"a":-9223372036854775809}',
    "an integer of a million digits": b'{"a":' + b"9" * 1_000_000 + b"}",
    "a float beyond 64 bits": b'{"a":1e999}',
    "Latin-1": '{"a":"é"}'.encode("latin-1"),
    "an encoded surrogate": b'{"a":"\xed\xa0\x80"}',
    "a lone surrogate": b'{"a":"\\ud800"}',
    "a lone surrogate as key": b'{"\\udfff":1}',
    "an escaped NUL": b'{"a":"\\u0000"}',
    "an escaped NUL as key": b'{"a":{"\\u0000":1}}',
    "a bare NUL": b'{"a":1}\x00',
    "a bare newline in a string": b'{"a":"\n"}',
    "something after the end": b'{"a":1} {}',
    "a trailing comma": b'{"a":1,}',
    "65 levels": b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
    "half a million levels": b'{"a":' + b"[" * 500_000,
    "10,001 values": b'{"a":[' + b",".join([b"1"] * 9_999) + b"]}",
    "400,000 values": b'{"a":[' + b",".join([b"1"] * 400_000) + b"]}",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_strict_is_refused_cheaply(raw: bytes) -> None:
    """Each forbidden form is Rejected, in proportion to its length."""
    with ends():
        assert isinstance(parse(raw), Rejected)


def test_what_is_at_the_limit_is_read() -> None:
    """64 levels, 10,000 values, the extreme 64-bit numbers and a byte order mark are fine."""
    assert isinstance(parse(b'{"a":' + b"[" * 63 + b"]" * 63 + b"}"), dict)
    assert isinstance(parse(b'{"a":[' + b",".join([b"1"] * 9_998) + b"]}"), dict)
    assert parse(b'{"a":18446744073709551615,"b":-9223372036854775808}') == {
        "a": 2**64 - 1,
        "b": -(2**63),
    }
    assert parse(b'\xef\xbb\xbf{"a":"\\ud83d\\ude00"}') == {"a": "😀"}


def test_brackets_in_strings_are_no_nesting() -> None:
    """Text made of brackets and quotes is text."""
    text = '[{"\\' * 200
    assert parse(json.dumps({"a": text}).encode()) == {"a": text}


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    """Any bytes are a document or Rejected."""
    parse(raw)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(-1e9, 1e9),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_what_is_written_is_read_back(document: dict[str, object]) -> None:
    """Reading what was written gives the same."""
    assert parse(dump(document)) == document


def test_an_ordinary_activity_costs_little() -> None:
    """A 2 KB activity is read in well under a tenth of a millisecond."""
    raw = dump(
        {"type": "Create", "object": {"content": "x" * 1500, "to": ["https://a.example"] * 9}}
    )
    best = min(timeit.repeat(lambda: parse(raw), number=200, repeat=5)) / 200
    assert best < 200e-6
