"""HTTP signatures, made and read: draft-cavage-http-signatures-12 and RFC 9421."""

from node.activitypub.signatures.base import Claim, Scheme, SignedRequest
from node.activitypub.signatures.digests import Digests, body_digests
from node.activitypub.signatures.read import read_claim, verify
from node.activitypub.signatures.sign import sign_request

__all__ = [
    "Claim",
    "Digests",
    "Scheme",
    "SignedRequest",
    "body_digests",
    "read_claim",
    "sign_request",
    "verify",
]
