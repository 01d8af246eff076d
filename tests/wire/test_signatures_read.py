"""Reading signatures: what peers write in their own way is read."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.hashes import SHA512

from node.activitypub.signatures import Claim, SignedRequest, read_claim, verify
from tests.wire.zoe import (
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
    rfc,
    rsa_public,
    rsa_sign,
    with_header,
)


@pytest.mark.parametrize(
    "request_",
    [
        cavage(),
        cavage(parameters=""),
        cavage(parameters='algorithm="hs2019",'),
        cavage(parameters='algorithm="RSA-SHA256",'),
        cavage("(request-target) Host Date Digest"),
        cavage("(request-target) host date digest content-type", content_type="application/json"),
        cavage(parameters='algorithm="hs2019",', sign=lambda base: rsa_sign(base, SHA512())),
        cavage(
            "(request-target) host (created) (expires) digest",
            parameters='algorithm="hs2019",created=1795370400,expires=1795370700,',
            created="1795370400",
            expires="1795370700",
        ),
        cavage(
            "(request-target) host (created) digest",
            parameters='algorithm="hs2019", created="1795370400", ',
            created="1795370400",
        ),
        cavage(digest="sha-256=" + DIGEST[8:]),
        cavage(digest="MD5=AAAA," + DIGEST),
        cavage(
            digest="SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode(),
        ),
        cavage(date="Sun, 22 Nov 2026 18:00:00 +0000"),
        cavage(date="Sun, 22 Nov 2026 19:00:00 +0100"),
        cavage(host=HOST.upper()),
        cavage(host=HOST + ":443"),
        cavage("(request-target) host date", method="GET", body=None),
        cavage("(request-target) host date", body=b""),
        rfc(sign=rsa_sign),
        rfc(sign=rsa_sign, parameters=f';created=1795370400;alg="rsa-v1_5-sha256";keyid="{KEY}"'),
        rfc('"@method" "@target-uri" "@authority" "host" "date" "content-digest"', sign=rsa_sign),
    ],
)
def test_signatures_in_the_forms_of_real_peers_are_read(request_: SignedRequest) -> None:
    """Case, order, spaces, hash and algorithm names differ; all of these verify with the key."""
    claim = claimed(request_)
    assert claim.key_id == KEY
    assert claim.algorithm == "rsa"
    assert verify(claim, rsa_public())
    assert not verify(claim, ed_public())


@pytest.mark.parametrize(
    "request_",
    [
        rfc(),
        rfc(parameters=f';created=1795370400;keyid="{KEY}";alg="ed25519"'),
        rfc(parameters=f';created=1795370400;keyid="{KEY}";nonce="a\\"b";tag="x";other=?0;flag'),
        rfc(parameters=f';expires=1795370700;created=1795370400;keyid="{KEY}"'),
        rfc('"@method" "@authority" "@path" "content-digest"'),
        rfc('"@method" "@authority" "@path" "@query" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@authority" "@path" "@query" "content-digest"'),
        rfc('"@method" "host" "@request-target" "content-digest"', path="/inbox?a=b"),
        rfc('"@method" "@target-uri" "@scheme" "date" "content-digest"'),
        rfc('"@method" "@target-uri" "date" "content-digest"', parameters=f';keyid="{KEY}"'),
        rfc('"@method" "@target-uri"', method="GET", body=None),
        rfc(label="*my-sig_1.0"),
        rfc(content_digest="unknown=:AAAA:, " + CONTENT_DIGEST),
        rfc(
            content_digest="sha-512=:"
            + base64.b64encode(hashlib.sha512(BODY).digest()).decode()
            + ":"
        ),
    ],
)
def test_ed25519_under_rfc_9421_is_read(request_: SignedRequest) -> None:
    """The forms that RFC 9421 allows for the target, the time and the digest."""
    claim = claimed(request_)
    assert claim.scheme == "rfc9421-ed25519"
    assert claim.created == NOW
    assert verify(claim, ed_public())
    assert not verify(claim, rsa_public())


def test_loose_spacing_is_signed_in_canonical_form() -> None:
    """RFC 9421 §2.5: the parameters are serialised anew, so spaces do not break a signature."""
    request = rfc()
    spaced = request.headers["signature-input"][0]
    spaced = spaced.replace("(", "(  ").replace(")", " )").replace(";", "; ").replace('" "', '"  "')
    assert verify(claimed(with_header(request, "signature-input", spaced)), ed_public())


def test_ed25519_under_draft_cavage_is_read() -> None:
    """hs2019 leaves the algorithm to the key; such a host is remembered as one of draft-cavage."""
    for parameters in ("", 'algorithm="hs2019",'):
        claim = claimed(cavage(parameters=parameters, sign=ed_sign))
        assert claim.scheme == "cavage-rsa"
        assert claim.algorithm == "ed25519"
        assert verify(claim, ed_public())


def test_a_signature_in_the_authorization_header_is_read() -> None:
    """Draft-cavage §3.1: the older place of the same thing."""
    request = cavage()
    value = request.headers["signature"][0]
    moved = with_header(with_header(request, "signature"), "authorization", "Signature " + value)
    assert verify(claimed(moved), rsa_public())
    bearer = with_header(request, "authorization", "Bearer abc")
    assert verify(claimed(bearer), rsa_public())


def test_what_else_is_covered_is_told() -> None:
    """A header such as Collection-Synchronization counts for the caller only when covered."""
    covered = "(request-target) host date digest"
    synchronized = 'collectionId="https://lyon.example/f", digest="00"'
    signed = claimed(
        cavage(covered + " collection-synchronization", collection_synchronization=synchronized)
    )
    assert "collection-synchronization" in signed.covered
    unsigned = claimed(cavage(covered, collection_synchronization=synchronized))
    assert "collection-synchronization" not in unsigned.covered


def test_one_of_several_own_hosts_is_enough() -> None:
    """A node may be reached by more than one name."""
    answer = read_claim(cavage(), now=NOW, expected_host=["www.example", HOST.upper() + ":443"])
    assert isinstance(answer, Claim)
