"""Markers: how far somebody read, so that their other apps know."""

from __future__ import annotations

from typing import Any

from node.mastodon.entities.times import moment
from node.mastodon.method import Ask, Method
from node.mastodon.parameters import Parameters
from node.social.accounts import Actor
from node.store import markers, notifications
from node.store.markers import Marker
from node.store.transaction import Transaction


async def read(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/markers. Who never read what they are told read up to nothing: Elk stops
    with an error where this marker is missing. Of the home that is not said: an app that goes on
    from there would begin with the oldest."""
    wanted = ask.parameters.texts("timeline")
    me = ask.person.actor
    told = _told(await ask.store.read(markers.of, me.id, wanted))
    if "notifications" in wanted and "notifications" not in told:
        told |= _told([Marker("notifications", 0, 0, me.created_at)])
    return told


async def move(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/markers: `home[last_read_id]`, `notifications[last_read_id]`."""
    now = ask.here.clock.now()
    return _told(await ask.store.write(_move, ask.person.actor, ask.parameters, now))


def _move(tx: Transaction, me: Actor, asked: Parameters, now: float) -> list[Marker]:
    moved = []
    for timeline in markers.TIMELINES:
        last = asked.tree(timeline).identifier("last_read_id")
        if last:
            if timeline == "notifications":
                last = notifications.unrounded(tx, me.id, last)
                # no mail tells of what was read in an app
                notifications.mark_read(tx, me.id, now=now, upto=last)
            moved.append(markers.put(tx, me.id, timeline, last, now=now))
    return moved


def _told(found: list[Marker]) -> dict[str, Any]:
    return {
        one.timeline: {
            "last_read_id": str(one.last_read_id),
            "version": one.version,
            "updated_at": moment(one.updated_at),
        }
        for one in found
    }


METHODS = (
    Method("GET", "/api/v1/markers", read, scope="read:statuses"),
    Method("POST", "/api/v1/markers", move, scope="write:statuses"),
)
