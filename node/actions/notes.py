"""Direct notes: from one of ours to one person, whatever server that person lives on."""

from __future__ import annotations

from html import escape
from typing import Any

import orjson

from node.actions import parts
from node.activitypub import render
from node.activitypub.vocabulary import OUR_CONTEXT
from node.clock import to_iso
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import publish
from node.social.accounts import Actor
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import objects
from node.store.transaction import Transaction


def write_direct(
    tx: Transaction,
    here: Here,
    speaker: Actor,
    to: Actor,
    *,
    html: str,
    language: str,
    in_reply_to: str | None,
    context: str | None,
) -> Status:
    """A direct note of `speaker` to `to` alone, who is mentioned as Mastodon wants it. `html` is
    ours: paragraphs, escaped."""
    now, identifier = here.clock.now(), new_id()
    uri = here.addresses.object(identifier)
    content = _mention(to) + html
    note: dict[str, Any] = {
        "@context": OUR_CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": speaker.uri,
        "to": [to.uri],
        "published": to_iso(now),
        "content": content,
        "contentMap": {language: content},
        "tag": [{"type": "Mention", "href": to.uri, "name": f"@{to.handle}"}],
    }
    if in_reply_to is not None:
        note["inReplyTo"] = in_reply_to
    if context is not None:
        note["context"] = context
    status = Status(
        id=identifier,
        uri=uri,
        local=True,
        type="Note",
        author_id=speaker.id,
        visibility=Visibility.DIRECT,
        name=None,
        content=content,
        summary=None,
        language=language,
        sensitive=False,
        url=None,
        in_reply_to=in_reply_to,
        context=context,
        published=now,
        updated=None,
        document=orjson.dumps(note).decode(),
    )
    objects.insert(tx, status, addressed=[to.uri])
    parts.keep_own(tx, here, status.id)
    if not to.local:
        inner = {name: value for name, value in note.items() if name != "@context"}
        publish(
            tx,
            here,
            speaker,
            render.create(
                activity_id=here.addresses.activity(new_id()),
                actor=speaker.uri,
                object=inner,
                to=(to.uri,),
                published=now,
            ),
            inboxes=[to.inbox],
            about=context or uri,
        )
    return status


def _mention(to: Actor) -> str:
    """As Mastodon writes a mention, so that it is one there."""
    href = escape(to.url or to.uri)
    return (
        f'<p><span class="h-card" translate="no"><a href="{href}" class="u-url mention">'
        f"@<span>{escape(to.username)}</span></a></span></p>"
    )
