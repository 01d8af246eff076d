"""Signing what we send. Hot: a post to 1,000 followers is signed once per server."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Final

from node.activitypub.keys import PrivateKey
from node.activitypub.signatures.base import Scheme, split_url
from node.activitypub.signatures.dates import http_date
from node.activitypub.signatures.digests import Digests, body_digests

ACTIVITY_JSON: Final = "application/activity+json"


def sign_request(
    key: PrivateKey,
    scheme: Scheme,
    *,
    method: str,
    url: str,
    body: bytes | None,
    now: float,
    extra: Mapping[str, str] | None = None,
    content_type: str = ACTIVITY_JSON,
    digest: Digests | None = None,
) -> dict[str, str]:
    """The headers to send: Host, Date, the body's digest and type, ``extra``, the signature.

    ``extra`` headers, such as Collection-Synchronization (FEP-8fcf), are under the signature too.
    ``digest`` saves hashing a body again that goes to many. ``now`` in seconds since the epoch.
    The request must go out with exactly this target: no client may quote the address anew.
    Raises ValueError when the address is no http(s) one in ASCII, or the key does not fit.
    """
    if key.algorithm != ("ed25519" if scheme == "rfc9421-ed25519" else "rsa"):
        raise ValueError(f"The key {key.id} cannot sign as {scheme}.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"No address to sign a request for: {url[:255]!r}")
    protocol, authority, target = split_url(url)
    headers = {"Host": authority, "Date": http_date(int(now))}
    if body is not None:
        digest = digest or body_digests(body)
        headers["Content-Type"] = content_type
    else:
        digest = None
    covered: dict[str, str] = {}
    for name, value in (extra or {}).items():
        if "\n" in value or "\r" in value:
            raise ValueError(f"A line break in the header {name}.")
        headers[name] = covered[name.lower()] = value.strip(" \t")
    if scheme == "cavage-rsa":
        _cavage(key, headers, f"{method.lower()} {target}", digest, covered)
    else:
        _rfc9421(key, headers, method, f"{protocol}://{authority}{target}", digest, covered, now)
    return headers


def _cavage(
    key: PrivateKey,
    headers: dict[str, str],
    request_target: str,
    digest: Digests | None,
    extra: dict[str, str],
) -> None:
    names = "(request-target) host date"
    base = f"(request-target): {request_target}\nhost: {headers['Host']}\ndate: {headers['Date']}"
    if digest is not None:
        headers["Digest"] = digest.digest
        names += " digest"
        base += f"\ndigest: {digest.digest}"
    for name, value in extra.items():
        names += f" {name}"
        base += f"\n{name}: {value}"
    signature = _base64(key.sign(base.encode()))
    # rsa-sha256 rather than hs2019: every peer reads it, and means the same by it.
    headers["Signature"] = (
        f'keyId="{key.id}",algorithm="rsa-sha256",headers="{names}",signature="{signature}"'
    )


def _rfc9421(
    key: PrivateKey,
    headers: dict[str, str],
    method: str,
    target_uri: str,
    digest: Digests | None,
    extra: dict[str, str],
    now: float,
) -> None:
    names = '"@method" "@target-uri"'
    base = f'"@method": {method}\n"@target-uri": {target_uri}'
    if digest is not None:
        headers["Content-Digest"] = digest.content_digest
        names += ' "content-digest"'
        base += f'\n"content-digest": {digest.content_digest}'
    for name, value in extra.items():
        names += f' "{name}"'
        base += f'\n"{name}": {value}'
    algorithm = "ed25519" if key.algorithm == "ed25519" else "rsa-v1_5-sha256"
    parameters = f'({names});created={int(now)};keyid="{key.id}";alg="{algorithm}"'
    signature = _base64(key.sign(f'{base}\n"@signature-params": {parameters}'.encode()))
    headers["Signature-Input"] = f"sig1={parameters}"
    headers["Signature"] = f"sig1=:{signature}:"


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")
