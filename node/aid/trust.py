"""Believing while the origin is silent: a proof is worth as much as its key is known.

The chain is: proposal ← author's key ← node's key ← met before, or vouched for by a neighbour
with whom we are joined. FEP-fe34's rule stays, the origin decides: everything in the chain has
the origin of the activity, and a neighbour's word reaches no farther than public proposals.
Proofs are ``eddsa-jcs-2022`` (FEP-8b32), keys are Multikeys (FEP-521a).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.activitypub.keys import multikey_public_key
from node.activitypub.proofs import read_proof, verify_proof
from node.activitypub.readers import each, ids, is_public, objects, one_id, origin, string, types
from node.activitypub.rejected import Rejected
from node.clock import to_iso

ACQUAINTANCE: Final = "http://purl.org/vocab/relationship/acquaintanceOf"
"""The relationship of ActivityStreams' own example: the subject has met the object."""


@dataclass(frozen=True, slots=True)
class NodeKey:
    """The Ed25519 key of a node, and how we came to know it."""

    origin: str
    """``https://node.example``: scheme, host, and the port when it is not the usual one."""
    actor: str
    """IRI of the node actor (Application)."""
    multibase: str
    voucher: str = ""
    """Origin of the joined neighbour that vouches for it; "" when we met the node ourselves."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """By a key that its own node once showed us."""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """By a neighbour's word alone: shown as such until the origin answers."""

    voucher: str
    """Origin of the neighbour."""


@dataclass(frozen=True, slots=True)
class Unbelieved:
    reason: str
    """For the log."""


Verdict = Confirmed | Unconfirmed | Unbelieved


def believe(
    received: Mapping[str, Any],
    activity: Mapping[str, Any],
    author: Mapping[str, Any],
    known: Iterable[NodeKey],
) -> Verdict:
    """Whether an embedded activity is its author's, without asking the origin.

    ``received`` is the activity as it came, which the proof is about; ``activity`` the same
    normalised, which is what will be applied: a context that gives ``actor`` another meaning
    must not let one person speak as another. ``author`` is the actor document that travelled
    with it, as it came, with its proof. ``known`` are node keys of any origin; where we met a
    node ourselves, what others say of its key does not count.

    Only Create, Update and Delete of public proposals are believed so. Whether a Delete is of
    a proposal that this author made is for the caller to see, who has the store; so is the
    order of Updates, since an old one has a good proof too.
    """
    home = _about(activity, author)
    if isinstance(home, Rejected):
        return Unbelieved(home.reason)
    broken = _signed_by_author(received, author)
    if broken is not None:
        return Unbelieved(broken.reason)
    return _vouched(author, [key for key in known if key.origin == home])


def _about(activity: Mapping[str, Any], author: Mapping[str, Any]) -> str | Rejected:
    """The one origin of activity, actor and object, when the activity is of the kind allowed."""
    kinds = types(activity)
    if len(kinds) != 1 or kinds[0] not in ("Create", "Update", "Delete"):
        return Rejected("trust: not a Create, Update or Delete")
    activity_id, actor = one_id(activity.get("id")), _only(activity.get("actor"))
    if activity_id is None or actor is None or author.get("id") != actor:
        return Rejected("trust: no id, not one actor, or another's actor document")
    here, about = origin(actor), _only(activity.get("object"))
    if here is None or origin(activity_id) != here or about is None or origin(about) != here:
        return Rejected("trust: activity, actor and object are not of one origin")
    if not _is_public(activity):
        return Rejected("trust: not public")
    if kinds[0] == "Delete":
        return here
    document = next(objects(activity.get("object"), 1), None)
    if document is None or not _is_proposal(document):
        return Rejected("trust: not a proposal")
    if _only(document.get("attributedTo")) != actor:
        return Rejected("trust: the proposal is not the actor's")
    return here if _is_public(document) else Rejected("trust: the proposal is not public")


def is_for_everybody(activity: Mapping[str, Any]) -> bool:
    """Whether a Create or Update is public, and so is what it brings; a Delete brings nothing.
    Nothing else is passed from quartier to quartier."""
    if types(activity) == ("Delete",):
        return True
    return _is_public(activity) and all(map(_is_public, objects(activity.get("object"), 10)))


def _only(value: object) -> str | None:
    """The id of the one thing there; None when there are several."""
    return one_id(value) if len(list(each(value))) == 1 else None


def _signed_by_author(received: Mapping[str, Any], author: Mapping[str, Any]) -> Rejected | None:
    claim = read_proof(dict(received))
    if claim is None or isinstance(claim, Rejected):
        return claim or Rejected("trust: the activity has no proof")
    actor = str(author["id"])
    for key in objects(author.get("assertionMethod"), 10):
        method = claim.verification_method
        if key.get("id") != method:
            continue
        if not method.startswith(f"{actor}#") or key.get("controller") != actor:
            return Rejected("trust: the key is not the author's")
        return _verified(received, method, actor, string(key.get(_MULTIBASE), 200))
    return Rejected("trust: the author has no such key")


def _vouched(author: Mapping[str, Any], known: list[NodeKey]) -> Verdict:
    claim = read_proof(dict(author))
    if claim is None or isinstance(claim, Rejected):
        return Unbelieved(claim.reason if claim else "trust: the author's document has no proof")
    owner, mark, _ = claim.verification_method.partition("#")
    met = [key for key in known if not key.voucher]
    for key in met or known:
        if not mark or key.actor != owner or origin(owner) != key.origin:
            continue
        if _verified(author, claim.verification_method, owner, key.multibase) is None:
            return Unconfirmed(key.voucher) if key.voucher else Confirmed()
    if not known:
        return Unbelieved("trust: nobody we know has met this node")
    return Unbelieved("trust: the author's document is not signed by the node's key")


_MULTIBASE: Final = "publicKeyMultibase"


def _verified(
    document: Mapping[str, Any], key_id: str, owner: str, multibase: str | None
) -> Rejected | None:
    key = multikey_public_key(key_id, owner, multibase or "")
    if isinstance(key, Rejected):
        return key
    return None if verify_proof(dict(document), key) else Rejected("trust: the proof is wrong")


def _is_public(document: Mapping[str, Any]) -> bool:
    addressed = (*ids(document.get("to"), 1_000), *ids(document.get("cc"), 1_000))
    return any(is_public(iri) for iri in addressed)


def _is_proposal(document: Mapping[str, Any]) -> bool:
    kinds = types(document)
    return "Proposal" in kinds or ("Note" in kinds and document.get("purpose") is not None)


# ── what one node states about another's key ─────────────────────────────────────────────────


def make_key_statement(
    *, id: str, node_actor: str, about: NodeKey, now: float, context: object
) -> dict[str, object]:
    """ "We have met this node, and this is its key", to be given our node key's proof.

    ``id`` lies on our own origin; ``node_actor`` is our Application.
    """
    return {
        "@context": context,
        "id": id,
        "type": "Relationship",
        "attributedTo": node_actor,
        "published": to_iso(now),
        "subject": node_actor,
        "relationship": ACQUAINTANCE,
        "object": {
            "id": about.actor,
            "type": "Application",
            "assertionMethod": [
                {
                    "id": f"{about.actor}#ed25519-key",
                    "type": "Multikey",
                    "controller": about.actor,
                    _MULTIBASE: about.multibase,
                }
            ],
        },
    }


def read_key_statement(
    statement: Mapping[str, Any], *, voucher: NodeKey, own_origin: str
) -> NodeKey | Rejected:
    """The key that a neighbour vouches for.

    ``voucher`` is the neighbour's own node key, which we met ourselves; that we are joined is
    for the caller to know. Nobody vouches for itself, nor for us.
    """
    if voucher.voucher:
        return Rejected("key statement: its author is itself only vouched for")
    told = next(objects(statement.get("object"), 1), {})
    key = next(objects(told.get("assertionMethod"), 1), {})
    if types(statement) != ("Relationship",) or _only(statement.get("object")) is None:
        return Rejected("key statement: not a Relationship with one actor")
    if one_id(statement.get("relationship")) != ACQUAINTANCE:
        return Rejected("key statement: another relationship")
    if {_only(statement.get(name)) for name in ("subject", "attributedTo")} != {voucher.actor}:
        return Rejected("key statement: not the neighbour's own")
    if origin(one_id(statement.get("id")) or "") != voucher.origin:
        return Rejected("key statement: not of the neighbour's origin")
    actor, multibase = one_id(told), string(key.get(_MULTIBASE), 200)
    about = origin(actor or "")
    if actor is None or about is None or about in (voucher.origin, own_origin):
        return Rejected("key statement: about nobody, its author or us")
    if multibase is None or key.get("controller") != actor:
        return Rejected("key statement: no key of that node")
    checked = multikey_public_key(f"{actor}#ed25519-key", actor, multibase)
    if isinstance(checked, Rejected):
        return checked
    claim = read_proof(dict(statement))
    if claim is None or isinstance(claim, Rejected):
        return claim or Rejected("key statement: no proof")
    if claim.verification_method.partition("#")[0] != voucher.actor:
        return Rejected("key statement: another's proof")
    wrong = _verified(statement, claim.verification_method, voucher.actor, voucher.multibase)
    return wrong or NodeKey(about, actor, multibase, voucher.origin)
