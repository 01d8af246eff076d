"""Reading signatures: what is forged, moved, replayed or confused is refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA512

from node.activitypub.keys import PublicKey
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import SignedRequest, verify
from tests.wire.zoe import (
    ACTOR,
    BODY,
    CONTENT_DIGEST,
    DIGEST,
    HOST,
    KEY,
    NOW,
    cavage,
    claimed,
    ed_public,
    ed_sign,
    read,
    refused,
    rfc,
    rsa_public,
    rsa_sign,
    with_header,
)


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host digest", "time"),
        ("(request-target) host date", "digest"),
        ("date", "(request-target)"),
        ("", "(request-target)"),
    ],
)
def test_draft_cavage_must_cover_everything_that_matters(covered: str, missing: str) -> None:
    """Leave out target, host, time or digest, and the rest could be moved to another request."""
    assert missing in refused(cavage(covered))


@pytest.mark.parametrize(
    "request_",
    [
        rfc('"@target-uri" "content-digest"'),
        rfc('"@method" "content-digest"'),
        rfc('"@method" "@target-uri"'),
        rfc('"@method" "@path" "content-digest"'),
        rfc('"@method" "@authority" "content-digest"'),
        rfc('"@method" "@request-target" "content-digest"'),
        rfc('"@method" "@authority" "@path" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@authority" "@query" "content-digest"', path="/inbox?a=b"),
        rfc(parameters=f';keyid="{KEY}"'),
        rfc(""),
    ],
)
def test_rfc_9421_must_cover_everything_that_matters(request_: SignedRequest) -> None:
    """The same for RFC 9421, whichever components are left out."""
    assert "cover" in refused(request_)


def test_an_unsigned_request_is_refused() -> None:
    """No signature, no belief."""
    assert refused(with_header(cavage(), "signature")) == "the request is not signed"
    assert "missing" in refused(with_header(rfc(), "signature"))


@pytest.mark.parametrize("make", [cavage, rfc])
def test_another_body_is_refused(make: Callable[[], SignedRequest]) -> None:
    """The digest that was signed must be that of the bytes that came, also when none came."""
    for body in (BODY + b" ", b"{}", b"", None):
        assert "digest" in refused(replace(make(), body=body))


def test_another_digest_does_not_verify() -> None:
    """An attacker who adapts the digest to another body breaks the signature."""
    other = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    old = replace(with_header(cavage(), "digest", "SHA-256=" + other), body=b"{}")
    assert not verify(claimed(old), rsa_public())
    new = replace(with_header(rfc(), "content-digest", f"sha-256=:{other}:"), body=b"{}")
    assert not verify(claimed(new), ed_public())


def test_every_known_digest_must_match() -> None:
    """A true SHA-256 beside a false SHA-512 is two bodies in one request."""
    false = base64.b64encode(hashlib.sha512(b"{}").digest()).decode()
    assert "match" in refused(cavage(digest=f"{DIGEST},SHA-512={false}"))
    assert "match" in refused(rfc(content_digest=f"{CONTENT_DIGEST}, sha-512=:{false}:"))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (cavage(digest="MD5=AAAA"), 401),
        (cavage(digest=""), 401),
        (cavage(digest="SHA-256=é"), 400),
        (cavage(digest="SHA-256=A"), 400),
        (cavage(digest="SHA-256"), 401),
        (cavage(digest=CONTENT_DIGEST), 400),
        (cavage(digest="x," * 10_000 + DIGEST), 400),
        (rfc(content_digest=DIGEST), 400),
        (rfc(content_digest="sha-256=:"), 400),
        (rfc(content_digest="sha=:AAAA:"), 401),
    ],
)
def test_a_digest_that_says_nothing_is_refused(request_: SignedRequest, status: int) -> None:
    """Unknown, empty, broken, of the other specification, or endless."""
    refused(request_, status=status)


def test_a_request_for_another_host_is_refused() -> None:
    """What Zoé's server sent to somebody else cannot be sent on to us."""
    other = "presqu-ile.example"
    assert "host" in refused(cavage(host=other))
    assert "host" in refused(replace(rfc(), url=f"https://{other}/inbox"))
    covered = '"@method" "@authority" "@path" "content-digest"'
    assert "host" in refused(rfc(covered, host=other))
    assert "host" in refused(rfc(covered.replace("@authority", "host"), host=other))
    assert "host" in refused(cavage(host=HOST + ":8443"))
    assert "address" in refused(replace(rfc(), url="nowhere"), status=400)


@pytest.mark.parametrize(
    ("request_", "key"), [(cavage(), rsa_public()), (rfc(), ed_public())], ids=["cavage", "rfc"]
)
def test_another_target_does_not_verify(request_: SignedRequest, key: PublicKey) -> None:
    """A signature for one inbox and method is none for another."""
    assert verify(claimed(request_), key)
    moved = replace(request_, path="/users/amina/inbox", url=f"https://{HOST}/users/amina/inbox")
    assert not verify(claimed(moved), key)
    assert not verify(claimed(replace(request_, method="PUT")), key)
    queried = replace(request_, path="/inbox?a", url=f"https://{HOST}/inbox?a")
    assert not verify(claimed(queried), key)


def timed(seconds: int) -> SignedRequest:
    return rfc(parameters=f';created={seconds};keyid="{KEY}"')


def test_the_window_of_time() -> None:
    """An hour past and five minutes ahead, with five minutes of clock error on both sides."""
    now = int(NOW)
    for at in (now - 3900, now + 600):
        claimed(timed(at))
    for at in (now - 3901, now + 601, 0, 10**11):
        assert "too long ago" in refused(timed(at))
    claimed(cavage(), NOW + 3900)
    claimed(cavage(), NOW - 600)
    for now_ in (NOW + 3901, NOW - 601):
        assert "too long ago" in refused(cavage(), now=now_)


def test_both_times_must_be_in_the_window() -> None:
    """A fresh `created` does not make up for an old date, and the older one is told."""
    covered = '"@method" "@target-uri" "date" "content-digest"'
    assert "too long ago" in refused(rfc(covered, date="Sun, 22 Nov 2026 12:00:00 GMT"))
    assert claimed(rfc(covered, date="Sun, 22 Nov 2026 17:59:00 GMT")).created == NOW - 60


def test_an_expired_signature_is_refused() -> None:
    """`expires` in the past ends it, in both families, covered or not."""
    assert "expired" in refused(
        rfc(parameters=f';created=1795370000;expires=1795370099;keyid="{KEY}"')
    )
    assert "expired" in refused(cavage(parameters='algorithm="hs2019",expires=1795370099,'))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Sun, 22 Foo 2026 18:00:00 GMT",
        "Sun, 22 Nov 2026 99:00:00 GMT",
        "Sun, 22 Nov 999999999999 18:00:00 GMT",
        "Sun, 22 Nov 2026 18:00:00 +99999999999",
        "0" * 5000,
        "٢٢",
    ],
)
def test_a_date_that_is_none_is_refused(date: str) -> None:
    """Nonsense for a date is refused without an exception."""
    assert isinstance(read(cavage(date=date)), Rejected)


def test_two_signatures_are_refused() -> None:
    """One signature per request: which of two counts is a question nobody should have to ask."""
    one = cavage()
    text = one.headers["signature"][0]
    assert "more than one" in refused(with_header(one, "signature", text, text))
    assert "more than one" in refused(with_header(one, "authorization", "Signature " + text))
    new = rfc()
    given, value = new.headers["signature-input"][0], new.headers["signature"][0]
    second = with_header(new, "signature-input", f"{given}, {given.replace('sig1', 'sig2')}")
    assert "more than one" in refused(second)
    assert "more than once" in refused(with_header(new, "signature-input", given, given))
    assert "more than once" in refused(with_header(new, "signature", value, value))
    assert "more than one" in refused(with_header(new, "signature", f"{value}, {value}"))
    assert "more than one" in refused(with_header(new, "authorization", "Signature " + text))


@pytest.mark.parametrize("name", ["host", "date", "digest"])
def test_a_covered_header_that_comes_twice_is_refused(name: str) -> None:
    """Which of two Host headers was signed, and which is obeyed? Neither."""
    request = cavage()
    value = request.headers[name][0]
    assert "more than once" in refused(with_header(request, name, value, value))
    assert "missing" in refused(with_header(request, name))


def test_a_covered_field_that_comes_twice_is_refused_under_rfc_9421() -> None:
    """The same, although RFC 9421 would join them."""
    request = rfc()
    assert "more than once" in refused(
        with_header(request, "content-digest", CONTENT_DIGEST, CONTENT_DIGEST)
    )
    assert "missing" in refused(with_header(request, "content-digest"))


def test_algorithms_cannot_be_confused() -> None:
    """The algorithm named, the signature's form and the key's kind must all agree."""
    assert isinstance(read(cavage(parameters='algorithm="hmac-sha256",')), Rejected)
    assert isinstance(read(cavage(parameters='algorithm="rsa-sha1",')), Rejected)
    short = claimed(cavage(sign=ed_sign))  # says rsa-sha256, is Ed25519
    assert not verify(short, ed_public())
    assert not verify(short, rsa_public())
    for algorithm in ("rsa-pss-sha512", "hmac-sha256", "ecdsa-p256-sha256", "none", ""):
        parameters = f';created=1795370400;keyid="{KEY}";alg="{algorithm}"'
        assert "algorithm" in refused(rfc(parameters=parameters, sign=rsa_sign))
    mislabelled = f';created=1795370400;keyid="{KEY}";alg="ed25519"'
    assert "length" in refused(rfc(parameters=mislabelled, sign=rsa_sign))
    mislabelled = mislabelled.replace("ed25519", "rsa-v1_5-sha256")
    crossed = claimed(rfc(parameters=mislabelled))
    assert not verify(crossed, ed_public())
    assert not verify(crossed, rsa_public())
    sha512 = claimed(rfc(sign=lambda base: rsa_sign(base, SHA512())))
    assert not verify(sha512, rsa_public())


def test_a_key_of_another_name_does_not_verify() -> None:
    """The key must be the one that the signature names, even if the bytes fit."""
    claim = claimed(rfc())
    assert not verify(claim, replace(ed_public(), id=ACTOR + "#other"))
