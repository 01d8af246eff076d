"""Neighbours: the links, what each is known to have, and whose keys are known."""

from __future__ import annotations

from node.store.neighbours.links import (
    BELL_WAITS,
    NeighbourRow,
    by_actor,
    by_uri,
    every,
    put,
    remove,
    set_takes,
    set_terms,
    set_territory,
    set_waits,
    territory_at,
)
from node.store.neighbours.passes import (
    count_one,
    having,
    in_this_hour,
    live_from,
    passed,
)
from node.store.neighbours.trust import (
    BELL_UNCONFIRMED,
    NodeKeyRow,
    ask_again,
    confirm,
    forget_other_keys,
    keys_of,
    mark_unconfirmed,
    met_keys,
    next_to_confirm,
    remember_key,
    to_confirm,
)

__all__ = [
    "BELL_UNCONFIRMED",
    "BELL_WAITS",
    "NeighbourRow",
    "NodeKeyRow",
    "ask_again",
    "by_actor",
    "by_uri",
    "confirm",
    "count_one",
    "every",
    "forget_other_keys",
    "having",
    "in_this_hour",
    "keys_of",
    "live_from",
    "mark_unconfirmed",
    "met_keys",
    "next_to_confirm",
    "passed",
    "put",
    "remember_key",
    "remove",
    "set_takes",
    "set_terms",
    "set_territory",
    "set_waits",
    "territory_at",
    "to_confirm",
]
