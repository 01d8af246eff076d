"""Writing for somebody who has no account.

What is known of them stays in one table of this node: it is not in the proposal, not in any
activity, in no log, and goes when the proposal does.
"""

from __future__ import annotations

from dataclasses import replace

from node.actions import audit
from node.actions.proposals import change_proposal
from node.actions.publishing import check_unnamed, publish_proposal
from node.aid.lifecycle import CLOSED, State, may_become
from node.aid.on_behalf import Consent
from node.aid.proposals import Draft
from node.errors import Conflict, Forbidden, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, on_behalf, proposals
from node.store.on_behalf import OnBehalf
from node.store.transaction import Transaction

RENEWABLE_S = 7 * 86_400.0
"""For so long after a proposal expired, what is known of its person is kept for a renewal."""


def may_write_for_others(tx: Transaction, writer: Actor) -> bool:
    """Mediators, and associations of the quartier."""
    account = accounts.by_actor(tx, writer.id)
    return account is not None and (
        account.role in ("mediator", "admin") or writer.kind == "association"
    )


def check_writer(tx: Transaction, writer: Actor) -> None:
    """Raises Forbidden."""
    if not may_write_for_others(tx, writer):
        raise Forbidden(
            "Seules la médiation et les associations du quartier écrivent pour quelqu’un d’autre."
        )


def write_for(
    tx: Transaction,
    here: Here,
    writer: Actor,
    draft: Draft,
    consent: Consent,
    *,
    identifier: int | None = None,
) -> OnBehalf:
    """Publish in the writer's name, and keep for whom; `identifier` is the announcement's number,
    where it is known before. Raises Forbidden, Invalid when the words
    say who it is for, and what publishing raises."""
    check_writer(tx, writer)
    made = publish_proposal(tx, here, writer, draft, identifier=identifier)
    check_unnamed(tx, made, consent)
    return keep(tx, here, writer, made.id, consent)


def keep(tx: Transaction, here: Here, writer: Actor, subject_id: int, consent: Consent) -> OnBehalf:
    """For whom a draft or a proposal of `writer` was written. Raises Forbidden."""
    check_writer(tx, writer)
    on_behalf.put(
        tx,
        OnBehalf(
            subject_id=subject_id,
            writer_id=writer.id,
            beneficiary=consent.beneficiary,
            consented_by=consent.consented_by,
            consented_at=consent.consented_at,
            consent_how=consent.consent_how.value,
            call_back=consent.call_back,
            created_at=here.clock.now(),
        ),
    )
    return of(tx, writer, subject_id)


def of(tx: Transaction, reader: Actor, subject_id: int) -> OnBehalf:
    """Raises NotFound for everybody but the writer and the mediators."""
    found = on_behalf.of(tx, subject_id)
    if found is None or not _may_read(tx, reader, found):
        raise NotFound("Il n’y a rien de ce numéro que vous puissiez lire.")
    return found


def listed(tx: Transaction, reader: Actor, *, before: int | None, most: int) -> list[OnBehalf]:
    """A mediator sees all, everybody else what they wrote; newest first."""
    account = accounts.by_actor(tx, reader.id)
    mediates = account is not None and account.role in ("mediator", "admin")
    return on_behalf.listed(tx, writer_id=None if mediates else reader.id, before=before, most=most)


def correct(tx: Transaction, here: Here, who: Actor, subject_id: int, consent: Consent) -> OnBehalf:
    """Another telephone, a consent given anew. Raises NotFound, Conflict once it is over, and
    Invalid when what is published tells of the person as they are called now."""
    found = of(tx, who, subject_id)
    stored = proposals.by_id(tx, subject_id)
    if stored is not None and stored.proposal.state in CLOSED:
        raise Conflict("Cette annonce est close : il n’y a plus rien à corriger.")
    if stored is not None:
        check_unnamed(tx, stored.proposal, consent)
    on_behalf.put(
        tx,
        replace(
            found,
            beneficiary=consent.beneficiary,
            consented_by=consent.consented_by,
            consented_at=consent.consented_at,
            consent_how=consent.consent_how.value,
            call_back=consent.call_back,
        ),
    )
    return of(tx, who, subject_id)


def take_back(tx: Transaction, here: Here, who: Actor, subject_id: int) -> None:
    """The consent is taken back: what is known of the person goes, and the proposal with it.
    Raises NotFound."""
    found = of(tx, who, subject_id)
    on_behalf.purge(tx, subject_id)
    stored = proposals.by_id(tx, subject_id)
    if stored is not None and may_become(stored.proposal.state, State.WITHDRAWN):
        change_proposal(tx, here, subject_id, state=State.WITHDRAWN)
    if who.id != found.writer_id:
        audit.record(tx, here, who, "on-behalf.remove", f"proposal {subject_id}")


def purge_ended(tx: Transaction, here: Here) -> int:
    """Records of what is closed for good, deleted, or expired and not renewed. How many."""
    return on_behalf.purge_ended(tx, expired_before=here.clock.now() - RENEWABLE_S)


def _may_read(tx: Transaction, reader: Actor, record: OnBehalf) -> bool:
    if reader.id == record.writer_id:
        return True
    account = accounts.by_actor(tx, reader.id)
    return account is not None and account.role in ("mediator", "admin")
