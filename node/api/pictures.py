"""Pictures of proposals: sent first, then named by a proposal's draft."""

from __future__ import annotations

import asyncio
from typing import Annotated

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Meta

from node.actions.pictures import (
    ALT_MAX,
    add_picture,
    describe_picture,
    drop_picture,
    own_picture,
    picture_url,
)
from node.api.common import Id, Moment, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing
from node.errors import BadInput, Invalid, Unsupported
from node.media.files import Files
from node.media.workshop import Workshop, too_large
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.store import pictures
from node.store.pictures import Picture

WORKSHOP: web.AppKey[Workshop] = web.AppKey("workshop", Workshop)
FILES: web.AppKey[Files] = web.AppKey("files", Files)
PARTS_MOST = 8
CHUNK = 64 * 1024
ALT_BYTES = ALT_MAX * 4 + 1
RATE = Rate("uploads", 30, 1800.0)

Alt = Annotated[str, Meta(description=f"What is on it, in words: at most {ALT_MAX} characters.")]


class PictureEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture, as it is kept: scaled down, turned upright, without metadata."""

    id: Id
    url: str
    media_type: str
    """image/jpeg or image/png"""
    width: int
    height: int
    alt: str
    proposal_id: Id | None
    """Of the draft or proposal that shows it; null while it is only sent, for a day at most."""
    created_at: Moment


class PictureUpload(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture that is sent, as multipart/form-data."""

    file: Annotated[
        str,
        Meta(
            description="JPEG, PNG, WebP, GIF (its first frame) or AVIF, at most 16 MiB.",
            extra_json_schema={"format": "binary"},
        ),
    ]
    alt: Alt


class PictureChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another description."""

    alt: Alt


async def send(call: Call[Nothing, Nothing]) -> PictureEntity:
    settings = call.here.settings.limits
    request = call.request
    if request.content_type != "multipart/form-data":
        raise Unsupported("Envoyez l’image en multipart/form-data, dans la partie « file ».")
    workshop = request.app[WORKSHOP]
    if (request.content_length or 0) > workshop.bounds.bytes + ALT_BYTES + CHUNK:
        raise too_large(workshop.bounds)
    try:
        async with asyncio.timeout(settings.body_seconds):
            content, alt = await _parts(request, workshop)
    except TimeoutError:
        raise BadInput("L’image n’est pas arrivée à temps : essayez à nouveau.") from None
    picture = await add_picture(
        call.store,
        call.here,
        workshop,
        request.app[FILES],
        call.caller.actor,
        content=content,
        alt=alt,
    )
    return entity(call.here, picture)


async def mine(call: Call[Nothing, Nothing]) -> list[PictureEntity]:
    found = await call.store.read(pictures.unattached_of, call.caller.actor.id)
    return [entity(call.here, one) for one in found]


async def one(call: Call[Nothing, Nothing]) -> PictureEntity:
    found = await call.store.read(own_picture, call.caller.actor, call.number())
    return entity(call.here, found)


async def change(call: Call[Nothing, PictureChange]) -> PictureEntity:
    found = await call.store.write(
        describe_picture, call.here, call.caller.actor, call.number(), call.body.alt
    )
    return entity(call.here, found)


async def drop(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(drop_picture, call.caller.actor, call.number())


def entity(here: Here, picture: Picture) -> PictureEntity:
    return PictureEntity(
        id=str(picture.id),
        url=picture_url(here, picture),
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
        proposal_id=str(picture.object_id) if picture.object_id is not None else None,
        created_at=moment(picture.created_at) or "",
    )


async def _parts(request: web.Request, workshop: Workshop) -> tuple[bytes, str]:
    """The file and its description, read in pieces and never more than is allowed."""
    content: bytes | None = None
    alt = ""
    try:
        reader = await request.multipart()
        for _ in range(PARTS_MOST):
            part = await reader.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader):
                raise BadInput("Une partie du message en contient d’autres : envoyez-les à plat.")
            if part.name == "file":
                content = await _read(part, workshop.bounds.bytes)
                if content is None:
                    raise too_large(workshop.bounds)
            elif part.name == "alt":
                words = await _read(part, ALT_BYTES)
                if words is None:
                    raise Invalid(f"La description est trop longue : {ALT_MAX} caractères au plus.")
                alt = words.decode("utf-8")
            else:
                raise BadInput("Il n’y a que deux parties : « file » et « alt ».")
    except (HttpProcessingError, ValueError, AssertionError, RuntimeError, LookupError) as error:
        raise BadInput("Le message n’est pas du multipart/form-data bien formé.") from error
    if content is None:
        raise Invalid("Il manque l’image : mettez-la dans la partie « file ».")
    if "\0" in alt:
        raise Invalid("La description contient un caractère qui ne peut pas y être.")
    return content, alt


async def _read(part: BodyPartReader, most: int) -> bytes | None:
    """None when there is more than `most`."""
    pieces: list[bytes] = []
    size = 0
    while piece := await part.read_chunk(CHUNK):
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


TAG = "pictures"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/pictures",
        handler=send,
        summary="Send a picture: multipart/form-data with `file` and `alt`",
        tag=TAG,
        answer=PictureEntity,
        scope="write:media",
        status=201,
        errors=(400, 409, 413, 415, 422),
        body=PictureUpload,
        accepts=("multipart/form-data",),
        rate=RATE,
    ),
    Endpoint(
        method="GET",
        path="/pictures",
        handler=mine,
        summary="One's own pictures that no proposal shows yet",
        tag=TAG,
        answer=list[PictureEntity],
        scope="read:statuses",
    ),
    Endpoint(
        method="GET",
        path="/pictures/{id}",
        handler=one,
        summary="One of one's own pictures",
        tag=TAG,
        answer=PictureEntity,
        scope="read:statuses",
        errors=(404,),
    ),
    Endpoint(
        method="PATCH",
        path="/pictures/{id}",
        handler=change,
        summary="Describe a picture anew",
        tag=TAG,
        answer=PictureEntity,
        body=PictureChange,
        scope="write:media",
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE",
        path="/pictures/{id}",
        handler=drop,
        summary="Delete a picture that no proposal shows",
        tag=TAG,
        scope="write:media",
        errors=(404, 409),
    ),
)
