"""Who or what is meant by what somebody typed: a name, an address, a link; known here, or asked
of the server where it lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.outbox.here import Here
from node.social import writing
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, handles
from node.store.transaction import Transaction

ASKED_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """One of the two, or neither."""

    actor: Actor | None = None
    status: Status | None = None


def by_handle(tx: Transaction, here: Here, handle: str) -> Actor | None:
    """``amina``, ``@amina``, ``zoe@m.example``: whoever of that name is known here."""
    name, _, domain = handle.strip().removeprefix("acct:").removeprefix("@").partition("@")
    if not name:
        return None
    domain = domain.lower()
    if domain in ("", here.domain.lower()):
        found = actors.local_by_username(tx, name)
    else:
        found = handles.remote(tx, name, domain)
    return None if found is None or found.gone else found


def is_handle(text: str) -> bool:
    """Whether it names somebody at a server."""
    return bool(writing.handles(f"@{text.strip().removeprefix('@')}")) and "@" in text[1:]
