"""What somebody who looks for help is shown: a page of what is open, as far as this reader sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from node.store.proposal_details import Entry, Reader, entries
from node.store.proposal_filters import Cursor, Wanted
from node.store.proposal_search import find
from node.store.transaction import Transaction

ROUNDS: Final = 3
"""How often a page is filled up, when much of it is of people whom the reader does not see."""


def page_of(tx: Transaction, wanted: Wanted, reader: Reader) -> tuple[list[Entry], Cursor | None]:
    """The entries of a page, and what the next one goes on from; None at the end."""
    most = wanted.most
    found: list[Entry] = []
    ask = replace(wanted, most=most + 1)
    for _ in range(ROUNDS):
        ids = find(tx, ask)
        page = ids[:most]
        seen = entries(tx, [one.id for one in page], reader, unlisted=wanted.unlisted)
        for cursor in page:
            if cursor.id in seen:
                found.append(seen[cursor.id])
                if len(found) == most:
                    more = cursor is not page[-1] or len(ids) > most
                    return found, cursor if more else None
        if len(ids) <= most:
            return found, None
        ask = replace(ask, after=page[-1])
    return found, ask.after
