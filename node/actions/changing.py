"""The one way in which a proposal of ours changes: through the graph, and with the Update that
tells everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from node.actions.publishing import publish_change
from node.aid.lifecycle import OVER, State, may_become
from node.aid.proposals import Proposal
from node.errors import Conflict, Forbidden, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import actors, objects, proposals
from node.store.proposals import Stored
from node.store.transaction import Transaction

STATES_FR: Final[Mapping[State, str]] = {
    State.DRAFT: "un brouillon",
    State.REVIEW: "en relecture",
    State.OPEN: "ouverte",
    State.PARTLY_MATCHED: "promise en partie",
    State.MATCHED: "promise",
    State.DONE: "réglée",
    State.PAUSED: "en pause",
    State.SATISFIED_FOR_NOW: "suspendue, c’est suffisant pour le moment",
    State.REFERRED: "confiée à un autre quartier",
    State.EXPIRED: "arrivée à son terme",
    State.WITHDRAWN: "retirée",
    State.REMOVED: "retirée par la médiation",
}


def change_proposal(tx: Transaction, /, here: Here, object_id: int, **changes: Any) -> Proposal:
    """Fields of a local proposal (`state`, `available`, …), and the Update that says so.

    The state goes only where the graph has a step; Conflict otherwise. Its agreements stay as
    they are: see `actions.proposals` for what ends it.
    """
    stored, author = own(tx, object_id)
    before, now = stored.proposal, here.clock.now()
    changed = replace(before, **changes, updated=later(now, before))
    if changed.state is not before.state:
        if not may_become(before.state, changed.state):
            raise Conflict(
                f"Cette annonce est {STATES_FR[before.state]} : elle ne peut pas être "
                f"{STATES_FR[changed.state]}."
            )
        if changed.state in OVER:
            changed = replace(changed, closed_at=before.closed_at or now)
        else:
            changed = replace(changed, closed_at=None)
        if changed.state is not State.SATISFIED_FOR_NOW:
            changed = replace(changed, opens_again_at=None)
    return publish_change(tx, here, stored, author, changed)


def own(tx: Transaction, object_id: int, who: Actor | None = None) -> tuple[Stored, Actor]:
    """A local proposal and its author. Raises NotFound for none, and where `who` is not its
    author; Forbidden for one from elsewhere."""
    stored = proposals.by_id(tx, object_id)
    status = objects.by_id(tx, object_id)
    if stored is None or status is None or (who is not None and status.author_id != who.id):
        raise not_here(object_id)
    author = actors.by_id(tx, status.author_id)
    if author is None or not author.local:
        raise Forbidden(
            "Cette annonce vient d’un autre quartier : seul son auteur peut la changer."
        )
    return stored, author


def not_here(object_id: int) -> NotFound:
    return NotFound(f"Il n’y a pas d’annonce {object_id} ici. Voyez : entraide proposal list")


def later(now: float, proposal: Proposal) -> float:
    """Peers compare whole seconds: an edit is always later than what it edits."""
    return max(now, int(proposal.updated) + 1.0)
