"""HTTP signatures against the vectors that the specifications publish."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from node.activitypub.keys import PublicKey, multibase_encode, multikey_public_key, rsa_public_key
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import Claim, SignedRequest, body_digests, read_claim, verify

BODY = b'{"hello": "world"}'

# draft-cavage-http-signatures-12, appendix C: an RSA key of 1024 bits.
CAVAGE_KEY = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
CAVAGE_NOW = 1388957500.0  # Sun, 05 Jan 2014 21:31:40 GMT
CAVAGE_DEFAULT = (
    "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7"
    "q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="
)
CAVAGE_BASIC = (
    "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe"
    "8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="
)
CAVAGE_ALL = (
    "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEU"
    "HFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="
)

# RFC 9421 B.1.1 test-key-rsa and B.1.4 test-key-ed25519.
RFC_RSA = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----
"""
RFC_ED25519 = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")


def cavage_request(signature: str, headers: str, body: bytes | None) -> SignedRequest:
    return SignedRequest(
        method="POST",
        path="/foo?param=value&pet=dog",
        url="https://example.com/foo?param=value&pet=dog",
        headers={
            "host": ["example.com"],
            "date": ["Sun, 05 Jan 2014 21:31:40 GMT"],
            "content-type": ["application/json"],
            "digest": ["SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="],
            "content-length": ["18"],
            "signature": [
                f'keyId="Test",algorithm="rsa-sha256",headers="{headers}",signature="{signature}"'
            ],
        },
        body=body,
    )


@pytest.mark.parametrize(
    ("signature", "headers", "body"),
    [
        (CAVAGE_BASIC, "(request-target) host date", None),
        (
            CAVAGE_ALL,
            "(request-target) host date content-type digest content-length",
            BODY,
        ),
    ],
)
def test_the_vectors_of_draft_cavage(signature: str, headers: str, body: bytes | None) -> None:
    """Appendix C.2 and C.3: the base is the one that was signed, byte for byte."""
    claim = read_claim(
        cavage_request(signature, headers, body), now=CAVAGE_NOW, expected_host="example.com"
    )
    assert isinstance(claim, Claim)
    assert claim.key_id == "Test"
    assert claim.created == CAVAGE_NOW
    # The draft's key is too small for our rules, so it is used here without them.
    key = serialization.load_pem_public_key(CAVAGE_KEY.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(claim.signature, claim.signing_base, PKCS1v15(), SHA256())
    assert isinstance(rsa_public_key("Test", "Test", CAVAGE_KEY), Rejected)


def test_the_default_vector_of_draft_cavage_covers_too_little() -> None:
    """Appendix C.1 signs the date alone: valid by the draft, worthless as a proof of a request."""
    request = cavage_request(CAVAGE_DEFAULT, "date", BODY)
    answer = read_claim(request, now=CAVAGE_NOW, expected_host="example.com")
    assert isinstance(answer, Rejected)
    assert answer.status == 401


def test_the_digest_of_the_drafts() -> None:
    """Both spellings of the digest that draft-cavage and RFC 9530 give for the same body."""
    digests = body_digests(BODY)
    assert digests.digest == "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
    assert digests.content_digest == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def rfc_ed25519_request(path: str, body: bytes | None) -> SignedRequest:
    return SignedRequest(
        method="POST",
        path=path,
        url="https://example.com" + path,
        headers={
            "host": ["example.com"],
            "date": ["Tue, 20 Apr 2021 02:07:55 GMT"],
            "content-type": ["application/json"],
            "content-length": ["18"],
            "signature-input": [
                'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
                ';created=1618884473;keyid="test-key-ed25519"'
            ],
            "signature": [
                "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vu"
                "Qv5lIp5WPpBKRCw==:"
            ],
        },
        body=body,
    )


def test_the_ed25519_vector_of_rfc_9421() -> None:
    """Appendix B.2.6: base and signature verify with test-key-ed25519."""
    claim = read_claim(
        rfc_ed25519_request("/foo", None), now=1618884480.0, expected_host="example.com"
    )
    assert isinstance(claim, Claim)
    assert claim.scheme == "rfc9421-ed25519"
    assert claim.created == 1618884473.0
    public = ed25519.Ed25519PublicKey.from_public_bytes(RFC_ED25519).public_bytes_raw()
    key = multikey_public_key(
        "test-key-ed25519", "https://example.com/a", multibase_encode(b"\xed\x01" + public)
    )
    assert isinstance(key, PublicKey)
    assert verify(claim, key)


def test_the_ed25519_vector_of_rfc_9421_with_its_query_and_body_covers_too_little() -> None:
    """The same vector as published signs neither the query nor the body: refused."""
    for path, body in (("/foo?param=Value&Pet=dog", None), ("/foo", BODY)):
        request = rfc_ed25519_request(path, body)
        answer = read_claim(request, now=1618884480.0, expected_host="example.com")
        assert isinstance(answer, Rejected)
        assert "cover" in answer.reason


def rfc_rsa_request() -> SignedRequest:
    return SignedRequest(
        method="POST",
        path="/foo",
        url="https://origin.host.internal.example/foo",
        headers={
            "host": ["origin.host.internal.example"],
            "date": ["Tue, 20 Apr 2021 02:07:56 GMT"],
            "content-type": ["application/json"],
            "content-length": ["18"],
            "forwarded": ["for=192.0.2.123;host=example.com;proto=https"],
            "content-digest": [
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLv"
                "RwEmTHWXvJwew==:"
            ],
            "signature-input": [
                'proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" '
                '"content-length" "forwarded");created=1618884480;keyid="test-key-rsa";'
                'alg="rsa-v1_5-sha256";expires=1618884540'
            ],
            "signature": [
                "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5"
                "g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu6"
                "8U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6C"
                "MfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR"
                "6WfgS9ddzirrswsE1w5o0LV/g==:"
            ],
        },
        body=BODY,
    )


def test_the_rsa_vector_of_rfc_9421() -> None:
    """§4.3: the proxy's rsa-v1_5-sha256 signature, with a sha-512 Content-Digest, verifies."""
    claim = read_claim(
        rfc_rsa_request(), now=1618884500.0, expected_host="origin.host.internal.example"
    )
    assert isinstance(claim, Claim)
    assert claim.scheme == "rfc9421-rsa"
    key = rsa_public_key("test-key-rsa", "https://example.com/a", RFC_RSA)
    assert isinstance(key, PublicKey)
    assert verify(claim, key)


def test_the_rsa_vector_of_rfc_9421_expires() -> None:
    """Its `expires`, with five minutes for clocks that differ, is the end of it."""
    for now, accepted in ((1618884540.0 + 300, True), (1618884540.0 + 301, False)):
        answer = read_claim(
            rfc_rsa_request(), now=now, expected_host="origin.host.internal.example"
        )
        assert isinstance(answer, Claim) is accepted
