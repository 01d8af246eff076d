"""The MediaAttachment entity of what people of ours sent."""

from __future__ import annotations

from typing import Any

from node.outbox.here import Here
from node.store.pictures import Picture


def attachment(here: Here, picture: Picture) -> dict[str, Any]:
    """`url` is null while it is made."""
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
        "meta": _meta(picture, kind),
        "description": picture.alt or None,
        "blurhash": picture.blurhash,
    }


def kind_of(media_type: str) -> str:
    head = media_type.partition("/")[0]
    return head if head in ("image", "video", "audio") else "unknown"


def _meta(picture: Picture, kind: str) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if picture.focus_x is not None and picture.focus_y is not None:
        meta["focus"] = {"x": picture.focus_x, "y": picture.focus_y}
    if picture.width and picture.height:
        size = {
            "width": picture.width,
            "height": picture.height,
            "size": f"{picture.width}x{picture.height}",
            "aspect": picture.width / picture.height,
        }
        meta["original"] = size
        if kind == "image":
            meta["small"] = dict(size)
    return meta
