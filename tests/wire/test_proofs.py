"""Integrity proofs: the published vectors, our own, and those who tamper."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub.keys import (
    PrivateKey,
    PublicKey,
    generate_ed25519,
    generate_rsa,
    load_private,
    multibase_decode,
    multibase_encode,
    multikey_public_key,
    rsa_public_key,
)
from node.activitypub.proofs import ProofClaim, canonical, make_proof, read_proof, verify_proof
from node.activitypub.rejected import Rejected

NOW = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC).timestamp()
ALICE = "https://server.example/users/alice"
ALICE_KEY = ALICE + "#ed25519-key"
VECTOR_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]
CREATE = {
    "@context": CONTEXT,
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": ALICE,
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": ALICE,
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}


def vector_signer(id: str = ALICE_KEY) -> PrivateKey:
    data = multibase_decode(VECTOR_SECRET)
    assert data is not None
    assert data[:2] == b"\x80\x26"  # multicodec ed25519-priv
    pem = ed25519.Ed25519PrivateKey.from_private_bytes(data[2:]).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return load_private(id, "ed25519", pem.decode())


def vector_key(id: str = ALICE_KEY) -> PublicKey:
    key = multikey_public_key(id, ALICE, VECTOR_PUBLIC)
    assert isinstance(key, PublicKey)
    return key


def signed() -> dict[str, Any]:
    return copy.deepcopy(make_proof(CREATE, vector_signer(), now=NOW))


def test_the_vector_of_fep_8b32() -> None:
    """fep-8b32.feature: this document, key and time give this proof, and it verifies."""
    made = make_proof(CREATE, vector_signer(), now=NOW)
    assert made == {
        **CREATE,
        "proof": {
            "@context": CONTEXT,
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": ALICE_KEY,
            "proofPurpose": "assertionMethod",
            "proofValue": "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4f"
            "Q5TYHaJENCxUDe9SdL",
            "created": "2023-02-24T23:36:38Z",
        },
    }
    assert verify_proof(made, vector_key())


def test_the_older_vector_of_fep_8b32_without_a_context_in_the_proof() -> None:
    """The FEP's first form, which peers in service still send, verifies as well."""
    document = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v1",
        ],
        "type": "Create",
        "actor": ALICE,
        "object": {"type": "Note", "content": "Hello world"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": ALICE_KEY,
            "proofPurpose": "assertionMethod",
            "proofValue": "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5K"
            "s1EhYSgpDaNM977Rg2",
            "created": "2023-02-24T23:36:38Z",
        },
    }
    assert verify_proof(document, vector_key())


def test_the_vector_of_vc_di_eddsa() -> None:
    """W3C Data Integrity EdDSA Cryptosuites v1.0, B.2: the Alumni Credential verifies."""
    method = f"did:key:{VECTOR_PUBLIC}#{VECTOR_PUBLIC}"
    context = [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ]
    credential = {
        "@context": context,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:abcdefgh",
            "alumniOf": "The School of Examples",
        },
    }
    made = make_proof(credential, vector_signer(method), now=NOW)
    assert made["proof"] == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "@context": context,
        "proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjo"
        "JdcnTMuVor51aX",
    }
    assert verify_proof(made, vector_key(method))


def test_what_is_read_of_a_proof() -> None:
    """The claim names the key and the time; a document without a proof has no claim."""
    claim = read_proof(signed())
    assert isinstance(claim, ProofClaim)
    assert claim.verification_method == ALICE_KEY
    assert claim.created == NOW
    assert claim.expires is None
    assert read_proof(CREATE) is None
    assert read_proof({**CREATE, "proof": None}) is None
    assert read_proof({**CREATE, "proof": []}) is None
    assert not verify_proof(CREATE, vector_key())


def edit_content(document: dict[str, Any]) -> None:
    document["object"]["content"] = "Hello World"


def edit_number(document: dict[str, Any]) -> None:
    document["object"]["location"]["latitude"] = 25.273963


def add_member(document: dict[str, Any]) -> None:
    document["to"] = "https://www.w3.org/ns/activitystreams#Public"


def add_context(document: dict[str, Any]) -> None:
    document["@context"].append({"content": "as:summary"})


def add_context_in_proof_too(document: dict[str, Any]) -> None:
    document["@context"].append({"content": "as:summary"})
    document["proof"]["@context"] = document["@context"]


def drop_context(document: dict[str, Any]) -> None:
    del document["@context"]


def drop_context_of_proof(document: dict[str, Any]) -> None:
    del document["proof"]["@context"]


def change_created(document: dict[str, Any]) -> None:
    document["proof"]["created"] = "2024-02-24T23:36:38Z"


def change_method(document: dict[str, Any]) -> None:
    document["proof"]["verificationMethod"] = "https://evil.example/users/eve#key"


def unsafe_integer(document: dict[str, Any]) -> None:
    document["size"] = 2**53


@pytest.mark.parametrize(
    "tamper",
    [
        edit_content,
        edit_number,
        add_member,
        add_context,
        add_context_in_proof_too,
        drop_context,
        drop_context_of_proof,
        change_created,
        change_method,
        unsafe_integer,
    ],
)
def test_a_tampered_document_is_not_verified(tamper: Callable[[dict[str, Any]], None]) -> None:
    """Whatever is changed, added or taken away after signing, the proof no longer holds."""
    document = signed()
    assert verify_proof(document, vector_key())
    tamper(document)
    assert not verify_proof(document, vector_key())


def test_another_key_does_not_verify() -> None:
    """The same id with another key, an RSA key, or the right key under another id: no."""
    _, other = generate_ed25519()
    stranger = multikey_public_key(ALICE_KEY, ALICE, other)
    assert isinstance(stranger, PublicKey)
    _, pem = generate_rsa()
    confused = rsa_public_key(ALICE_KEY, ALICE, pem)
    assert isinstance(confused, PublicKey)
    for key in (stranger, confused, vector_key(ALICE + "#other")):
        assert not verify_proof(signed(), key)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"type": ["DataIntegrityProof"]},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
        {"verificationMethod": None},
        {"verificationMethod": ""},
        {"verificationMethod": {"id": ALICE_KEY}},
        {"verificationMethod": "https://server.example/" + "a" * 3000},
        {"proofValue": None},
        {"proofValue": 5},
        {"proofValue": "z"},
        {"proofValue": "zzzz"},
        {"proofValue": "z" + "1" * 100_000},
        {"created": "yesterday"},
        {"created": 1677281798},
        {"created": "2023-02-24T23:36:38Z" * 10},
        {"expires": "never"},
        {"domain": "https://other.example"},
        {"challenge": "1f44d55f-f161-4938-a659-f8026467f126"},
        {"previousProof": "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"},
    ],
)
def test_a_proof_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    """Another suite, another purpose, a proof bound to something else, or a broken one."""
    document = signed()
    document["proof"].update(change)
    assert isinstance(read_proof(document), Rejected)
    assert not verify_proof(document, vector_key())


@pytest.mark.parametrize("proof", ["proof", 7, True, ["a", 1], [[]], {}, [{}]])
def test_a_proof_that_is_no_object_is_refused(proof: object) -> None:
    """Whatever stands under `proof`, nothing is raised."""
    assert isinstance(read_proof({**CREATE, "proof": proof}), Rejected)


def test_of_several_proofs_the_first_usable_one_counts() -> None:
    """A set of proofs may hold suites that we do not know; each signs the document without any."""
    document = signed()
    proof = document["proof"]
    document["proof"] = [{**proof, "cryptosuite": "mldsa44-jcs-2024"}, proof]
    assert verify_proof(document, vector_key())
    document["proof"] = [{"type": "x"}] * 50 + [proof]
    assert isinstance(read_proof(document), Rejected)


def test_an_expired_proof_is_refused() -> None:
    """A proof with `expires` holds until then, and never for one who does not say the time."""
    signer = vector_signer()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": ALICE_KEY,
        "proofPurpose": "assertionMethod",
        "expires": "2023-02-25T00:00:00Z",
    }
    data = sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(CREATE)).digest()  # type: ignore[arg-type]
    document = {**CREATE, "proof": {**options, "proofValue": multibase_encode(signer.sign(data))}}
    assert verify_proof(document, vector_key(), now=NOW)
    assert not verify_proof(document, vector_key(), now=NOW + 3600)
    assert not verify_proof(document, vector_key())


def test_a_linked_data_signature_beside_the_proof_is_left_out() -> None:
    """FEP-8b32: `signature` is added after the proof and removed before it is verified."""
    document = signed()
    document["signature"] = {"type": "RsaSignature2017", "signatureValue": "…"}
    assert verify_proof(document, vector_key())
    document["signature"] = "a member that only has the name"
    assert not verify_proof(document, vector_key())


def test_a_proof_is_replaced_not_signed_over() -> None:
    """Making a proof again, as for an edited note, leaves one proof over the document alone."""
    again = make_proof(make_proof(CREATE, vector_signer(), now=NOW - 60), vector_signer(), now=NOW)
    assert again == make_proof(CREATE, vector_signer(), now=NOW)
    assert "proof" not in CREATE


def test_a_document_that_jcs_cannot_write_gets_no_proof() -> None:
    """An integer beyond 2^53 is two numbers to two readers; an RSA key is no Ed25519 key."""
    with pytest.raises(ValueError, match="safe integer"):
        make_proof({"size": 2**53}, vector_signer(), now=NOW)
    private, _ = generate_rsa()
    with pytest.raises(ValueError, match="cannot make"):
        make_proof(CREATE, load_private(ALICE_KEY, "rsa", private), now=NOW)


def test_a_deep_document_is_not_verified_and_does_not_crash() -> None:
    """Nesting beyond what Python can walk is an answer, not a crash."""
    deep: Any = 1.0
    for _ in range(100_000):
        deep = [deep]
    document = signed()
    document["deep"] = deep
    assert not verify_proof(document, vector_key())
    while isinstance(deep, list):  # taken apart here, or freeing it would recurse
        deep = deep.pop()


def test_the_example_of_rfc_8785() -> None:
    """RFC 8785 §3.2.2 to §3.2.4: numbers, escapes and the order of keys."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert canonical(keys) == (
        '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'.encode()
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(min_value=-200, max_value=200)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(json_values)
def test_the_fast_canonical_form_is_the_slow_one(value: Any) -> None:
    """orjson is used only where it writes what the reference implementation writes."""
    assert canonical(value) == rfc8785.dumps(value)


@given(st.floats(min_value=1e-4, max_value=1e16) | st.floats(min_value=-1e16, max_value=-1e-4))
def test_the_fast_canonical_form_of_numbers_is_the_slow_one(value: float) -> None:
    """The same for the numbers around the limits of the fast form."""
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.sampled_from(["proof", "@context", "signature", "id"]), json_values))
def test_nothing_under_proof_raises(document: dict[str, Any]) -> None:
    """Generated documents, too, give an answer and no exception."""
    assert read_proof(document) is None or isinstance(read_proof(document), Rejected)
    assert verify_proof(document, vector_key()) is False


@given(
    st.dictionaries(
        st.sampled_from(["type", "created", "expires", "verificationMethod", "@context", "x"]),
        json_values,
    )
)
def test_nothing_in_a_proof_raises(change: dict[str, Any]) -> None:
    """Nor do generated members of an otherwise good proof."""
    document = signed()
    document["proof"] = {**document["proof"], **change}
    assert verify_proof(document, vector_key(), now=NOW) is (document["proof"] == signed()["proof"])
