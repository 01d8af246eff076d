"""Writing for somebody who has no account: mediators and associations may, with their consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.actions import on_behalf as actions
from node.aid.on_behalf import Consent, How, check_consent
from node.store import on_behalf
from node.store.transaction import Transaction
from node.web.desk.behalf import HOW
from node.web.site.visit import Visit


@dataclass(frozen=True, slots=True)
class ForWhom:
    """What stands in the fields."""

    other: bool = False
    """For somebody else than the writer."""
    beneficiary: str = ""
    consented_by: str = ""
    how: str = How.SPOKEN.value
    call_back: str = ""


NOBODY: Final = ForWhom()


def typed(visit: Visit) -> ForWhom:
    return ForWhom(
        other=visit.text("for") == "other",
        beneficiary=visit.text("beneficiary"),
        consented_by=visit.text("consented_by"),
        how=visit.text("how"),
        call_back=visit.text("callback"),
    )


def consent_of(visit: Visit, given: ForWhom) -> Consent:
    """Given now. Raises Invalid with what to do."""
    return check_consent(
        beneficiary=given.beneficiary,
        consented_by=given.consented_by,
        consented_at=visit.now,
        consent_how=given.how,
        call_back=given.call_back,
        now=visit.now,
    )


def keep(tx: Transaction, visit: Visit, draft_id: int, consent: Consent | None) -> None:
    """For whom the draft is; None for the writer. Raises Forbidden."""
    if consent is None:
        on_behalf.purge(tx, draft_id)
    else:
        actions.keep(tx, visit.here, visit.me.actor, draft_id, consent)


def of(tx: Transaction, draft_id: int) -> ForWhom:
    found = on_behalf.of(tx, draft_id)
    if found is None:
        return NOBODY
    return ForWhom(True, found.beneficiary, found.consented_by, found.consent_how, found.call_back)


def ways(visit: Visit) -> list[tuple[str, str]]:
    """How a consent is given, for a choice."""
    return [(how.value, visit.say(words)) for how, words in HOW.items()]
