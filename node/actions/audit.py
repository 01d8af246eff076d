"""The audit: what people with a role did, for the others to see."""

from __future__ import annotations

from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import audit
from node.store.transaction import Transaction

ACTION_MAX = 60
TARGET_MAX = 300
REASON_MAX = 500


def record(
    tx: Transaction, here: Here, who: Actor | None, action: str, target: str, reason: str = ""
) -> None:
    """One line, for ever.

    `who`: None for a command or the node itself. `action`: ``proposal.remove``, ``account.role``;
    `target`: a handle, a domain or an id, and nothing else of a person.
    """
    audit.add(
        tx,
        actor_id=who.id if who else None,
        who=who.handle if who else "",
        action=action[:ACTION_MAX],
        target=target[:TARGET_MAX],
        reason=" ".join(reason.split())[:REASON_MAX],
        now=here.clock.now(),
    )
