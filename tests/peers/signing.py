"""Signs requests and documents as other servers do, by code that is not the product's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.peers.keys import PeerKeys, base58btc
from tests.peers.verifying import Scheme

CONTENT_TYPE = "application/activity+json"


def sign(
    keys: PeerKeys,
    scheme: Scheme,
    *,
    actor: str,
    method: str,
    url: str,
    now: float,
    body: bytes = b"",
    hs2019: bool = False,
) -> dict[str, str]:
    """The headers of a signed request. ``hs2019`` names draft-cavage's newer algorithm."""
    parts = urlsplit(url)
    headers = {"Host": parts.netloc, "Date": formatdate(now, usegmt=True)}
    if body:
        headers["Content-Type"] = CONTENT_TYPE
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if scheme == "cavage":
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"(request-target): {method.lower()} {target}",
            f"host: {headers['Host']}",
            f"date: {headers['Date']}",
        ]
        if body:
            headers["Digest"] = f"SHA-256={digest}"
            lines.append(f"digest: {headers['Digest']}")
        names = " ".join(line.partition(": ")[0] for line in lines)
        signature = base64.b64encode(
            keys.rsa.sign("\n".join(lines).encode(), PKCS1v15(), SHA256())
        ).decode()
        algorithm = "hs2019" if hs2019 else "rsa-sha256"
        headers["Signature"] = (
            f'keyId="{actor}#main-key",algorithm="{algorithm}",'
            f'headers="{names}",signature="{signature}"'
        )
        return headers

    lines = [f'"@method": {method.upper()}', f'"@target-uri": {url}']
    if body:
        headers["Content-Digest"] = f"sha-256=:{digest}:"
        lines.append(f'"content-digest": {headers["Content-Digest"]}')
    names = " ".join(line.partition(": ")[0] for line in lines)
    ed25519 = scheme == "rfc9421-ed25519"
    key_id = f"{actor}#ed25519-key" if ed25519 else f"{actor}#main-key"
    algorithm = "ed25519" if ed25519 else "rsa-v1_5-sha256"
    parameters = f'({names});created={int(now)};keyid="{key_id}";alg="{algorithm}"'
    base = "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
    made = keys.ed25519.sign(base) if ed25519 else keys.rsa.sign(base, PKCS1v15(), SHA256())
    headers["Signature-Input"] = f"sig={parameters}"
    headers["Signature"] = f"sig=:{base64.b64encode(made).decode()}:"
    return headers


def prove(
    document: Mapping[str, Any], key: Ed25519PrivateKey, *, method: str, now: float
) -> dict[str, Any]:
    """The document with an eddsa-jcs-2022 proof (FEP-8b32)."""
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "created": datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    hashed = b"".join(
        hashlib.sha256(rfc8785.dumps(part)).digest() for part in (options, dict(document))
    )
    return {**document, "proof": {**options, "proofValue": base58btc(key.sign(hashed))}}
