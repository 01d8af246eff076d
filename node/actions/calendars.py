"""The address of a person's own calendar: made anew, ended, and whom it opens."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import calendars
from node.store.transaction import Transaction

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_address(tx: Transaction, here: Here, who: Actor) -> str:
    """Whoever knows it reads what `who` agreed to. It is kept nowhere; the one before ends."""
    secret = secrets.token_urlsafe(32)
    calendars.set_key(tx, who.id, _hash(secret))
    return f"{here.settings.base_url}/calendars/{secret}.ics"


def end_address(tx: Transaction, who: Actor) -> None:
    calendars.set_key(tx, who.id, None)


def owner(tx: Transaction, secret: str) -> tuple[int, str] | None:
    """Whose calendar a secret opens, and their language; None for nobody's."""
    return calendars.owner(tx, _hash(secret)) if _SECRET.fullmatch(secret) else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
