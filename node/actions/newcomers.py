"""Whom the quartier does not know yet: what they publish is looked at by a mediator first, where
the quartier wishes so."""

from __future__ import annotations

from typing import Final

from node.aid.proposals import DAY
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, proposals, vouches
from node.store.transaction import Transaction

NOT_YET: Final = (
    "La médiation relit vos premières annonces : publiez celle-ci pour une seule fois. Ensuite "
    "elle pourra se répéter."
)
"""Nobody could read first what repeats itself."""


def is_newcomer(tx: Transaction, here: Here, author: Actor) -> bool:
    """Somebody for whom nobody vouches, during their first weeks and until a first proposal of
    theirs was published. Mediators, and the quartier itself, are none."""
    account = accounts.by_actor(tx, author.id)
    if account is None or account.role != "member" or vouches.for_(tx, author.id):
        return False
    young = here.clock.now() - account.created_at < here.settings.node.newcomer_days * DAY
    return young or not proposals.has_published(tx, author.id)


def needs_review(tx: Transaction, here: Here, author: Actor) -> bool:
    """Whether a mediator looks at what this person publishes before anybody else does."""
    return here.settings.node.review_newcomers and is_newcomer(tx, here, author)
