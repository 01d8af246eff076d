"""Zoé's server in Lyon, which signs requests in any way that a test asks for.

It is written from the specifications, apart from the product's own signing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm

from node.activitypub.keys import (
    PublicKey,
    multibase_encode,
    multikey_public_key,
    rsa_public_key,
)
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import Claim, SignedRequest, read_claim

NOW = 1795370400.0
DATE = "Sun, 22 Nov 2026 18:00:00 GMT"
HOST = "croix-rousse.example"
ACTOR = "https://lyon.example/users/zoe"
KEY = ACTOR + "#main-key"
BODY = b'{"type":"Follow"}'
DIGEST = "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()
CONTENT_DIGEST = "sha-256=:" + base64.b64encode(hashlib.sha256(BODY).digest()).decode() + ":"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@cache
def rsa_public() -> PublicKey:
    pem = rsa_key().public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    key = rsa_public_key(KEY, ACTOR, pem.decode())
    assert isinstance(key, PublicKey)
    return key


@cache
def ed_public() -> PublicKey:
    raw = ed_key().public_key().public_bytes_raw()
    key = multikey_public_key(KEY, ACTOR, multibase_encode(b"\xed\x01" + raw))
    assert isinstance(key, PublicKey)
    return key


def rsa_sign(base: str, hash_: HashAlgorithm | None = None) -> str:
    signature = rsa_key().sign(base.encode(), padding.PKCS1v15(), hash_ or SHA256())
    return base64.b64encode(signature).decode()


def ed_sign(base: str) -> str:
    return base64.b64encode(ed_key().sign(base.encode())).decode()


def cavage(
    covered: str = "(request-target) host date digest",
    *,
    parameters: str = 'algorithm="rsa-sha256",',
    sign: Callable[[str], str] = rsa_sign,
    created: str = "",
    expires: str = "",
    method: str = "POST",
    body: bytes | None = BODY,
    **headers: str,
) -> SignedRequest:
    """A request that Zoé's server signs, with these headers (``_`` for ``-``) in it."""
    values = {"host": HOST, "date": DATE, "digest": DIGEST}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    special = {
        "(request-target)": f"{method.lower()} /inbox",
        "(created)": created,
        "(expires)": expires,
    }
    base = "\n".join(f"{n}: {(special | values).get(n, '')}" for n in covered.lower().split())
    signature = f'keyId="{KEY}",{parameters}headers="{covered}",signature="{sign(base)}"'
    sent = {name: [value] for name, value in values.items()} | {"signature": [signature]}
    return SignedRequest(method, "/inbox", f"https://{HOST}/inbox", sent, body)


def rfc(
    covered: str = '"@method" "@target-uri" "content-digest"',
    *,
    parameters: str = f';created=1795370400;keyid="{KEY}"',
    sign: Callable[[str], str] = ed_sign,
    method: str = "POST",
    path: str = "/inbox",
    body: bytes | None = BODY,
    label: str = "sig1",
    **headers: str,
) -> SignedRequest:
    values = {"host": HOST, "date": DATE, "content-digest": CONTENT_DIGEST}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"https://{HOST}{path}"
    special = {
        "@method": method,
        "@target-uri": url,
        "@authority": HOST,
        "@scheme": "https",
        "@path": path.partition("?")[0],
        "@query": "?" + path.partition("?")[2],
        "@request-target": path,
    }
    names = [name.strip('"') for name in covered.split()]
    lines = [f'"{name}": {(special | values).get(name, "")}' for name in names]
    lines.append(f'"@signature-params": ({covered}){parameters}')
    sent = {name: [value] for name, value in values.items()}
    sent["signature-input"] = [f"{label}=({covered}){parameters}"]
    sent["signature"] = [f"{label}=:{sign(chr(10).join(lines))}:"]
    return SignedRequest(method, path, url, sent, body)


def read(request: SignedRequest, now: float = NOW) -> Claim | Rejected:
    return read_claim(request, now=now, expected_host=HOST)


def claimed(request: SignedRequest, now: float = NOW) -> Claim:
    claim = read(request, now)
    assert isinstance(claim, Claim), claim
    return claim


def refused(request: SignedRequest, *, status: int = 401, now: float = NOW) -> str:
    answer = read(request, now)
    assert isinstance(answer, Rejected)
    assert answer.status == status, answer.reason
    return answer.reason


def with_header(request: SignedRequest, name: str, *values: str) -> SignedRequest:
    headers: dict[str, Sequence[str]] = {**request.headers, name: list(values)}
    if not values:
        del headers[name]
    return replace(request, headers=headers)
