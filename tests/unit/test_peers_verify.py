"""The tests' own verifier and signer: held to published vectors, to each other and to the product.

It is the judge of what the product sends, so it must be right by itself.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from node.activitypub import keys as node_keys
from node.activitypub.proofs import make_proof, verify_proof
from node.activitypub.signatures import Claim, SignedRequest, read_claim, sign_request, verify
from tests.peers.documents import User, actor, create, note
from tests.peers.keys import NotVerified, PeerKeys, base58btc, from_base58btc, multikey, rsa_key
from tests.peers.proofs import check_proof, proof_method, proven_in
from tests.peers.signing import prove, sign
from tests.peers.structured import InnerList, dictionary
from tests.peers.verifying import (
    Request,
    Scheme,
    check_digest,
    check_key,
    check_request,
    key_of,
    read_signature,
)

SCHEMES: tuple[Scheme, ...] = ("cavage", "rfc9421-rsa", "rfc9421-ed25519")
NOW = 1795370400.0  # 2026-11-22T18:00:00Z
INBOX = "http://127.0.0.1:8080/users/amina/inbox?via=%C3%A9t%C3%A9"
BODY = b'{"type":"Follow"}'
ZOE = User("http://127.0.0.1:9090", "zoe", keys=PeerKeys.generate())
ZOE_ACTOR = actor(ZOE, with_multikey=True)


def signed_by_zoe(scheme: Scheme, *, method: str = "POST", body: bytes = BODY) -> Request:
    headers = sign(ZOE.keys, scheme, actor=ZOE.id, method=method, url=INBOX, now=NOW, body=body)
    return Request(method, INBOX, list(headers.items()), body)


def check(request: Request, *, now: float = NOW) -> str:
    """All that a peer checks; the key's id."""
    signed = read_signature(request)
    check_request(request, signed, now=now)
    check_key(signed, key_of(ZOE_ACTOR, signed))
    return signed.key_id


# ── published vectors ────────────────────────────────────────────────────────────────────────


def test_the_ed25519_vector_of_rfc_9421() -> None:
    """Appendix B.2.6: the base is built as the RFC builds it and test-key-ed25519 signed it."""
    request = Request(
        "POST",
        "https://example.com/foo?param=Value&Pet=dog",
        [
            ("Host", "example.com"),
            ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("Content-Type", "application/json"),
            ("Content-Length", "18"),
            (
                "Signature-Input",
                'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
                ';created=1618884473;keyid="test-key-ed25519"',
            ),
            (
                "Signature",
                "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vu"
                "Qv5lIp5WPpBKRCw==:",
            ),
        ],
        b'{"hello": "world"}',
    )
    signed = read_signature(request)
    assert signed.base.decode() == (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n'
        '"@method": POST\n'
        '"@path": /foo\n'
        '"@authority": example.com\n'
        '"content-type": application/json\n'
        '"content-length": 18\n'
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" '
        '"content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    public = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    check_key(signed, Ed25519PublicKey.from_public_bytes(public))
    with pytest.raises(NotVerified, match="does not cover @target-uri, content-digest"):
        check_request(request, signed, now=1618884480.0)


def test_the_rsa_vector_of_rfc_9421() -> None:
    """§4.3: the proxy's rsa-v1_5-sha256 signature was made by test-key-rsa."""
    request = Request(
        "POST",
        "https://origin.host.internal.example/foo",
        [
            ("Host", "origin.host.internal.example"),
            ("Content-Type", "application/json"),
            ("Content-Length", "18"),
            ("Forwarded", "for=192.0.2.123;host=example.com;proto=https"),
            (
                "Content-Digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLv"
                "RwEmTHWXvJwew==:",
            ),
            (
                "Signature-Input",
                'proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" '
                '"content-length" "forwarded");created=1618884480;keyid="test-key-rsa";'
                'alg="rsa-v1_5-sha256";expires=1618884540',
            ),
            (
                "Signature",
                "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5"
                "g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu6"
                "8U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6C"
                "MfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR"
                "6WfgS9ddzirrswsE1w5o0LV/g==:",
            ),
        ],
        b'{"hello": "world"}',
    )
    signed = read_signature(request)
    assert signed.scheme == "rfc9421-rsa"
    assert (signed.created, signed.expires) == (1618884480.0, 1618884540.0)
    key = serialization.load_pem_public_key(
        b"""-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----
"""
    )
    assert isinstance(key, RSAPublicKey)
    check_key(signed, key)


@pytest.mark.parametrize(
    ("headers", "signature"),
    [
        (
            "(request-target) host date",
            "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iic"
            "w3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
        ),
        (
            "(request-target) host date content-type digest content-length",
            "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q"
            "52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
        ),
    ],
)
def test_the_vectors_of_draft_cavage(headers: str, signature: str) -> None:
    """Appendix C.2 and C.3, with the draft's own key and digest."""
    request = Request(
        "POST",
        "https://example.com/foo?param=value&pet=dog",
        [
            ("Host", "example.com"),
            ("Date", "Sun, 05 Jan 2014 21:31:40 GMT"),
            ("Content-Type", "application/json"),
            ("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
            ("Content-Length", "18"),
            (
                "Signature",
                f'keyId="Test",algorithm="rsa-sha256",headers="{headers}",signature="{signature}"',
            ),
        ],
        b'{"hello": "world"}',
    )
    key = serialization.load_pem_public_key(
        b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
    )
    assert isinstance(key, RSAPublicKey)
    check_key(read_signature(request), key)
    check_digest(request, "digest")


VECTOR_CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
]
VECTOR = {
    "@context": VECTOR_CONTEXT,
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}
VECTOR_PROOF = {
    "@context": VECTOR_CONTEXT,
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "verificationMethod": "https://server.example/users/alice#ed25519-key",
    "proofPurpose": "assertionMethod",
    "proofValue": "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4f"
    "Q5TYHaJENCxUDe9SdL",
    "created": "2023-02-24T23:36:38Z",
}
VECTOR_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"


def test_the_vector_of_fep_8b32() -> None:
    """The FEP's document, key and time: our proof is the published one, and it verifies."""
    secret = Ed25519PrivateKey.from_private_bytes(from_base58btc(VECTOR_SECRET)[2:])
    made = prove(VECTOR, secret, method=str(VECTOR_PROOF["verificationMethod"]), now=1677281798.0)
    assert made == {**VECTOR, "proof": VECTOR_PROOF}
    key = Ed25519PublicKey.from_public_bytes(from_base58btc(VECTOR_KEY)[2:])
    check_proof(made, key, now=NOW)


# ── by itself ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", b"")])
def test_what_a_peer_signs_a_peer_verifies(scheme: Scheme, method: str, body: bytes) -> None:
    """Signer and verifier agree in every scheme, with and without a body."""
    request = signed_by_zoe(scheme, method=method, body=body)
    assert read_signature(request).scheme == scheme
    assert check(request).startswith(ZOE.id)


def test_hs2019_is_verified_as_rsa_sha256_is() -> None:
    """The newer name leaves the algorithm to the key (draft-cavage-12 §2.3)."""
    headers = sign(
        ZOE.keys, "cavage", actor=ZOE.id, method="POST", url=INBOX, now=NOW, body=BODY, hs2019=True
    )
    assert 'algorithm="hs2019"' in headers["Signature"]
    assert check(Request("POST", INBOX, list(headers.items()), BODY)) == ZOE.rsa_key_id


Change = Callable[[Request], Request]

CHANGES: dict[str, Change] = {
    "another body": lambda request: replace(request, body=b'{"type":"Delete"}'),
    "another target": lambda request: replace(request, url=request.url + "&more"),
    "another method": lambda request: replace(request, method="PUT"),
    "no signature": lambda request: replace(request, headers=[]),
    "another host": lambda request: replace(
        request,
        url=request.url.replace("127.0.0.1", "localhost"),
        headers=[
            (name, "localhost:8080" if name == "Host" else value) for name, value in request.headers
        ],
    ),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_request_is_not_verified(scheme: Scheme, change: str) -> None:
    """Body, target, method and host are all under the signature."""
    with pytest.raises(NotVerified):
        check(CHANGES[change](signed_by_zoe(scheme)))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seconds", [-301.0, 3601.0])
def test_a_signature_from_another_time_is_not_verified(scheme: Scheme, seconds: float) -> None:
    """An hour past and five minutes ahead are the window."""
    with pytest.raises(NotVerified, match="signed at"):
        check(signed_by_zoe(scheme), now=NOW + seconds)


def test_the_key_must_stand_in_its_owners_document() -> None:
    """A key of another id, owner or controller is nobody's."""
    stolen = copy.deepcopy(ZOE_ACTOR)
    stolen["publicKey"]["owner"] = stolen["assertionMethod"][0]["controller"] = "https://evil"
    for document, key_id in (
        (ZOE_ACTOR, f"{ZOE.id}#other"),
        (stolen, ZOE.rsa_key_id),
        (stolen, ZOE.ed25519_key_id),
    ):
        for read in (rsa_key, multikey):
            with pytest.raises(NotVerified):
                read(document, key_id)


@pytest.mark.parametrize(
    "change",
    [
        {"content": "other"},
        {"@context": ["https://www.w3.org/ns/activitystreams"]},
        {"added": None},
    ],
)
def test_a_changed_document_has_no_proof(change: dict[str, Any]) -> None:
    """A proof is over every member of the document."""
    made = prove(note(ZOE, "1", "Bonjour"), ZOE.keys.ed25519, method=ZOE.ed25519_key_id, now=NOW)
    check_proof(made, multikey(ZOE_ACTOR, proof_method(made)), now=NOW)
    with pytest.raises(NotVerified):
        check_proof(made | change, multikey(ZOE_ACTOR, proof_method(made)), now=NOW)


def test_all_proofs_within_an_activity_are_found() -> None:
    """The activity's own, and that of what it holds."""
    inner = prove(note(ZOE, "1", "Bonjour"), ZOE.keys.ed25519, method=ZOE.ed25519_key_id, now=NOW)
    outer = {
        "type": "Announce",
        "object": {**create(ZOE, inner), "proof": {}},
        "attachment": [inner],
    }
    assert [path for path, _ in proven_in(outer)] == ["/object", "/object/object", "/attachment/0"]


def test_base58btc_keeps_leading_zeros() -> None:
    """Each zero byte in front is a 1."""
    for data in (b"", b"\0", b"\0\0\x01", b"\xff" * 34):
        assert from_base58btc(base58btc(data)) == data
    assert base58btc(b"\0\0\x01") == "z112"


def test_structured_fields_are_read_as_rfc_8941_says() -> None:
    """A dictionary of inner lists, byte sequences, strings with escapes, integers, booleans."""
    found = dictionary('a=("x" "y z");n=5;k="\\"q\\"";flag, b=:AAE=: ,c;p=1, d=?0')
    listed = found["a"]
    assert isinstance(listed, InnerList)
    assert listed.items == [("x", {}), ("y z", {})]
    assert listed.parameters == {"n": 5, "k": '"q"', "flag": True}
    assert listed.source == '("x" "y z");n=5;k="\\"q\\"";flag'
    assert (found["b"], found["c"], found["d"]) == (b"\0\x01", True, False)
    for broken in ('a=("x"', "a=1,a=2", "A=1", "a=1 b=2", 'a="'):
        with pytest.raises(NotVerified):
            dictionary(broken)


# ── with the product ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", None)])
def test_the_product_verifies_what_a_peer_signs(
    scheme: Scheme, method: str, body: bytes | None
) -> None:
    """Two readings of the specifications agree: theirs signs, ours reads."""
    request = signed_by_zoe(scheme, method=method, body=body or b"")
    parts = urlsplit(INBOX)
    claim = read_claim(
        SignedRequest(
            method=method,
            path=f"{parts.path}?{parts.query}",
            url=INBOX,
            headers={name.lower(): [value] for name, value in request.headers},
            body=body,
        ),
        now=NOW,
        expected_host=parts.netloc,
    )
    assert isinstance(claim, Claim)
    key = (
        node_keys.multikey_public_key(claim.key_id, ZOE.id, ZOE.keys.multibase)
        if scheme == "rfc9421-ed25519"
        else node_keys.rsa_public_key(claim.key_id, ZOE.id, ZOE.keys.pem)
    )
    assert isinstance(key, node_keys.PublicKey)
    assert verify(claim, key)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", None)])
def test_a_peer_verifies_what_the_product_signs(
    scheme: Scheme, method: str, body: bytes | None
) -> None:
    """Ours signs, theirs reads."""
    ed25519 = scheme == "rfc9421-ed25519"
    private, _ = node_keys.generate_ed25519() if ed25519 else node_keys.generate_rsa()
    amina = User("http://127.0.0.1:8080", "amina", keys=ZOE.keys)
    key_id = amina.ed25519_key_id if ed25519 else amina.rsa_key_id
    key = node_keys.load_private(key_id, "ed25519" if ed25519 else "rsa", private)
    document = actor(amina, with_multikey=True)
    document["publicKey"]["publicKeyPem"] = key.public_text
    document["assertionMethod"][0]["publicKeyMultibase"] = key.public_text
    headers = sign_request(
        key,
        "cavage-rsa" if scheme == "cavage" else scheme,
        method=method, url=INBOX, body=body, now=NOW,
    )  # fmt: skip
    request = Request(method, INBOX, list(headers.items()), body or b"")
    signed = read_signature(request)
    assert signed.scheme == scheme
    check_request(request, signed, now=NOW)
    check_key(signed, key_of(document, signed))


def test_proofs_hold_both_ways() -> None:
    """The product verifies a peer's proof, and a peer the product's."""
    made = prove(note(ZOE, "1", "Été"), ZOE.keys.ed25519, method=ZOE.ed25519_key_id, now=NOW)
    theirs = node_keys.multikey_public_key(ZOE.ed25519_key_id, ZOE.id, ZOE.keys.multibase)
    assert isinstance(theirs, node_keys.PublicKey)
    assert verify_proof(made, theirs, now=NOW)

    private, public = node_keys.generate_ed25519()
    ours = make_proof(
        note(ZOE, "2", "Été"),
        node_keys.load_private(ZOE.ed25519_key_id, "ed25519", private),
        now=NOW,
    )
    document = copy.deepcopy(ZOE_ACTOR)
    document["assertionMethod"][0]["publicKeyMultibase"] = public
    check_proof(ours, multikey(document, proof_method(ours)), now=NOW)
