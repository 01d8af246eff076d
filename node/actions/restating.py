"""A Note of ours that says more of itself than its words: counts, proofs, policies.

It is no edit, and goes to everybody who has it.
"""

from __future__ import annotations

from typing import Any

import orjson

from node.activitypub import render
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import Document, prove, publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import inboxes, objects
from node.store.transaction import Transaction


def restate(
    tx: Transaction,
    here: Here,
    author: Actor,
    status: Status,
    *,
    also: list[str] | None = None,
    without: tuple[str, ...] = (),
    **more: Any,
) -> None:
    """`also`: further inboxes; `without`: fields that go, before `more` come."""
    note: Document = orjson.loads(status.document)
    note = {name: value for name, value in note.items() if name not in ("proof", *without)} | more
    opened = status.visibility.open
    if opened:
        note = prove(tx, here, author, note)
    objects.set_document(tx, status.id, orjson.dumps(note).decode())
    inside = note if opened else {k: v for k, v in note.items() if k != "@context"}
    update = render.update(
        activity_id=here.addresses.activity(new_id()),
        actor=author.uri,
        object=inside,
        to=tuple(note["to"]),
        cc=tuple(note["cc"]),
        published=here.clock.now(),
    )
    told = list(inboxes.of_actors(tx, [*note["to"], *note["cc"]]).values())
    if status.visibility is not Visibility.DIRECT:
        told += inboxes.of_followers(tx, author.id)
    if opened:
        told += inboxes.told_of(tx, status.uri)
    publish(
        tx,
        here,
        author,
        prove(tx, here, author, update) if opened else update,
        inboxes=[*told, *(also or ())],
        about=status.uri,
    )
