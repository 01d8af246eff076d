"""What a status shows beside its words is made once, when it is stored or changed.

Whoever stores a status calls `keep`, or `keep_own` for one of ours; what is not kept yet is made
when it is read (`missing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from node.activitypub import jsonld
from node.activitypub.documents import ObjectDocument, parse_object
from node.outbox.here import Here
from node.social import parts
from node.social.accounts import Actor
from node.store import actors, apps, objects, pictures, revisions
from node.store.pictures import Picture
from node.store.transaction import Transaction


def keep(tx: Transaction, identifier: int, document: ObjectDocument) -> None:
    """Of an object from elsewhere."""
    people = actors.by_uris(tx, [one.href for one in document.mentions])
    _put(tx, identifier, parts.parts(document, identifier=identifier, people=people))


def keep_own(tx: Transaction, here: Here, identifier: int) -> None:
    """Of one of ours, when all that belongs to it is stored."""
    text = objects.documents(tx, [identifier]).get(identifier)
    if text is None:
        return
    document = _read(text)
    people = actors.by_uris(tx, [one.href for one in document.mentions]) if document else {}
    shown = pictures.of_object(tx, identifier)
    made = _own(here, identifier, document, people, shown)
    source = revisions.source(tx, identifier)
    app = apps.by_id(tx, source.app_id) if source is not None and source.app_id else None
    if app is not None:
        made["application"] = {"name": app.name, "website": app.website}
    _put(tx, identifier, made)


def missing(
    tx: Transaction, here: Here, ids: Collection[int], own: Collection[int]
) -> dict[int, dict[str, Any]]:
    """Of those for which nothing is kept; `own` of them are ours. In three queries."""
    read = {one: _read(text) for one, text in objects.documents(tx, ids).items()}
    named = {mention.href for one in read.values() if one for mention in one.mentions}
    people = actors.by_uris(tx, named)
    shown = pictures.of_objects(tx, list(own))
    return {
        identifier: _own(here, identifier, document, people, shown.get(identifier, []))
        if identifier in own
        else parts.parts(document, identifier=identifier, people=people)
        if document is not None
        else dict(parts.NONE)
        for identifier, document in read.items()
    }


def _put(tx: Transaction, identifier: int, made: Mapping[str, Any]) -> None:
    text = orjson.dumps(made).decode()
    objects.set_parts(tx, identifier, text, media=bool(made["attachments"]))


def _own(
    here: Here,
    identifier: int,
    document: ObjectDocument | None,
    people: Mapping[str, Actor],
    shown: Collection[Picture],
) -> dict[str, Any]:
    attachments = [attachment(here, one) for one in shown]
    if document is None:
        return {**parts.NONE, "attachments": attachments}
    return parts.parts(document, identifier=identifier, people=people, attachments=attachments)


def _read(text: str) -> ObjectDocument | None:
    """As it was received, or sent."""
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(raw, dict):
        return None
    plain = jsonld.normalise(raw)
    found = parse_object(plain if isinstance(plain, dict) else raw)
    return found if isinstance(found, ObjectDocument) else None


# ── pictures ─────────────────────────────────────────────────────────────────────────────────


def attachment(here: Here, picture: Picture) -> dict[str, Any]:
    """The MediaAttachment of what people of ours sent; `url` is null while it is made."""
    ready = picture.state == "ready"
    url = here.addresses.media(picture.name) if ready else None
    preview = here.addresses.media(picture.preview) if ready and picture.preview else None
    kind = kind_of(picture.media_type)
    if preview is None and kind == "image":
        preview = url
    return {
        "id": str(picture.id),
        "type": kind,
        "url": url,
        "preview_url": preview,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": parts.meta(
            kind,
            picture.width,
            picture.height,
            None
            if picture.focus_x is None or picture.focus_y is None
            else (picture.focus_x, picture.focus_y),
        ),
        "description": picture.alt or None,
        "blurhash": picture.blurhash,
    }


def kind_of(media_type: str) -> str:
    head = media_type.partition("/")[0]
    return head if head in ("image", "video", "audio") else "unknown"
