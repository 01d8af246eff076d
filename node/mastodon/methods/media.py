"""Pictures, films and sounds are sent, described, and dropped again."""

from __future__ import annotations

from typing import Any, Final

from node.actions import media
from node.actions.media import Studio
from node.errors import Conflict, Invalid
from node.mastodon.entities.media import attachment
from node.mastodon.method import FILES, WORKSHOP, Answer, Ask, Method
from node.moderation.rates import Rate
from node.store.pictures import Picture

RATE: Final = Rate("uploads", 30, 1_800.0)


async def upload_later(ask: Ask) -> dict[str, Any] | Answer:
    """POST /api/v2/media: 202 while it is made."""
    return _told(ask, await _take(ask, media.WAIT_S), waiting=202)


async def upload(ask: Ask) -> dict[str, Any] | Answer:
    """POST /api/v1/media: when it is made."""
    return _told(ask, await _take(ask, None), waiting=200)


async def one(ask: Ask) -> dict[str, Any] | Answer:
    """GET /api/v1/media/:id: 206 while it is made."""
    found = await ask.store.read(media.unused, ask.here, ask.person.actor, ask.number())
    return _told(ask, found, waiting=206)


async def change(ask: Ask) -> dict[str, Any] | Answer:
    """PUT /api/v1/media/:id."""
    read = ask.parameters
    cover = read.upload("thumbnail")
    found = await _studio(ask).change(
        ask.person.actor,
        ask.number(),
        alt=read.maybe("description"),
        focus=media.focus_of(read.text("focus")),
        preview=cover.content if cover is not None else None,
    )
    return _told(ask, found, waiting=200)


async def drop(ask: Ask) -> dict[str, Any]:
    """DELETE /api/v1/media/:id."""
    try:
        await ask.store.write(media.drop, ask.person.actor, ask.number())
    except Conflict as error:
        raise Invalid(error.public) from error
    return {}


async def _take(ask: Ask, wait: float | None) -> Picture:
    read = ask.parameters
    file, cover = read.upload("file"), read.upload("thumbnail")
    if file is None or not file.content:
        raise Invalid("Validation failed: File can't be blank")
    return await _studio(ask).take(
        ask.person.actor,
        file.content,
        alt=read.text("description"),
        focus=media.focus_of(read.text("focus")),
        preview=cover.content if cover is not None else None,
        wait=wait,
    )


def _studio(ask: Ask) -> Studio:
    app = ask.request.app
    return Studio(ask.store, ask.here, app[WORKSHOP], app[FILES])


def _told(ask: Ask, picture: Picture, *, waiting: int) -> dict[str, Any] | Answer:
    shown = attachment(ask.here, picture)
    return shown if picture.state == "ready" else Answer(shown, waiting)


METHODS = (
    Method("POST", "/api/v2/media", upload_later, scope="write:media", rate=RATE),
    Method("POST", "/api/v1/media", upload, scope="write:media", rate=RATE),
    Method("GET", "/api/v1/media/{id}", one, scope="write:media"),
    Method("PUT", "/api/v1/media/{id}", change, scope="write:media"),
    Method("DELETE", "/api/v1/media/{id}", drop, scope="write:media"),
)
