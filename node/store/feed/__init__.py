"""What stands in the home of each person of ours, and in their lists: written when something is
published, so that a page is read by one index.

Who blocked, muted or left whom afterwards is looked at when a page is read (`store.timelines`).
"""

from __future__ import annotations

from node.store.feed.following import (
    followed,
    put_in_list,
    tag_unfollowed,
    taken_out_of_list,
    unfollowed,
)
from node.store.feed.sharing import shared, unshared
from node.store.feed.trimming import trim
from node.store.feed.writing import written

__all__ = [
    "followed",
    "put_in_list",
    "shared",
    "tag_unfollowed",
    "taken_out_of_list",
    "trim",
    "unfollowed",
    "unshared",
    "written",
]
