"""Who may answer what, and what they are told when they cannot."""

from __future__ import annotations

from dataclasses import dataclass

from node.actions.agreements.moving import ENDED, FULL, ledger
from node.aid.agreements import (
    AGREED,
    Agreement,
    State,
)
from node.aid.ledger import fits, left_text
from node.aid.lifecycle import LIVE, PUBLISHED
from node.aid.lifecycle import State as ProposalState
from node.aid.neighbours import Link
from node.aid.proposals import Answerable, Proposal
from node.errors import Conflict, NotFound, TooMany
from node.outbox.here import Here, host_of
from node.social.accounts import Actor
from node.store import (
    actors,
    agreements,
    blocks,
    neighbours,
    objects,
    proposals,
    referrals,
    vouches,
)
from node.store.transaction import Transaction

LEFT = {
    "fr": "Merci beaucoup ! Il n’en reste que {left} : répondez encore si cela vous convient.",
    "en": "Thank you very much! Only {left} is left: answer again if that suits you.",
}
NOT_FOR_YOU = {
    "fr": "Merci beaucoup ! Cette annonce s’adresse aux personnes que le quartier connaît.",
    "en": "Thank you very much! This post is for people whom the neighbourhood knows.",
}
ALREADY = {
    "fr": "Merci ! Vous avez déjà répondu à cette annonce : votre première réponse reste.",
    "en": "Thank you! You have answered this post already: your first answer stays.",
}
DAY = 86_400.0
MOST_A_DAY = 20
"""Answers of one person elsewhere to one proposal."""
MOST_OF_A_PERSON = 200
"""Answers of one person elsewhere to all proposals, in a day."""
MOST_OF_A_SERVER = 200
"""Answers of one server to one proposal, in a day."""
WAITING = frozenset({State.PROPOSED, *AGREED})


@dataclass(frozen=True, slots=True)
class Answered:
    proposal: Proposal
    author: Actor
    local: bool


def why_not(
    tx: Transaction, here: Here, found: Answered, made: Agreement, answerer: Actor
) -> str | None:
    """Why an answer cannot be taken, in the language of the answer; None when it can."""
    language = "en" if made.language.partition("-")[0] == "en" else "fr"
    proposal = found.proposal
    earlier = agreements.between(tx, proposal.id, answerer.id)
    if any(one.state in WAITING for one in earlier if one.id != made.id):
        return ALREADY[language]
    if not is_for(tx, proposal, answerer):
        return NOT_FOR_YOU[language]
    counted = ledger(tx, proposal.id)
    if counted is None or counted.left == 0:
        return FULL[language]
    if not _takes_answers(tx, here, found, answerer):
        return ENDED[language]
    if made.unit != proposal.unit or not fits(made.quantity, counted):
        return LEFT[language].format(left=left_text(counted))
    return None


def answered(tx: Transaction, proposal_id: int) -> Answered:
    stored, status = proposals.by_id(tx, proposal_id), objects.by_id(tx, proposal_id)
    author = actors.by_id(tx, status.author_id) if status is not None else None
    hidden = stored is None or not stored.shown or stored.proposal.state not in PUBLISHED
    if stored is None or status is None or author is None or hidden:
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    return Answered(stored.proposal, author, status.local)


def check_flood(tx: Transaction, here: Here, found: Answered, answerer: Actor) -> None:
    since, proposal_id = here.clock.now() - DAY, found.proposal.id
    made = agreements.answers_since
    if (
        made(tx, since, answerer_id=answerer.id, proposal_id=proposal_id) >= MOST_A_DAY
        or made(tx, since, answerer_id=answerer.id) >= MOST_OF_A_PERSON
        or made(tx, since, domain=answerer.domain, proposal_id=proposal_id) >= MOST_OF_A_SERVER
    ):
        raise TooMany("C’est beaucoup de réponses pour un jour : réessayez demain.")


def _takes_answers(tx: Transaction, here: Here, found: Answered, answerer: Actor) -> bool:
    """Open; or referred, and the people of the neighbour that accepted it answer."""
    proposal = found.proposal
    if proposal.has_expired(here.clock.now()):
        return False
    return proposal.state in LIVE or (
        proposal.state is ProposalState.REFERRED
        and referrals.is_entrusted(tx, proposal.id, host_of(answerer.uri))
    )


def check_open(tx: Transaction, here: Here, found: Answered, answerer: Actor) -> None:
    if found.author.id == answerer.id:
        raise Conflict("C’est votre annonce : ce sont les autres qui y répondent.")
    if not _takes_answers(tx, here, found, answerer):
        raise Conflict("Cette annonce ne prend plus de réponse : elle est finie, ou tout est pris.")


def check_between(tx: Transaction, found: Answered, answerer: Actor) -> None:
    if blocks.between(tx, found.author.id, answerer.id):
        raise NotFound("Il n’y a pas d’annonce de ce numéro ici.")
    earlier = agreements.between(tx, found.proposal.id, answerer.id)
    if any(one.state in WAITING for one in earlier):
        raise Conflict("Vous avez déjà répondu à cette annonce : voyez vos accords.")


def is_for(tx: Transaction, proposal: Proposal, answerer: Actor) -> bool:
    """Whether the author wants answers from such a person (`answerable`)."""
    match proposal.answerable:
        case Answerable.ANYONE:
            return True
        case Answerable.MEMBERS:
            return answerer.local or any(
                row.state == Link.JOINED.value and host_of(row.actor_uri) == host_of(answerer.uri)
                for row in neighbours.every(tx)
            )
        case Answerable.VOUCHED:
            return answerer.local and bool(vouches.for_(tx, answerer.id))
