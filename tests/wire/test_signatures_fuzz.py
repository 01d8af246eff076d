"""Generated requests: whatever is in them, reading them is an answer and never an exception."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.rejected import Rejected
from node.activitypub.signatures import SignedRequest, read_claim

NOW = 1795370400.0
SIGNATURE = "A" * 86 + "=="

anything = st.text(max_size=60)
# fmt: off
pieces = st.sampled_from([
    "sig1", "=", "(", ")", '"@method"', '"@target-uri"', '"host"', '"date"', '"digest"', ";", " ",
    "created", "1795370400", "keyid", '"https://a.example/k"', "alg", '"ed25519"', ",", ":", "?",
    "expires", "\\", '"', "\n", "\ud800", "\udce9", SIGNATURE, ";sf", "=?1", "-1", "9" * 40,
])
cavage_pieces = st.sampled_from([
    'keyId="a"', 'algorithm="hs2019"', 'algorithm="rsa-sha256"', f'signature="{SIGNATURE}"', ",",
    'headers="(request-target) host date"', 'headers="(created) host (request-target)"',
    "created=1795370400", "created=1.5", 'expires="9"', " ", '"', "=", "\udce9", "headers=",
])
# fmt: on
values = st.one_of(
    anything,
    st.lists(pieces, max_size=40).map("".join),
    st.lists(cavage_pieces, max_size=12).map("".join),
    st.sampled_from(
        ["a.example", "Sun, 22 Nov 2026 18:00:00 GMT", "SHA-256=AAAA", "sha-256=:AAAA:"]
    ),
    st.builds(lambda day, zone: f"Sun, {day} Nov 2026 18:00:00 {zone}", anything, anything),
)
names = st.sampled_from(
    ["signature", "signature-input", "authorization", "host", "date", "digest", "content-digest"]
)
requests = st.builds(
    SignedRequest,
    method=st.sampled_from(["GET", "POST"]) | anything,
    path=st.sampled_from(["/", "/inbox?a"]) | anything,
    url=st.sampled_from(["https://a.example/", "http://a.example", "x"]) | anything,
    headers=st.dictionaries(names, st.lists(values, max_size=2)),
    body=st.none() | st.binary(max_size=20),
)


@given(requests, st.sampled_from(["a.example", ""]) | st.lists(anything, max_size=2))
def test_reading_never_raises(request: SignedRequest, host: str | list[str]) -> None:
    """Any headers, in any number, with any text."""
    answer = read_claim(request, now=NOW, expected_host=host)
    if isinstance(answer, Rejected):
        assert answer.status in (400, 401)
        assert len(answer.reason) < 400


@given(
    st.lists(cavage_pieces, max_size=8),
    st.sampled_from(["Sun, 22 Nov 2026 18:00:00 GMT"]) | values,
)
def test_what_looks_like_a_draft_cavage_signature_never_raises(parts: list[str], date: str) -> None:
    """Near misses of a real signature, which reach further into the reader."""
    headers = {"host": ["a.example"], "date": [date], "signature": [",".join(parts)]}
    request = SignedRequest("GET", "/", "https://a.example/", headers, None)
    read_claim(request, now=NOW, expected_host="a.example")


@given(st.lists(pieces, max_size=30))
def test_what_looks_like_an_rfc_9421_signature_never_raises(parts: list[str]) -> None:
    """The same for RFC 9421."""
    given_ = 'sig1=("@method" "@target-uri");created=1795370400' + "".join(parts)
    headers = {
        "host": ["a.example"],
        "signature-input": [given_],
        "signature": [f"sig1=:{SIGNATURE}:"],
    }
    request = SignedRequest("GET", "/", "https://a.example/", headers, None)
    read_claim(request, now=NOW, expected_host="a.example")
