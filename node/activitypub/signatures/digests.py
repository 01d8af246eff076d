"""The body's digest: ``Digest`` (RFC 3230, as draft-cavage peers send it) and RFC 9530."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Set
from dataclasses import dataclass

from node.activitypub.signatures.base import HEADER_MAX, Refusal, SignedRequest, single


@dataclass(frozen=True, slots=True)
class Digests:
    """A body's SHA-256 in the two spellings. Made once per body, whoever gets it."""

    digest: str
    """For ``Digest``."""
    content_digest: str
    """For ``Content-Digest``, RFC 9530."""


def body_digests(body: bytes) -> Digests:
    sha256 = binascii.b2a_base64(hashlib.sha256(body).digest(), newline=False).decode("ascii")
    return Digests(f"SHA-256={sha256}", f"sha-256=:{sha256}:")


def check_body(request: SignedRequest, covered: Set[str]) -> None:
    """A body must be under the signature through its digest, and the digest must match the bytes.

    Raises Refusal.
    """
    has_digest = False
    for name in ("digest", "content-digest"):
        if name in covered:
            has_digest = True
            _check(single(request, name), request.body or b"", structured=name != "digest")
    if request.body and not has_digest:
        raise Refusal("the signature does not cover the body's digest")


def _check(header: str, body: bytes, *, structured: bool) -> None:
    if len(header) > HEADER_MAX:
        raise Refusal("a digest header longer than any real one", 400)
    matched = False
    for member in header.split(","):
        name, _, text = member.strip().partition("=")
        # Names of digest algorithms are case-insensitive in RFC 3230; peers write both.
        name = name.lower()
        if name == "sha-256":
            actual = hashlib.sha256(body).digest()
        elif name == "sha-512":
            actual = hashlib.sha512(body).digest()
        else:
            continue  # RFC 9530 §2: what is not understood is ignored; one must be left
        if structured:
            if len(text) < 2 or text[0] != ":" or text[-1] != ":":
                raise Refusal("a Content-Digest that is no RFC 9530 dictionary", 400)
            text = text[1:-1]
        try:
            sent = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
        except ValueError:
            raise Refusal("a digest that is not base64", 400) from None
        if sent != actual:
            raise Refusal("the body does not match its digest")
        matched = True
    if not matched:
        raise Refusal("no digest that we know: SHA-256 or SHA-512")
