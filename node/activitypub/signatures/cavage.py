"""Reading draft-cavage-http-signatures-12, as Mastodon, Misskey, Pleroma, Lemmy… send it."""

from __future__ import annotations

import re
from typing import Final

from node.activitypub.keys import HashName, KeyAlgorithm
from node.activitypub.signatures.base import (
    COVERED_MAX,
    ED25519_BYTES,
    HEADER_MAX,
    Claim,
    Refusal,
    Rules,
    SignedRequest,
    decode_signature,
    encode_base,
    key_id,
    normal_authority,
    single,
)
from node.activitypub.signatures.dates import parse_http_date
from node.activitypub.signatures.digests import check_body

_PARAMETER: Final = re.compile(r'[ \t]*([A-Za-z]{1,32})[ \t]*=[ \t]*(?:"([^"]*)"|([0-9.]{1,32}))')
_BETWEEN: Final = re.compile(r"[ \t]*,")
_SECONDS: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


def read_cavage(request: SignedRequest, header: str, rules: Rules) -> Claim:
    """The claim of a ``Signature`` header's value. Raises Refusal."""
    parameters = _parameters(header)
    signature = decode_signature(parameters.get("signature", ""))
    algorithm, hashes = _algorithm(parameters.get("algorithm"), signature)
    names = parameters.get("headers", "").lower().split()
    covered = frozenset(names)
    if len(names) > COVERED_MAX or len(covered) != len(names):
        raise Refusal("the list of signed headers repeats itself or has no end", 400)
    for needed in ("(request-target)", "host"):
        if needed not in covered:
            raise Refusal(f"the signature does not cover {needed}")

    lines = []
    times = []
    for name in names:
        match name:
            case "(request-target)":
                value = f"{request.method.lower()} {request.path}"
                if "\n" in value or "\r" in value:
                    raise Refusal("a line break in the request's target", 400)
            case "(created)" | "(expires)":
                value = parameters.get(name[1:-1], "")
                if parameters.get("algorithm", "").lower().startswith("rsa"):
                    # Draft 12 §2.3: an error, so that old and new rules are never mixed.
                    raise Refusal(f"{name} is not for the algorithm rsa-sha256")
                if name == "(created)":
                    times.append(_seconds(value))
            case "date":
                value = single(request, name)
                times.append(parse_http_date(value))
            case "host":
                value = single(request, name)
                rules.check_host(normal_authority(value, request.url.partition(":")[0]))
            case _:
                value = single(request, name)
        lines.append(f"{name}: {value}")

    expires = parameters.get("expires")
    created = rules.check_times(times, None if expires is None else _seconds(expires))
    check_body(request, covered)
    return Claim(
        scheme="cavage-rsa",
        key_id=key_id(parameters.get("keyid")),
        algorithm=algorithm,
        hashes=hashes,
        signing_base=encode_base(lines),
        signature=signature,
        created=created,
        covered=covered,
    )


def _parameters(header: str) -> dict[str, str]:
    """Names in lower case; values as text, quoted or (numbers) not."""
    if len(header) > HEADER_MAX:
        raise Refusal("a Signature header longer than any real one", 400)
    header = header.strip(" \t")
    parameters: dict[str, str] = {}
    at = 0
    while True:
        found = _PARAMETER.match(header, at)
        if found is None:
            raise Refusal("a Signature header that cannot be read", 400)
        name = found[1].lower()
        if name in parameters:
            raise Refusal(f"the Signature header has {name!r} twice", 400)
        parameters[name] = found[3] if found[2] is None else found[2]
        at = found.end()
        if at == len(header):
            return parameters
        comma = _BETWEEN.match(header, at)
        if comma is None:
            raise Refusal("a Signature header that cannot be read", 400)
        at = comma.end()


def _algorithm(name: str | None, signature: bytes) -> tuple[KeyAlgorithm, tuple[HashName, ...]]:
    match name.lower() if name is not None else None:
        case "rsa-sha256":
            return "rsa", ("sha256",)
        case "hs2019" | None:
            # The algorithm is the key's. No accepted RSA key makes a signature as short as
            # Ed25519's. The draft gives hs2019 SHA-512; Mastodon and its kin mean SHA-256.
            if len(signature) == ED25519_BYTES:
                return "ed25519", ()
            return "rsa", ("sha256", "sha512")
        case _:
            raise Refusal("a signature algorithm that is not accepted")


def _seconds(text: str) -> float:
    if not _SECONDS.fullmatch(text):
        raise Refusal("a signature's time that is no number of seconds", 400)
    return float(text)
