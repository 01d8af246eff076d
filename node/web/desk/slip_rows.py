"""Paper slips as rows of a table: read from a form, judged one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from node.actions import on_behalf
from node.aid.drafts import check_draft
from node.aid.on_behalf import How, check_consent
from node.errors import EntraideError
from node.ids import id_time, new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import objects, proposals
from node.store import on_behalf as kept
from node.store.on_behalf import Alike
from node.store.transaction import Transaction

FIELDS: Final = ("purpose", "topic", "title", "who", "callback", "urgency", "expires", "again")
AT_ONCE: Final = 10
MOST: Final = 60
KEPT_S: Final = 86_400.0
"""A row that was begun longer ago is a new one: its number would put it far down the lists."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One row, as it was typed."""

    key: int
    """The announcement's number: a row that is sent twice is one announcement."""
    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""
    alike: Alike | None = None
    """An open announcement that may be the same."""

    @property
    def empty(self) -> bool:
        return not any(self.values.get(name) for name in ("title", "who", "callback"))

    def value(self, name: str) -> str:
        return self.values.get(name, "")


def blank(many: int = AT_ONCE) -> list[Slip]:
    return [Slip(new_id(), {"purpose": "request"}) for _ in range(many)]


def read(text: Callable[[str], str]) -> list[Slip]:
    """The rows of a form whose fields are named ``title-0``, ``title-1``…"""
    found = []
    for place in range(MOST):
        key = text(f"key-{place}")
        if not (key.isascii() and key.isdigit() and len(key) <= 18):
            continue
        found.append(Slip(int(key), {name: text(f"{name}-{place}") for name in FIELDS}))
    return found


def publish(tx: Transaction, here: Here, writer: Actor, slip: Slip, language: str) -> Alike | None:
    """One announcement, in the writer's name, for whoever the slip is from. Where an open one may
    be the same nothing is published, and it is that one, unless the row says that it is another.
    Raises Invalid, Forbidden, and what publishing raises."""
    number = _number(tx, writer, slip)
    if number is None:
        return None  # it arrived before
    now = here.clock.now()
    consent = check_consent(
        beneficiary=slip.value("who"),
        consented_by=slip.value("who"),
        consented_at=now,
        consent_how=How.PAPER.value,
        call_back=slip.value("callback"),
        now=now,
    )
    draft = check_draft(
        {
            "author": writer.username,
            "purpose": slip.value("purpose"),
            "topic": slip.value("topic") or "other.other",
            "title": slip.value("title"),
            "urgency": slip.value("urgency") or "normal",
            "expires": slip.value("expires") or None,
            "language": language,
        },
        zone=here.settings.node.time_zone,
    )
    if not slip.value("again"):
        found = kept.alike(
            tx,
            beneficiary=consent.beneficiary,
            title=draft.title,
            purpose=draft.purpose.value,
            topic=draft.topic,
            now=now,
        )
        if found is not None:
            return found
    on_behalf.write_for(tx, here, writer, draft, consent, identifier=number)
    return None


def _number(tx: Transaction, writer: Actor, slip: Slip) -> int | None:
    """Which number the announcement has; None for one that was published before. A row's own
    number is not taken when it is old or to come, or another announcement has it."""
    status, there = objects.by_id(tx, slip.key), proposals.by_id(tx, slip.key)
    if status is not None and there is not None:
        same = status.author_id == writer.id and there.proposal.title == slip.value("title")
        return None if same else new_id()
    fresh = new_id()
    begun = id_time(fresh) - id_time(slip.key)
    return slip.key if status is None and 0 <= begun < KEPT_S else fresh


def judged(slip: Slip, error: EntraideError) -> Slip:
    return replace(slip, wrong=error.public)


def like(slip: Slip, found: Alike) -> Slip:
    return replace(slip, alike=found)
