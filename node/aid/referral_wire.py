"""Two Offers between quartiers (FEP-0837, additions of ours): a request is handed over, and a
neighbour is introduced. Both are said by the quartier's Group.

- ``Offer(proposal, target = neighbour Group)``: a referral. Answered by Accept, or by Reject with
  ``content``; taken back by Undo.
- ``Offer(Group, target = Group)``, to both: an introduction of each to the other. It asks for
  nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.activitypub.readers import same_origin
from node.activitypub.vocabulary import OUR_CONTEXT
from node.clock import to_iso

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Referred:
    """A request is handed to us."""

    proposal: str
    """IRI."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """A neighbour tells us about another quartier."""

    group: str
    """IRI of the other's Group."""


def offer(
    *, activity_id: str, actor: str, object: str, target: str, to: Sequence[str], published: float
) -> Document:
    """Of a proposal or of a Group: ``object``, ``target`` and ``to`` are IRIs."""
    return {
        "@context": OUR_CONTEXT,
        "id": activity_id,
        "type": "Offer",
        "actor": actor,
        "published": to_iso(published),
        "to": list(to),
        "object": object,
        "target": target,
    }


def told_again(*, activity_id: str, actor: str, object: str, target: str) -> Document:
    """The Offer as it is named in an answer to it."""
    return {
        "id": activity_id,
        "type": "Offer",
        "actor": actor,
        "object": object,
        "target": target,
    }


def read_offer(
    *, actor: str, object: str | None, target: str | None, ours: str
) -> Referred | Introduced | None:
    """What an Offer of a Group means to the quartier ``ours``; None when it is neither of the two.

    A proposal that is handed over is of the origin of the Group that does it: nobody hands over
    what is another's. An introduced Group is of another origin than who introduces it, and is not
    ourselves.
    """
    if object is None or target is None or same_origin(actor, ours):
        return None
    if target == ours and same_origin(object, actor):
        return None if object == actor else Referred(object)
    other = object if target == ours else target if object == ours else None
    if other is None or same_origin(other, actor) or same_origin(other, ours):
        return None
    return Introduced(other)
