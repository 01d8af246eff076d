"""What a request's signature claims, and whether the key bears it out."""

from __future__ import annotations

from collections.abc import Collection

from node.activitypub.keys import PublicKey
from node.activitypub.rejected import Rejected
from node.activitypub.signatures.base import (
    Claim,
    Refusal,
    Rules,
    SignedRequest,
    normal_authority,
    single,
)
from node.activitypub.signatures.cavage import read_cavage
from node.activitypub.signatures.rfc9421 import read_rfc9421


def read_claim(
    request: SignedRequest,
    *,
    now: float,
    expected_host: str | Collection[str],
    past_s: float = 3600,
    ahead_s: float = 300,
    error_s: float = 300,
) -> Claim | Rejected:
    """The one signature of a request, held to the rules of limits.md "Believing".

    It must cover method and target, the host (one of ``expected_host``, with the port unless it
    is the scheme's own), a time in the window around ``now`` (all in seconds; ``error_s`` of clock
    error on both sides), and, when there is a body, its digest, which must match the bytes.
    Rejected with 401 when it does not, with 400 when it cannot be read. Never raises for anything
    that a request can hold. What is left to do with a Claim: find the key, and `verify`.
    """
    scheme = request.url.partition(":")[0]
    ours = (expected_host,) if isinstance(expected_host, str) else expected_host
    hosts = frozenset([normal_authority(host, scheme) for host in ours])
    rules = Rules(now, past_s, ahead_s, error_s, hosts)
    try:
        return _read(request, rules)
    except Refusal as refusal:
        return Rejected(refusal.reason, refusal.status)


def _read(request: SignedRequest, rules: Rules) -> Claim:
    authorization = [
        value
        for value in request.headers.get("authorization", ())
        if value[:10].lower() == "signature "
    ]
    if "signature-input" in request.headers:
        if authorization:
            raise Refusal("more than one signature")
        return read_rfc9421(request, single(request, "signature-input"), rules)
    signatures = [*request.headers.get("signature", ()), *(value[10:] for value in authorization)]
    if not signatures:
        raise Refusal("the request is not signed")
    if len(signatures) != 1:
        raise Refusal("more than one signature")
    return read_cavage(request, signatures[0], rules)


def verify(claim: Claim, key: PublicKey) -> bool:
    """Whether ``key`` made the claim's signature.

    The key must be the one that the claim names and of the algorithm that it names: an attacker
    who could choose either could have one key's bytes read as another's.
    """
    if key.id != claim.key_id or key.algorithm != claim.algorithm:
        return False
    if key.algorithm == "ed25519":
        return key.verify(claim.signature, claim.signing_base)
    return any(
        key.verify(claim.signature, claim.signing_base, digest=digest) for digest in claim.hashes
    )
