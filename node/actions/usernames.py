"""A username made of the name by which people know somebody."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from node.actions.accounts import is_taken
from node.activitypub.addresses import NAME_MAX, RESERVED
from node.outbox.here import Here
from node.store import join_requests
from node.store.transaction import Transaction

NOBODYS: Final = "membre"
"""For names in a script that usernames have no letters for."""
_OTHERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_REST: Final = re.compile(r"[^a-z0-9]+")


def plain(name: str) -> str:
    """``Amélie d’Œuvre`` is ``amelie_d_oeuvre``; "" when nothing is left."""
    letters = unicodedata.normalize("NFKD", name[:200].lower().translate(_OTHERS))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _REST.sub("_", bare).strip("_")[: NAME_MAX - 3].strip("_")


def propose(tx: Transaction, here: Here, name: str) -> str:
    """One that nobody has, had, or waits for: ``amina``, else ``amina2``…"""
    base = plain(name) or NOBODYS
    at = 1
    while True:
        tried = base if at == 1 else f"{base}{at}"
        if (
            tried not in RESERVED
            and not is_taken(tx, here, tried)
            and not join_requests.waiting_by_username(tx, tried)
        ):
            return tried
        at = at + 1 if at < 20 else at * 2
