"""What people send with an app: pictures made harmless, films and sounds passed on, each described
and kept for a day until a post shows it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Final

from node.actions.pictures import check_room
from node.errors import Conflict, EntraideError, Invalid, NotFound, TooLarge
from node.ids import new_id
from node.media import films
from node.media.files import Files, new_name
from node.media.recognise import recognise
from node.media.workshop import Workshop
from node.outbox.here import Here
from node.social import limits
from node.social.accounts import Actor
from node.store import pictures
from node.store.engine import Store
from node.store.pictures import Picture
from node.store.transaction import Transaction

log = logging.getLogger(__name__)

WAIT_S: Final = 4.0
"""So long an app is kept waiting before it is told to ask again."""
STUCK_S: Final = 120.0
"""What is not made after that was begun by a process that died."""
MISSING: Final = "Record not found"
UNREADABLE: Final = (
    "Ce fichier n’est ni une image, ni un film, ni un son que nous savons lire : envoyez du JPEG, "
    "PNG, WebP, GIF ou AVIF, du MP4 ou WebM, du MP3, Ogg, FLAC ou WAV."
)
Focus = tuple[float, float]


class Studio:
    """Takes what is sent. The pictures are made in the workshop's own processes."""

    def __init__(self, store: Store, here: Here, workshop: Workshop, files: Files) -> None:
        self._store = store
        self._here = here
        self._workshop = workshop
        self._files = files

    async def take(
        self,
        owner: Actor,
        content: bytes,
        *,
        alt: str = "",
        focus: Focus | None = None,
        preview: bytes | None = None,
        wait: float | None = WAIT_S,
    ) -> Picture:
        """The row, ``waiting`` where the picture is not made within `wait` seconds (None: however
        long it takes). Raises Invalid, TooLarge, Conflict for too many, Unavailable."""
        described = check_alt(alt)
        await self._store.read(check_room, owner.id)
        x, y = focus if focus is not None else (None, None)
        blank = Picture(
            id=new_id(),
            owner_id=owner.id,
            name=new_name("jpg"),
            media_type="image/jpeg",
            bytes=len(content),
            width=0,
            height=0,
            alt=described,
            object_id=None,
            position=0,
            created_at=self._here.clock.now(),
            focus_x=x,
            focus_y=y,
            state="waiting",
        )
        if recognise(content) is None:
            return await self._film(blank, content, preview)
        return await self._picture(blank, content, wait)

    async def _film(self, blank: Picture, content: bytes, preview: bytes | None) -> Picture:
        film = await asyncio.to_thread(films.read, content)
        if film is None:
            raise Invalid(UNREADABLE)
        most = self._here.settings.limits.film_bytes
        if len(content) > most:
            raise TooLarge(f"C’est trop lourd : {most // (1024 * 1024)} Mio au plus.")
        name = new_name(films.ENDINGS[film.media_type])
        cover = await self._cover(preview)
        await asyncio.to_thread(self._files.write, name, film.content)
        made = replace(
            blank,
            name=name,
            media_type=film.media_type,
            width=film.width,
            height=film.height,
            preview=cover,
            state="ready",
        )
        try:
            await self._store.write(pictures.insert, made)
        except Exception:
            await asyncio.to_thread(self._files.forget, made.names)
            raise
        return made

    async def _cover(self, preview: bytes | None) -> str | None:
        if not preview:
            return None
        made = await self._workshop.make(preview)
        name = new_name(made.ending)
        await asyncio.to_thread(self._files.write, name, made.content)
        return name

    async def _picture(self, blank: Picture, content: bytes, wait: float | None) -> Picture:
        if len(content) > self._workshop.bounds.bytes:
            most = self._workshop.bounds.bytes // (1024 * 1024)
            raise TooLarge(f"L’image est trop lourde : {most} Mio au plus.")
        await self._store.write(pictures.insert, blank)
        task = asyncio.create_task(self._make(blank, content))
        self._workshop.tasks.add(task)
        task.add_done_callback(self._workshop.tasks.discard)
        await asyncio.wait({task}, timeout=wait)
        found = await self._store.read(pictures.by_id, blank.id)
        if found is None:
            raise NotFound(MISSING)
        if found.state == "refused":
            await self._store.write(pictures.remove, found.id)
            raise (task.done() and task.result()) or Invalid(found.why)
        return found

    async def _make(self, blank: Picture, content: bytes) -> EntraideError | None:
        """Why it could not be made, where it could not."""
        try:
            made = await self._workshop.make(content)
            name = new_name(made.ending)
            await asyncio.to_thread(self._files.write, name, made.content)
            small = new_name(made.small_ending) if made.small else None
            if small is not None:
                await asyncio.to_thread(self._files.write, small, made.small)
        except EntraideError as error:
            await self._store.write(pictures.change, blank.id, state="refused", why=error.public)
            return error
        await self._store.write(
            pictures.change,
            blank.id,
            name=name,
            media_type=made.media_type,
            bytes=len(made.content),
            width=made.width,
            height=made.height,
            blurhash=made.blurhash,
            preview=small,
            state="ready",
        )
        return None

    async def change(
        self,
        owner: Actor,
        identifier: int,
        *,
        alt: str | None,
        focus: Focus | None,
        preview: bytes | None,
    ) -> Picture:
        """Other words about what no post shows yet. Raises NotFound, Invalid."""
        cover = await self._cover(preview)
        try:
            return await self._store.write(describe, owner, identifier, alt, focus, cover)
        except EntraideError:
            if cover is not None:
                await asyncio.to_thread(self._files.forget, (cover,))
            raise


def unused(tx: Transaction, here: Here, owner: Actor, identifier: int) -> Picture:
    """One's own that no post shows. Raises NotFound; Invalid for what could not be made."""
    found = pictures.by_id(tx, identifier)
    if found is None or found.owner_id != owner.id or found.object_id is not None:
        raise NotFound(MISSING)
    if found.state == "refused":
        raise Invalid(found.why)
    if found.state == "waiting" and here.clock.now() - found.created_at > STUCK_S:
        raise Invalid("L’image n’a pas pu être traitée : envoyez-la à nouveau.")
    return found


def describe(
    tx: Transaction,
    owner: Actor,
    identifier: int,
    alt: str | None,
    focus: Focus | None,
    cover: str | None = None,
) -> Picture:
    found = pictures.by_id(tx, identifier)
    if found is None or found.owner_id != owner.id or found.object_id is not None:
        raise NotFound(MISSING)
    values: dict[str, object] = {}
    if alt is not None:
        values["alt"] = check_alt(alt)
    if focus is not None:
        values |= {"focus_x": focus[0], "focus_y": focus[1]}
    if cover is not None:
        values["preview"] = cover
    if values:
        pictures.change(tx, identifier, **values)
    return pictures.by_id(tx, identifier) or found


def drop(tx: Transaction, owner: Actor, identifier: int) -> None:
    """Raises NotFound; Conflict, told as 422 to apps, while a post shows it."""
    found = pictures.by_id(tx, identifier)
    if found is None or found.owner_id != owner.id:
        raise NotFound(MISSING)
    if found.object_id is not None:
        raise Conflict("Media attachment is currently used by an existing status")
    pictures.remove(tx, identifier)


def check_alt(text: str) -> str:
    alt = text.strip()
    if len(alt) > limits.DESCRIPTION_CHARACTERS:
        raise Invalid(
            f"La description est trop longue : {limits.DESCRIPTION_CHARACTERS} caractères au plus."
        )
    return alt


def focus_of(text: str) -> Focus | None:
    """``-0.5,0.3``: to the right, upward. Raises Invalid."""
    if not text.strip():
        return None
    try:
        x, y = (float(one) for one in text.split(","))
    except ValueError:
        raise Invalid("focus est deux nombres de -1 à 1 : 0.0,0.5") from None
    if not (-1.0 <= x <= 1.0 and -1.0 <= y <= 1.0):
        raise Invalid("focus est deux nombres de -1 à 1 : 0.0,0.5")
    return x, y
