"""Checks signed requests as the specifications say, by code that is not the product's.

draft-cavage-http-signatures-12 with RFC 3230 digests, and RFC 9421 with RFC 9530 Content-Digest.
Failures are `NotVerified`, with the reason. Proofs are in `tests.peers.proofs`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from tests.peers.keys import NotVerified, multikey, rsa_key
from tests.peers.structured import InnerList, dictionary

Scheme = Literal["cavage", "rfc9421-rsa", "rfc9421-ed25519"]

PAST_S = 3600.0
AHEAD_S = 300.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire."""

    method: str
    url: str
    """The full target URI, as the receiver knows its own address."""
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """All lines of a field, joined as RFC 9110 §5.3 says; None when it is absent."""
        values = [value.strip() for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def target(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was read; whether a key made it is for `check_key` to say."""

    scheme: Scheme
    key_id: str
    covered: tuple[str, ...]
    base: bytes
    signature: bytes
    created: float | None
    """Seconds since the epoch."""
    expires: float | None


# ── HTTP signatures ──────────────────────────────────────────────────────────────────────────


def read_signature(request: Request) -> Signed:
    """Parse whichever signature a request has and build its base. Raises NotVerified."""
    if request.header("Signature-Input") is not None:
        return _read_rfc9421(request)
    if request.header("Signature") is not None:
        return _read_cavage(request)
    raise NotVerified("the request has no signature")


def check_request(request: Request, signed: Signed, *, now: float) -> None:
    """What a careful server asks of a signature before it fetches a key. Raises NotVerified."""
    if signed.scheme == "cavage":
        needed = ["(request-target)", "host"]
        time_covered = "date" in signed.covered or "(created)" in signed.covered
        digest = "digest"
    else:
        needed = ["@method", "@target-uri"]
        time_covered = signed.created is not None
        digest = "content-digest"
    if request.body:
        needed.append(digest)
    missing = [name for name in needed if name not in signed.covered]
    if missing:
        raise NotVerified(f"the signature does not cover {', '.join(missing)}")
    if not time_covered or signed.created is None:
        raise NotVerified("the signature covers no time")
    if not now - PAST_S <= signed.created <= now + AHEAD_S:
        raise NotVerified(f"signed at {signed.created}, and it is {now}")
    if signed.expires is not None and signed.expires < now:
        raise NotVerified(f"the signature expired at {signed.expires}")
    if request.body:
        check_digest(request, digest)


def check_digest(request: Request, name: str) -> None:
    """``Digest`` (RFC 3230) or ``Content-Digest`` (RFC 9530) with SHA-256 over the body."""
    value = request.header(name)
    if value is None:
        raise NotVerified(f"there is no {name} header")
    actual = hashlib.sha256(request.body).digest()
    if name == "digest":
        for part in value.split(","):
            algorithm, _, text = part.strip().partition("=")
            if algorithm.lower() == "sha-256":
                if _base64(text) != actual:
                    raise NotVerified("the body is not the one of the Digest")
                return
    else:
        stated = dictionary(value).get("sha-256")
        if stated is not None:
            if stated != actual:
                raise NotVerified("the body is not the one of the Content-Digest")
            return
    raise NotVerified(f"{name} has no SHA-256: {value}")


def key_of(actor: dict[str, Any], signed: Signed) -> RSAPublicKey | Ed25519PublicKey:
    """The key in its owner's document that a signature names. Raises NotVerified."""
    if signed.scheme == "rfc9421-ed25519":
        return multikey(actor, signed.key_id)
    return rsa_key(actor, signed.key_id)


def check_key(signed: Signed, key: RSAPublicKey | Ed25519PublicKey) -> None:
    """Whether the key made the signature. Raises NotVerified."""
    try:
        if isinstance(key, RSAPublicKey):
            if signed.scheme == "rfc9421-ed25519":
                raise NotVerified("an ed25519 signature with an RSA key")
            key.verify(signed.signature, signed.base, PKCS1v15(), SHA256())
        else:
            if signed.scheme != "rfc9421-ed25519":
                raise NotVerified("an RSA signature with an Ed25519 key")
            key.verify(signed.signature, signed.base)
    except InvalidSignature:
        raise NotVerified(f"{signed.key_id} did not sign {signed.base.decode()!r}") from None


def _read_cavage(request: Request) -> Signed:
    text = request.header("Signature") or ""
    found = re.findall(r'([a-zA-Z]+)=(?:"([^"]*)"|([0-9]+))', text)
    parameters = {name: quoted or number for name, quoted, number in found}
    algorithm = parameters.get("algorithm", "hs2019")
    if algorithm not in ("rsa-sha256", "hs2019"):
        raise NotVerified(f"the algorithm {algorithm!r} is not one of draft-cavage's for RSA")
    key_id = parameters.get("keyId")
    if not key_id:
        raise NotVerified("the Signature has no keyId")
    covered = tuple(parameters.get("headers", "(created)").split(" "))
    created: float | None = None
    lines: list[str] = []
    for name in covered:
        if name != name.lower():
            raise NotVerified(f"draft-cavage §2.1.6: {name!r} must be in lower case")
        if name == "(request-target)":
            value = f"{request.method.lower()} {request.target}"
        elif name in ("(created)", "(expires)"):
            if algorithm == "rsa-sha256":
                raise NotVerified(f"draft-cavage §2.3: {name} with rsa-sha256")
            value = parameters[name.strip("()")]
        else:
            header = request.header(name)
            if header is None:
                raise NotVerified(f"the signature covers {name}, which is not there")
            value = header
        if name == "date":
            created = _http_date(value)
        elif name == "(created)":
            created = float(value)
        lines.append(f"{name}: {value}")
    expires = parameters.get("expires")
    return Signed(
        scheme="cavage",
        key_id=key_id,
        covered=covered,
        base="\n".join(lines).encode(),
        signature=_base64(parameters.get("signature", "")),
        created=created,
        expires=float(expires) if expires else None,
    )


def _read_rfc9421(request: Request) -> Signed:
    inputs = dictionary(request.header("Signature-Input") or "")
    signatures = dictionary(request.header("Signature") or "")
    if len(inputs) != 1:
        raise NotVerified(f"{len(inputs)} signatures, not one")
    label, listed = next(iter(inputs.items()))
    signature = signatures.get(label)
    if not isinstance(listed, InnerList) or not isinstance(signature, bytes):
        raise NotVerified(f"Signature-Input and Signature do not fit for {label!r}")
    key_id = listed.parameters.get("keyid")
    if not isinstance(key_id, str):
        raise NotVerified("the signature has no keyid")
    scheme = _rfc9421_scheme(listed.parameters.get("alg"), signature)
    covered: list[str] = []
    lines: list[str] = []
    for name, parameters in listed.items:
        if not isinstance(name, str) or parameters:
            raise NotVerified(f"the component {name!r} {parameters} is none that is used here")
        if name in covered:
            raise NotVerified(f"RFC 9421 §2: the component {name} stands twice")
        covered.append(name)
        lines.append(f'"{name}": {_component(request, name)}')
    lines.append(f'"@signature-params": {listed.source}')
    return Signed(
        scheme=scheme,
        key_id=key_id,
        covered=tuple(covered),
        base="\n".join(lines).encode(),
        signature=signature,
        created=_seconds(listed.parameters.get("created")),
        expires=_seconds(listed.parameters.get("expires")),
    )


def _rfc9421_scheme(algorithm: object, signature: bytes) -> Scheme:
    match algorithm:
        case "ed25519":
            return "rfc9421-ed25519"
        case "rsa-v1_5-sha256":
            return "rfc9421-rsa"
        case None:
            return "rfc9421-ed25519" if len(signature) == 64 else "rfc9421-rsa"
        case _:
            raise NotVerified(f"the algorithm {algorithm!r}")


def _component(request: Request, name: str) -> str:
    """The value of a component, RFC 9421 §2.1 and §2.2."""
    parts = urlsplit(request.url)
    match name:
        case "@method":
            return request.method
        case "@target-uri":
            return request.url
        case "@authority":
            return parts.netloc.lower()
        case "@scheme":
            return parts.scheme.lower()
        case "@request-target":
            return request.target
        case "@path":
            return parts.path or "/"
        case "@query":
            return f"?{parts.query}"
    if name.startswith("@"):
        raise NotVerified(f"the derived component {name} is none for requests")
    value = request.header(name)
    if value is None:
        raise NotVerified(f"the signature covers {name}, which is not there")
    return value


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int) else None


def _http_date(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        raise NotVerified(f"{text!r} is no HTTP date") from None


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise NotVerified(f"{text!r} is no base64") from None
