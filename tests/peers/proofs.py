"""Checks integrity proofs (FEP-8b32, eddsa-jcs-2022), by code that is not the product's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.peers.keys import NotVerified, from_base58btc
from tests.peers.verifying import AHEAD_S


def proof_method(document: Mapping[str, Any]) -> str:
    """The ``verificationMethod`` of a document's proof. Raises NotVerified for another kind."""
    proof = document.get("proof")
    if not isinstance(proof, dict):
        raise NotVerified("the document has no proof")
    for name, wanted in (
        ("type", "DataIntegrityProof"),
        ("cryptosuite", "eddsa-jcs-2022"),
        ("proofPurpose", "assertionMethod"),
    ):
        if proof.get(name) != wanted:
            raise NotVerified(f"the proof's {name} is {proof.get(name)!r}, not {wanted!r}")
    method = proof.get("verificationMethod")
    if not isinstance(method, str):
        raise NotVerified("the proof has no verificationMethod")
    return method


def check_proof(document: Mapping[str, Any], key: Ed25519PublicKey, *, now: float) -> None:
    """vc-di-eddsa §3.3.2, over the JSON as it came. Raises NotVerified."""
    proof_method(document)
    proof: dict[str, Any] = document["proof"]
    created = proof.get("created")
    if not isinstance(created, str):
        raise NotVerified("FEP-8b32: the proof has no created")
    made = datetime.fromisoformat(created)
    if made.tzinfo is None or made > datetime.fromtimestamp(now + AHEAD_S, UTC):
        raise NotVerified(f"the proof was created at {created}")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if "@context" in options:
        whole = unsecured.get("@context")
        begin = options["@context"] if isinstance(options["@context"], list) else None
        if whole != options["@context"] and not (
            begin and isinstance(whole, list) and whole[: len(begin)] == begin
        ):
            raise NotVerified("the document's @context does not begin with the proof's")
        unsecured["@context"] = options["@context"]
    hashed = _jcs_hash(options) + _jcs_hash(unsecured)
    signature = from_base58btc(str(proof.get("proofValue")))
    if len(signature) != 64:
        raise NotVerified(f"a proofValue of {len(signature)} bytes")
    try:
        key.verify(signature, hashed)
    except InvalidSignature:
        raise NotVerified(
            f"{proof['verificationMethod']} did not prove {document.get('id')}"
        ) from None


def proven_in(document: Any, where: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every (path, object) with a proof in a document, the outermost first; 64 deep at most."""
    found: list[tuple[str, dict[str, Any]]] = []
    if where.count("/") > 64:
        return found
    if isinstance(document, dict):
        if "proof" in document:
            found.append((where or "/", document))
        for name, value in document.items():
            if name not in ("proof", "@context"):
                found += proven_in(value, f"{where}/{name}")
    elif isinstance(document, list):
        for number, value in enumerate(document):
            found += proven_in(value, f"{where}/{number}")
    return found


def speaker_of(document: Mapping[str, Any]) -> str | None:
    """Whose word a proven document is: ``actor`` or ``attributedTo``; None for actors."""
    speaker = document.get("actor") or document.get("attributedTo")
    return speaker if isinstance(speaker, str) else None


def _jcs_hash(value: Any) -> bytes:
    return hashlib.sha256(rfc8785.dumps(value)).digest()
