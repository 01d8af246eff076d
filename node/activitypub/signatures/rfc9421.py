"""Reading RFC 9421 HTTP Message Signatures, as far as ActivityPub's peers use them.

The parser reads the part of structured fields (RFC 9651) that a signature needs and refuses all
the rest: one label, plain components without parameters.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from node.activitypub.keys import HashName, KeyAlgorithm
from node.activitypub.signatures.base import (
    COVERED_MAX,
    ED25519_BYTES,
    HEADER_MAX,
    Claim,
    Refusal,
    Rules,
    Scheme,
    SignedRequest,
    decode_signature,
    encode_base,
    key_id,
    line,
    normal_authority,
    single,
    split_url,
)
from node.activitypub.signatures.dates import parse_http_date
from node.activitypub.signatures.digests import check_body

_LABEL: Final = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=")
_OPEN: Final = re.compile(r"\( *")
_COMPONENT: Final = re.compile(r'"([a-z0-9!#$%&\'*+.^_`|~@-]{1,128})"( *)')
_PARAMETER: Final = re.compile(
    r"; *([a-z*][a-z0-9_.*-]{0,63})"
    r'(?:=("(?:[ !#-\[\]-~]|\\["\\])*"'  # string
    r"|-?[0-9]{1,15}(?:\.[0-9]{1,3})?"  # integer or decimal
    r"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"  # token
    r"|:[A-Za-z0-9+/=]*:"  # bytes
    r"|\?[01]))?"  # boolean
)
_SIGNATURE: Final = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/=]*):")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def read_rfc9421(request: SignedRequest, signature_input: str, rules: Rules) -> Claim:
    """The claim of a ``Signature-Input`` header's value and its ``Signature``. Raises Refusal."""
    label, components, parameters, canonical = _input(signature_input)
    signature = _signature(single(request, "signature"), label)
    scheme, algorithm, hashes = _algorithm(_text(parameters.get("alg")), signature)
    covered = frozenset(components)
    if len(covered) != len(components):
        raise Refusal("the signature covers a component twice", 400)
    _check_target(request, covered)

    lines = [f'"{name}": {_value(request, name, rules)}' for name in components]
    lines.append(f'"@signature-params": {canonical}')

    times = []
    if "created" in parameters:
        times.append(_seconds(parameters["created"]))
    if "date" in covered:
        times.append(parse_http_date(single(request, "date")))
    expires = _seconds(parameters["expires"]) if "expires" in parameters else None
    created = rules.check_times(times, expires)
    check_body(request, covered)
    return Claim(
        scheme=scheme,
        key_id=key_id(_text(parameters.get("keyid"))),
        algorithm=algorithm,
        hashes=hashes,
        signing_base=encode_base(lines),
        signature=signature,
        created=created,
        covered=covered,
    )


def _check_target(request: SignedRequest, covered: Set[str]) -> None:
    """Method, host and address must all be covered, in one of the ways that peers do it."""
    if "@method" not in covered:
        raise Refusal("the signature does not cover @method")
    if "@target-uri" in covered:
        return
    if "@authority" not in covered and "host" not in covered:
        raise Refusal("the signature covers neither @target-uri nor @authority")
    if "@request-target" in covered:
        return
    # A query that nobody signed could be anybody's.
    if "@path" not in covered or ("?" in request.path and "@query" not in covered):
        raise Refusal("the signature does not cover the whole target")


def _value(request: SignedRequest, name: str, rules: Rules) -> str:
    """A component's value, RFC 9421 §2.1 and §2.2."""
    if not name.startswith("@"):
        value = single(request, name)
        if name == "host":
            rules.check_host(normal_authority(value, request.url.partition(":")[0]))
        return value
    match name:
        case "@method":
            return line(request.method)
        case "@target-uri":
            rules.check_host(_split(request.url)[1])
            return line(request.url)
        case "@authority":
            authority = normal_authority(single(request, "host"), request.url.partition(":")[0])
            rules.check_host(authority)
            return authority
        case "@scheme":
            return _split(request.url)[0]
        case "@path":
            return line(request.path.partition("?")[0] or "/")
        case "@query":
            return line("?" + request.path.partition("?")[2])
        case "@request-target":
            return line(request.path)
        case _:
            raise Refusal("the signature covers a component that no request has here")


def _split(url: str) -> tuple[str, str, str]:
    try:
        return split_url(url)
    except ValueError:
        raise Refusal("the request has no address", 400) from None


def _input(header: str) -> tuple[str, list[str], dict[str, str], str]:
    """Label, components, parameters as they stand, and the canonical text of both last ones."""
    if len(header) > HEADER_MAX:
        raise Refusal("a Signature-Input longer than any real one", 400)
    broken = Refusal("a Signature-Input that cannot be read", 400)
    found = _LABEL.match(header)
    opened = _OPEN.match(header, found.end()) if found else None
    if found is None or opened is None:
        raise broken
    at = opened.end()
    components: list[str] = []
    while not header.startswith(")", at):
        component = _COMPONENT.match(header, at)
        if component is None:
            if header.startswith(";", at):
                raise Refusal("a signed component with parameters, which are not accepted")
            raise broken
        at = component.end()
        components.append(component[1])
        if len(components) > COVERED_MAX:
            raise Refusal("the list of signed components has no end", 400)
        if not component[2] and not header.startswith((")", ";"), at):
            raise broken
    at += 1
    canonical = "(" + " ".join([f'"{name}"' for name in components]) + ")"
    parameters: dict[str, str] = {}
    while (parameter := _PARAMETER.match(header, at)) is not None:
        name, value = parameter.groups(default="?1")
        if name in parameters:
            raise Refusal(f"the signature has the parameter {name!r} twice", 400)
        parameters[name] = value
        canonical += f";{name}" if value == "?1" else f";{name}={value}"
        at = parameter.end()
    if at != len(header):
        if header[at:].lstrip(" \t").startswith(","):
            raise Refusal("more than one signature")
        raise broken
    return found[1], components, parameters, canonical


def _signature(header: str, label: str) -> bytes:
    found = _SIGNATURE.match(header) if len(header) <= HEADER_MAX else None
    if found is None:
        raise Refusal("a Signature that cannot be read", 400)
    if found.end() != len(header):
        raise Refusal("more than one signature")
    if found[1] != label:
        raise Refusal("Signature and Signature-Input have different labels", 400)
    return decode_signature(found[2])


def _algorithm(
    name: str | None, signature: bytes
) -> tuple[Scheme, KeyAlgorithm, tuple[HashName, ...]]:
    short = len(signature) == ED25519_BYTES
    if name == "ed25519" or (name is None and short):
        if not short:
            raise Refusal("an Ed25519 signature of the wrong length")
        return "rfc9421-ed25519", "ed25519", ()
    if name in ("rsa-v1_5-sha256", None):
        return "rfc9421-rsa", "rsa", ("sha256",)
    raise Refusal("a signature algorithm that is not accepted")


def _text(value: str | None) -> str | None:
    """A structured string's text."""
    if value is None:
        return None
    if not value.startswith('"'):
        raise Refusal("a signature parameter that should be a string is none", 400)
    return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def _seconds(value: str) -> float:
    if not _SECONDS.fullmatch(value):
        raise Refusal("a signature's time that is no number of seconds", 400)
    return float(value)
