"""Object integrity proofs: FEP-8b32 with the cryptosuite eddsa-jcs-2022 (W3C vc-di-eddsa).

A proof is made and checked over the JSON as it stands, canonicalised by JCS (RFC 8785), never
over a document that was expanded or rendered anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from typing import Any, Final

import orjson
import rfc8785

from node.activitypub.keys import PrivateKey, PublicKey, multibase_decode, multibase_encode
from node.activitypub.rejected import Rejected
from node.clock import from_iso, to_iso

_SIGNATURE_BYTES: Final = 64
_IRI_MAX: Final = 2048
_PROOFS_MAX: Final = 16
_SAFE_INTEGER: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ProofClaim:
    """A proof that is of our kind; whether it holds is for `verify_proof` to say."""

    verification_method: str
    """The key's IRI."""
    created: float | None
    """Seconds since the epoch."""
    expires: float | None
    """Seconds since the epoch."""
    options: Mapping[str, Any]
    """The proof without its value, as signed."""
    signature: bytes


def make_proof(document: Mapping[str, Any], key: PrivateKey, *, now: float) -> dict[str, Any]:
    """The document with a ``proof`` by an Ed25519 key; an earlier proof is replaced.

    Raises ValueError when the key is RSA, or when JCS has no form for the document: for an integer
    beyond 2^53, say, which two readers could take for two numbers.
    """
    if key.algorithm != "ed25519":
        raise ValueError(f"The key {key.id} cannot make an eddsa-jcs-2022 proof.")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": to_iso(now),
        "verificationMethod": key.id,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        # vc-di-eddsa §3.3.1: the proof carries the document's context.
        options["@context"] = document["@context"]
    signature = key.sign(_hash_data(options, unsecured))
    unsecured["proof"] = {**options, "proofValue": multibase_encode(signature)}
    return unsecured


def read_proof(
    document: Mapping[str, Any], *, now: float | None = None
) -> ProofClaim | Rejected | None:
    """The first usable proof of a document; None when it has none at all.

    Rejected when no proof is of our kind: FEP-8b32 says to ignore such and to authenticate by
    other means. A proof with ``expires`` counts only until then, so only when ``now`` (seconds
    since the epoch) is given.
    """
    proofs = document.get("proof")
    if proofs is None:
        return None
    if not isinstance(proofs, list):
        return _read(proofs, now)
    if not proofs:
        return None
    answer: ProofClaim | Rejected = Rejected("no proof that we can use")
    for proof in proofs[:_PROOFS_MAX]:
        answer = _read(proof, now)
        if isinstance(answer, ProofClaim):
            break
    return answer


def verify_proof(document: Mapping[str, Any], key: PublicKey, *, now: float | None = None) -> bool:
    """Whether the proof that `read_proof` finds was made by ``key`` over this very document.

    Whose the key is, and whether its owner may say this, is the caller's to check (FEP-fe34).
    """
    claim = read_proof(document, now=now)
    if not isinstance(claim, ProofClaim):
        return False
    if key.algorithm != "ed25519" or key.id != claim.verification_method:
        return False
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if isinstance(unsecured.get("signature"), dict):
        # FEP-8b32: a linked data signature is added after the proof, which does not cover it.
        del unsecured["signature"]
    if "@context" in claim.options:
        # vc-di-eddsa §3.3.2 lets a document have more contexts than its proof covers. Ours may
        # not: a context added by somebody else could give every signed word another meaning.
        context = claim.options["@context"]
        if _listed(unsecured.get("@context")) != _listed(context):
            return False
        unsecured["@context"] = context
    try:
        data = _hash_data(claim.options, unsecured)
    except (ValueError, RecursionError):
        return False
    return key.verify(claim.signature, data)


def proven_at(document: Mapping[str, Any]) -> float | None:
    """When the proof of a document says that it was made, in seconds since the epoch."""
    claim = read_proof(document)
    return claim.created if isinstance(claim, ProofClaim) else None


def _read(proof: Any, now: float | None) -> ProofClaim | Rejected:
    if not isinstance(proof, dict):
        return Rejected("a proof that is no object")
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != "eddsa-jcs-2022":
        return Rejected("a proof of another kind than eddsa-jcs-2022")
    if proof.get("proofPurpose") != "assertionMethod":
        return Rejected("a proof for another purpose than assertionMethod")
    # A proof for one domain or challenge is an answer to somebody else's question, and one that
    # leans on an earlier proof says nothing without it.
    for bound in ("domain", "challenge", "previousProof"):
        if proof.get(bound) is not None:
            return Rejected(f"a proof with {bound}")
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not 0 < len(method) <= _IRI_MAX:
        return Rejected("a proof without a verificationMethod")
    value = proof.get("proofValue")
    signature = multibase_decode(value) if isinstance(value, str) else None
    if signature is None or len(signature) != _SIGNATURE_BYTES:
        return Rejected("a proof without an Ed25519 proofValue")
    try:
        created = _time(proof.get("created"))
        expires = _time(proof.get("expires"))
    except (ValueError, OverflowError):
        return Rejected("a proof with a time that is none")
    if expires is not None and (now is None or expires < now):
        return Rejected("a proof that has expired")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    return ProofClaim(method, created, expires, options, signature)


def _time(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no time")
    return from_iso(value)


def _listed(context: Any) -> Any:
    return context if isinstance(context, list) else [context]


def _hash_data(options: Mapping[str, Any], unsecured: Mapping[str, Any]) -> bytes:
    """vc-di-eddsa §3.3.4: the hash of the proof's options, then that of the document."""
    return sha256(canonical(options)).digest() + sha256(canonical(unsecured)).digest()


def canonical(value: Any) -> bytes:
    """JCS (RFC 8785). Raises ValueError for what JCS has no form for.

    The rfc8785 package takes 70 µs for a 1.5 kB note; orjson with sorted keys takes 2 and writes
    the same bytes, except for some numbers and some keys. What holds any of those goes to rfc8785.
    """
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass
    return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Whether orjson is known to write the value as JCS does.

    It writes 1.0 with its point, and exponents differ; and it sorts keys by code point, where JCS
    sorts by UTF-16 unit: beyond ASCII the two can differ.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is dict:
            for key, inside in item.items():
                if type(key) is not str or not key.isascii():
                    return False
                if type(inside) is not str:
                    waiting.append(inside)
        elif kind is list:
            waiting.extend([inside for inside in item if type(inside) is not str])
        elif kind is int:
            if not -_SAFE_INTEGER <= item <= _SAFE_INTEGER:
                return False
        elif kind is float:
            if not isfinite(item) or not 1e-3 <= abs(item) < 1e15 or item.is_integer():
                return False
        elif item is not None and kind is not bool and kind is not str:
            return False
    return True
