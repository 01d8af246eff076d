"""What the steps have in common: the draft, and where one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.actions import drafts
from node.aid.topics import OTHER, TOPICS, Topic
from node.errors import NotFound
from node.store import proposals, series
from node.store.drafts import Kept
from node.store.transaction import Transaction
from node.web.site.visit import Visit

PURPOSES: Final = {"ask": "request", "offer": "offer"}


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft that somebody is at."""

    kept: Kept
    topic: Topic

    @property
    def id(self) -> int:
        return self.kept.id

    @property
    def request(self) -> bool:
        return self.kept.fields.get("purpose") == "request"

    def text(self, name: str) -> str:
        value = self.kept.fields.get(name)
        return value if isinstance(value, str) else ""

    def given(self, name: str) -> bool:
        return self.kept.fields.get(name) is True


async def writing(visit: Visit) -> Writing:
    """The draft of the address. Raises NotFound for another's as for none."""
    kept = await visit.store.read(drafts.of_author, visit.me.actor, visit.number())
    return Writing(kept, TOPICS.get(str(kept.fields.get("topic")), OTHER))


async def already_sent(visit: Visit) -> web.Response | None:
    """Where a draft went that was sent in the meantime, by a second tap or on another device."""
    found = await visit.store.read(_sent, visit)
    return None if found is None else visit.go(found)


def _sent(tx: Transaction, visit: Visit) -> str | None:
    """The announcement; of what repeats the next one that is there."""
    number, author = visit.number(), visit.me.actor
    stored = proposals.by_id(tx, number)
    if stored is not None and stored.proposal.author_uri == author.uri:
        return f"/@{author.username}/{number}"
    repeated = series.by_id(tx, number)
    if repeated is None or repeated.author_id != author.id:
        return None
    made = series.upcoming(tx, number, after=visit.now)
    return f"/@{author.username}/{made[0].object_id}" if made else "/me"


async def go_on(visit: Visit) -> Writing | web.Response:
    """The draft of the address, or where it went."""
    try:
        found = await writing(visit)
    except NotFound:
        gone = await already_sent(visit)
        if gone is None:
            raise
        return gone
    if found.kept.state == "review" and not visit.request.path.endswith("/check"):
        return visit.go(f"/write/{found.id}/check")
    return found


def keep_in(tx: Transaction, visit: Visit, draft: Writing, changes: Mapping[str, Any]) -> Kept:
    """The draft with other fields; None takes one out. Raises Invalid, NotFound, Conflict."""
    now = drafts.of_author(tx, visit.me.actor, draft.id)
    fields = {**now.fields, **changes}
    return drafts.save(
        tx,
        visit.here,
        visit.me.actor,
        {name: value for name, value in fields.items() if value is not None},
        draft_id=draft.id,
    )


async def keep(visit: Visit, draft: Writing, changes: Mapping[str, Any]) -> Writing:
    """The same in a transaction of its own."""
    return Writing(await visit.store.write(keep_in, visit, draft, changes), draft.topic)
