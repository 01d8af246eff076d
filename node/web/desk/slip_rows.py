"""Paper slips as rows of a table: read from a form, judged one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from node.actions import on_behalf
from node.aid.drafts import check_draft
from node.aid.on_behalf import How, check_consent
from node.errors import EntraideError
from node.ids import new_id
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import proposals
from node.store.transaction import Transaction

FIELDS: Final = ("purpose", "topic", "title", "who", "callback", "urgency", "expires")
AT_ONCE: Final = 10
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Slip:
    """One row, as it was typed."""

    key: int
    """The announcement's number: a row that is sent twice is one announcement."""
    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""

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


def publish(tx: Transaction, here: Here, writer: Actor, slip: Slip, language: str) -> None:
    """One announcement, in the writer's name, for whoever the slip is from. Raises Invalid,
    Forbidden, and what publishing raises."""
    if proposals.by_id(tx, slip.key) is not None:
        return  # it arrived before
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
    on_behalf.write_for(tx, here, writer, draft, consent, identifier=slip.key)


def judged(slip: Slip, error: EntraideError) -> Slip:
    return Slip(slip.key, slip.values, error.public)
