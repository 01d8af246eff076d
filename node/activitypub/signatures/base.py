"""What both families of HTTP signatures share: the request, the claim, the rules it must meet."""

from __future__ import annotations

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from node.activitypub.keys import HashName, KeyAlgorithm

Scheme = Literal["cavage-rsa", "rfc9421-rsa", "rfc9421-ed25519"]
"""What is remembered of a host: how to sign for it (wire.md "Which signature to send")."""

HEADER_MAX: Final = 8192  # characters of one header that we parse
KEY_ID_MAX: Final = 2048
COVERED_MAX: Final = 64  # components or headers under one signature
ED25519_BYTES: Final = 64
_SIGNATURE_BYTES_MAX: Final = 1024  # RSA-8192


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came, before anything in it is believed."""

    method: str
    path: str
    """Path with query, as received."""
    url: str
    """The full public target URI: the configured public address and the path."""
    headers: Mapping[str, Sequence[str]]
    """Lower-case names; each with its values in order."""
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature that meets every rule except the last: that the key really made it."""

    scheme: Scheme
    key_id: str
    algorithm: KeyAlgorithm
    """What the key must be; said by the request, or told by the signature's length."""
    hashes: tuple[HashName, ...]
    """The hash functions to try, in order. Ed25519 has its own."""
    signing_base: bytes
    signature: bytes
    created: float
    """Seconds since the epoch: the earliest time that the signature covers."""
    covered: frozenset[str]
    """Lower-case names of the headers and (derived) components under the signature."""


class Refusal(Exception):
    """Why a signature is refused; `read_claim` turns it into a `Rejected`."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of limits.md "Believing" that depend on where and when we are. Times in seconds."""

    now: float
    past_s: float
    ahead_s: float
    error_s: float
    hosts: frozenset[str]
    """Our own authorities, normalised."""

    def check_host(self, authority: str) -> None:
        if authority not in self.hosts:
            raise Refusal(f"signed for the host {authority[:255]!r}, which is not this one")

    def check_times(self, times: Sequence[float], expires: float | None) -> float:
        """The earliest of the covered times, all of which must lie in the window."""
        if not times:
            raise Refusal("the signature covers no time: neither date nor created")
        oldest = self.now - self.past_s - self.error_s
        newest = self.now + self.ahead_s + self.error_s
        for at in times:
            if not oldest <= at <= newest:
                raise Refusal("the signature was made too long ago, or in the future")
        # The clock error counts here too: a peer whose clock is behind sets `expires` too early.
        if expires is not None and expires + self.error_s < self.now:
            raise Refusal("the signature has expired")
        return min(times)


def single(request: SignedRequest, name: str) -> str:
    """The one value of a covered header. Absent or repeated ones are refused.

    RFC 9421 would join repeated fields with commas; but intermediaries and readers differ on which
    one counts, so a signature over a repeated header says nothing safe.
    """
    values = request.headers.get(name)
    if not values:
        raise Refusal(f"the signature covers the header {name[:64]!r}, which is missing")
    if len(values) != 1:
        raise Refusal(f"the header {name[:64]!r} is there more than once")
    return line(values[0])


def line(value: str) -> str:
    """A value as it stands in a signing base: trimmed, and free of what would begin a new line."""
    if "\n" in value or "\r" in value or "\0" in value:
        raise Refusal("a line break within a signed value", 400)
    return value.strip(" \t")


def encode_base(lines: Sequence[str]) -> bytes:
    try:
        # Header bytes beyond ASCII reach us as surrogates (PEP 383); the peer signed the bytes.
        return "\n".join(lines).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise Refusal("characters that no header can carry", 400) from None


def decode_signature(text: str) -> bytes:
    try:
        signature = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:  # binascii.Error and UnicodeEncodeError are ValueErrors
        raise Refusal("the signature is not base64", 400) from None
    if not ED25519_BYTES <= len(signature) <= _SIGNATURE_BYTES_MAX:
        raise Refusal("a signature of a length that no accepted key makes")
    return signature


def key_id(text: str | None) -> str:
    if not text:
        raise Refusal("the signature names no key", 400)
    if len(text) > KEY_ID_MAX or not text.isprintable():
        raise Refusal("a key id that is no address", 400)
    return text


def split_url(url: str) -> tuple[str, str, str]:
    """Scheme, authority and path with query of an http(s) address; the fragment falls away.

    The authority is normalised as RFC 9421 §2.2.3 says. Raises ValueError for anything else.
    """
    scheme, mark, rest = url.partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in ("https", "http"):
        raise ValueError("not an http(s) address")
    rest = rest.partition("#")[0]
    slash = rest.find("/")
    query = rest.find("?")
    if slash < 0 or 0 <= query < slash:
        slash = query
    if slash < 0:
        authority, target = rest, "/"
    else:
        authority, target = rest[:slash], rest[slash:]
        if target[0] == "?":
            target = "/" + target
    if not authority or "@" in authority:
        raise ValueError("an address without a plain host")
    return scheme, normal_authority(authority, scheme), target


def normal_authority(authority: str, scheme: str) -> str:
    """Lower case, without the scheme's default port."""
    return authority.strip().lower().removesuffix(":443" if scheme == "https" else ":80")
