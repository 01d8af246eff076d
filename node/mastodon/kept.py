"""Answers and grants that are kept until what they were made from changes (`store.versions`).

Never longer than a second: what also hangs on the clock (a poll that ends, a mute that is over) is
no older than that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from typing import Any, Final, Generic, TypeVar

from node.clock import Clock
from node.store.engine import Store

LONGEST_S: Final = 1.0
SHOWN: Final = (
    *("accounts", "actor_tallies", "actors", "blocks", "bookmarks", "domain_mutes", "feed"),
    *("filter_keywords", "filter_statuses", "filters", "follows", "hashtags", "list_feed"),
    *("lists", "mutes", "objects", "pictures", "pins", "poll_votes", "polls", "proposals"),
    *("quotes", "reactions", "recipients", "shares", "silences", "status_tallies"),
    "thread_mutes",
)
"""The tables from which statuses and timelines are made."""
BYTES_MOST: Final = 16 * 1024 * 1024

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """By key, the latest used of them; used from the event loop's thread.

    mark = kept.mark()          # before it is read
    made = await …
    kept.put(key, made, mark, size)
    """

    def __init__(
        self, store: Store, clock: Clock, tables: Iterable[str], *, most: int = BYTES_MOST
    ) -> None:
        self._versions = store.versions
        self._clock = clock
        self._tables = tuple(tables)
        self._most = most
        self._held: OrderedDict[Hashable, tuple[int, float, Value, int]] = OrderedDict()
        self._bytes = 0

    def mark(self) -> int:
        return self._versions.of(self._tables)

    def get(self, key: Hashable) -> Value | None:
        found = self._held.get(key)
        if found is None:
            return None
        mark, at, value, _ = found
        if mark == self.mark() and 0.0 <= self._clock.now() - at < LONGEST_S:
            return value
        self._drop(key)
        return None

    def put(self, key: Hashable, value: Value, mark: int, size: int) -> None:
        """`size` in bytes, of all that is kept with it."""
        self._drop(key)
        if size > self._most // 8:
            return
        self._held[key] = (mark, self._clock.now(), value, size)
        self._bytes += size
        while self._bytes > self._most:
            self._drop(next(iter(self._held)))

    def _drop(self, key: Hashable) -> None:
        gone: Any = self._held.pop(key, None)
        if gone is not None:
            self._bytes -= gone[3]
