"""The Quote and ShallowQuote entities, and who may quote a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from node.social.accounts import Actor
from node.store.status_rows import Marks
from node.store.timelines import Unread
from node.store.transaction import Row

_OPEN: Final = ("public", "unlisted")
_MAY: Final[Mapping[str, list[str]]] = {"public": ["public"], "followers": ["followers"]}


def quote(
    row: Row,
    quoted: Row | None,
    inside: dict[str, Any] | None,
    domain: str,
    unread: Unread,
) -> dict[str, Any]:
    """Of `row`. `quoted`: when it is here; `inside`: when the viewer may see it;
    `domain`: of who wrote it, "" for one of ours."""
    state = row.quote_state
    if state == "accepted":
        if quoted is None:
            return {"state": "deleted", "quoted_status": None}
        if inside is None:
            state = "unauthorized"
        elif quoted.author_id in unread.people:
            state = "muted_account"
        elif domain in unread.domains:
            state = "blocked_domain"
    return {"state": state, "quoted_status": inside}


def shallow(row: Row) -> dict[str, Any] | None:
    """Of a status that is quoted itself."""
    if row.quote_state is None:
        return None
    known = row.quote_state == "accepted" and row.quoted_id is not None
    return {
        "state": row.quote_state,
        "quoted_status_id": str(row.quoted_id) if known else None,
    }


def approval(row: Row, viewer: Actor | None, marks: Marks) -> dict[str, Any]:
    """The `quote_approval` of a status."""
    policy = row.quote_policy if row.visibility in _OPEN else "nobody"
    own = viewer is not None and viewer.id == row.author_id
    if own:
        me = "automatic" if row.visibility != "direct" else "denied"
    elif (policy == "public" and viewer is not None) or (
        policy == "followers" and row.author_id in marks.follows
    ):
        me = "automatic"
    else:
        me = "denied"
    return {"automatic": _MAY.get(policy, []), "manual": [], "current_user": me}
