"""Account entities as ready JSON, kept by all that they are made of."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from typing import Any, Final

import orjson

from node.mastodon.entities.account import accounts
from node.outbox.here import Here
from node.store import actor_marks
from node.store.transaction import Transaction

MOST: Final = 2_000


class _Made:
    """The latest used; used from all threads that read."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Any, ...], orjson.Fragment] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...]) -> orjson.Fragment | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: tuple[Any, ...], made: orjson.Fragment) -> None:
        with self._lock:
            self._held[key] = made
            if len(self._held) > MOST:
                self._held.popitem(last=False)


_made: Final = _Made()


def fragments(tx: Transaction, here: Here, ids: Collection[int]) -> dict[int, orjson.Fragment]:
    """By id; who is gone is left out. In one query, and those of `accounts` for who is new."""
    base = here.settings.base_url
    marks = actor_marks.marks(tx, ids)
    found: dict[int, orjson.Fragment] = {}
    for identifier, mark in marks.items():
        made = _made.get((base, *mark)) if mark is not None else None
        if made is not None:
            found[identifier] = made
    new = accounts(tx, here, marks.keys() - found.keys())
    for identifier, entity in new.items():
        made = found[identifier] = orjson.Fragment(orjson.dumps(entity))
        mark = marks[identifier]
        if mark is not None:
            _made.put((base, *mark), made)
    return found
