"""Whether a request is what it says: signature, digest, date, and whose key it is.

Only this module makes a `Verified`, and the journal takes nothing else.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.actions.remote import Remote, Signer
from node.activitypub import readers, strict_json
from node.activitypub.rejected import Rejected
from node.activitypub.signatures import Scheme, SignedRequest, read_claim, verify
from node.errors import FetchError, FetchGone
from node.outbox.here import Here, host_of

log = logging.getLogger(__name__)

DELETIONS = ("Delete", "as:Delete", "https://www.w3.org/ns/activitystreams#Delete")


@dataclass(frozen=True, slots=True)
class Verified:
    """A request whose signature holds, with the JSON that it carried."""

    signer: Signer
    scheme: Scheme
    host: str
    body: bytes
    document: dict[str, Any]
    synchronisation: str | None
    """FEP-8fcf header, when it was signed."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """A Delete of an actor that we never knew and that is gone: nothing to do, say 202."""


async def verify_delivery(
    request: SignedRequest, here: Here, remote: Remote
) -> Verified | Farewell | Rejected:
    """Check a POST to an inbox. Nothing is written for a bad one."""
    limits = here.settings.limits
    body = request.body or b""
    claim = read_claim(
        request,
        now=here.clock.now(),
        past_s=limits.signature_past_s,
        ahead_s=limits.signature_ahead_s,
        error_s=limits.clock_error_s,
        expected_host=host_of(here.settings.base_url),
    )
    if isinstance(claim, Rejected):
        return claim
    # Parsing is cheaper than a signature, and hostile JSON is told before a key is fetched.
    document = strict_json.parse(body, depth=limits.json_depth, nodes=limits.json_nodes)
    if isinstance(document, Rejected):
        return document
    if here.is_ours(claim.key_id):
        return Rejected("a request signed in our own name came from outside", 403)
    try:
        signer = await remote.signer(claim.key_id)
    except FetchGone:
        if document.get("type") in DELETIONS:
            return Farewell()
        return Rejected(f"the key {claim.key_id} is gone", 401)
    except FetchError as error:
        # Why is for our log: where we could not connect to is nobody else's to learn.
        log.info("the key %s cannot be had: %s", claim.key_id, error)
        return Rejected(f"the key {claim.key_id} cannot be had", 401)
    if not verify(claim, signer.key):
        # The key may have been changed: ask once more, at most once in five minutes.
        try:
            renewed = await remote.renewed_signer(claim.key_id)
        except FetchError:
            renewed = None
        if renewed is None or not verify(claim, renewed.key):
            return Rejected("the signature does not verify", 401)
        signer = renewed
    synchronisation = None
    if "collection-synchronization" in claim.covered:
        values = request.headers.get("collection-synchronization", ())
        synchronisation = values[0] if len(values) == 1 else None
    return Verified(
        signer=signer,
        scheme=claim.scheme,
        host=host_of(signer.actor.uri),
        body=body,
        document=document,
        synchronisation=synchronisation,
    )


def activity_key(document: Mapping[str, Any], body: bytes) -> str:
    """What the journal remembers an activity by: its id and the digest of its bytes.

    The id alone does not do: Friendica sends every Update of a note under one id, flohmarkt all
    its Accepts, BookWyrm a Delete under that of its Create, and ActivityPub §6 allows none at
    all. What the same id may not do twice, the handlers see to.
    """
    return f"{readers.one_id(document.get('id')) or ''} {hashlib.sha256(body).hexdigest()}"


__all__ = ["Farewell", "Verified", "activity_key", "verify_delivery"]
