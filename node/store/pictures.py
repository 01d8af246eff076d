"""Pictures, films and sounds that people send: the rows. The files are in `node.media`, and go when
their row went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from node.store.tables import drafts, objects, pictures, scheduled
from node.store.transaction import Row, Transaction


@dataclass(frozen=True, slots=True)
class Picture:
    id: int
    owner_id: int
    name: str
    """Of the file: random, 128 bits, with the ending of its type."""
    media_type: str
    bytes: int
    width: int
    height: int
    alt: str
    object_id: int | None
    """The draft's or the proposal's; None while it was only sent."""
    position: int
    created_at: float
    blurhash: str | None = None
    focus_x: float | None = None
    focus_y: float | None = None
    """Where to look, each from -1 to 1, up and to the right."""
    preview: str | None = None
    """Name of the file that stands for a film or a sound, or for a picture in lists."""
    state: str = "ready"
    """``ready``, ``waiting`` while it is made, ``refused``."""
    why: str = ""
    """It was refused."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its files."""
        return (self.name,) if self.preview is None else (self.name, self.preview)


@dataclass(frozen=True, slots=True)
class PicturesGone:
    """Told after the commit: nothing points at these files any more."""

    names: tuple[str, ...]


_COLUMNS = (
    pictures.c.id,
    pictures.c.owner_id,
    pictures.c.name,
    pictures.c.media_type,
    pictures.c.bytes,
    pictures.c.width,
    pictures.c.height,
    pictures.c.alt,
    pictures.c.object_id,
    pictures.c.position,
    pictures.c.created_at,
    pictures.c.blurhash,
    pictures.c.focus_x,
    pictures.c.focus_y,
    pictures.c.preview,
    pictures.c.state,
    pictures.c.why,
)


def _picture(row: Row) -> Picture:
    return Picture(*row)


def insert(tx: Transaction, picture: Picture) -> None:
    tx.execute(
        sa.insert(pictures),
        {
            "id": picture.id,
            "owner_id": picture.owner_id,
            "name": picture.name,
            "media_type": picture.media_type,
            "bytes": picture.bytes,
            "width": picture.width,
            "height": picture.height,
            "alt": picture.alt,
            "object_id": picture.object_id,
            "position": picture.position,
            "created_at": picture.created_at,
            "blurhash": picture.blurhash,
            "focus_x": picture.focus_x,
            "focus_y": picture.focus_y,
            "preview": picture.preview,
            "state": picture.state,
            "why": picture.why,
        },
    )


def by_id(tx: Transaction, identifier: int) -> Picture | None:
    row = tx.first(sa.select(*_COLUMNS).where(pictures.c.id == identifier))
    return None if row is None else _picture(row)


def by_name(tx: Transaction, name: str) -> Picture | None:
    row = tx.first(sa.select(*_COLUMNS).where(pictures.c.name == name))
    return None if row is None else _picture(row)


def of_object(tx: Transaction, object_id: int) -> list[Picture]:
    """In the order in which their author put them."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(pictures.c.object_id == object_id)
        .order_by(pictures.c.position, pictures.c.id)
    )
    return [_picture(row) for row in rows]


def of_objects(tx: Transaction, object_ids: Collection[int]) -> dict[int, list[Picture]]:
    """By object, one query for all of a page."""
    if not object_ids:
        return {}
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(pictures.c.object_id.in_(list(object_ids)))
        .order_by(pictures.c.object_id, pictures.c.position, pictures.c.id)
    )
    found: dict[int, list[Picture]] = {}
    for row in rows:
        found.setdefault(row.object_id, []).append(_picture(row))
    return found


def unattached_of(tx: Transaction, owner_id: int) -> list[Picture]:
    rows = tx.all(
        sa.select(*_COLUMNS)
        .where(pictures.c.owner_id == owner_id, pictures.c.object_id.is_(None))
        .order_by(pictures.c.id)
    )
    return [_picture(row) for row in rows]


def set_alt(tx: Transaction, identifier: int, alt: str) -> None:
    tx.execute(sa.update(pictures).where(pictures.c.id == identifier).values(alt=alt))


def change(tx: Transaction, identifier: int, /, **values: Any) -> None:
    tx.execute(sa.update(pictures).where(pictures.c.id == identifier).values(**values))


def detach(tx: Transaction, object_id: int, *, now: float) -> None:
    """What they belonged to goes; they stay a while, to be used again."""
    tx.execute(
        sa.update(pictures)
        .where(pictures.c.object_id == object_id)
        .values(object_id=None, created_at=now)
    )


def by_ids(tx: Transaction, identifiers: Collection[int]) -> dict[int, Picture]:
    if not identifiers:
        return {}
    rows = tx.all(sa.select(*_COLUMNS).where(pictures.c.id.in_(list(identifiers))))
    return {row.id: _picture(row) for row in rows}


def attach(tx: Transaction, identifiers: Sequence[int], *, object_id: int, owner_id: int) -> bool:
    """These, in this order, are the pictures of a draft or proposal; those that it had before and
    that are not named go. False, and nothing changed, when one is not the owner's or belongs to
    something else."""
    wanted = list(dict.fromkeys(identifiers))
    rows = tx.all(
        sa.select(pictures.c.id).where(
            pictures.c.id.in_(wanted),
            pictures.c.owner_id == owner_id,
            sa.or_(pictures.c.object_id.is_(None), pictures.c.object_id == object_id),
        )
    )
    if len(rows) != len(wanted):
        return False
    left = [one for one in of_object(tx, object_id) if one.id not in wanted]
    _remove(tx, left)
    for position, identifier in enumerate(wanted):
        tx.execute(
            sa.update(pictures)
            .where(pictures.c.id == identifier)
            .values(object_id=object_id, position=position)
        )
    return True


def remove(tx: Transaction, identifier: int) -> bool:
    picture = by_id(tx, identifier)
    return picture is not None and bool(_remove(tx, [picture]))


def remove_of_object(tx: Transaction, object_id: int) -> int:
    """All pictures of a draft or proposal; the files go after the commit. How many."""
    return _remove(tx, of_object(tx, object_id))


def remove_of_owner(tx: Transaction, owner_id: int) -> int:
    """Somebody leaves: all pictures they ever sent. How many."""
    rows = tx.all(sa.select(*_COLUMNS).where(pictures.c.owner_id == owner_id))
    return _remove(tx, [_picture(row) for row in rows])


def unattached_older_than(tx: Transaction, before: float, *, most: int = 500) -> list[Picture]:
    """Sent and never used, or left over: what they belonged to is neither a draft nor an object
    any more, nor to be published later. `before` is in seconds since the epoch."""
    rows = tx.all(
        sa.select(*_COLUMNS)
        .select_from(
            pictures.outerjoin(objects, objects.c.id == pictures.c.object_id)
            .outerjoin(drafts, drafts.c.id == pictures.c.object_id)
            .outerjoin(scheduled, scheduled.c.id == pictures.c.object_id)
        )
        .where(
            objects.c.id.is_(None),
            drafts.c.id.is_(None),
            scheduled.c.id.is_(None),
            # That of somebody's profile belongs to themselves.
            sa.or_(pictures.c.object_id.is_(None), pictures.c.object_id != pictures.c.owner_id),
            pictures.c.created_at < before,
        )
        .order_by(pictures.c.id)
        .limit(most)
    )
    return [_picture(row) for row in rows]


def remove_unattached(tx: Transaction, *, before: float, most: int = 500) -> int:
    """As `unattached_older_than`, and gone. How many."""
    return _remove(tx, unattached_older_than(tx, before, most=most))


def known_names(tx: Transaction, names: Collection[str]) -> set[str]:
    """Those of the files that a row points at."""
    if not names:
        return set()
    rows = tx.all(
        sa.select(pictures.c.name, pictures.c.preview).where(
            sa.or_(pictures.c.name.in_(list(names)), pictures.c.preview.in_(list(names)))
        )
    )
    return {name for row in rows for name in row if name is not None}


def bytes_of(tx: Transaction, owner_id: int) -> int:
    return int(
        tx.scalar(sa.select(sa.func.sum(pictures.c.bytes)).where(pictures.c.owner_id == owner_id))
        or 0
    )


def _remove(tx: Transaction, found: Sequence[Picture]) -> int:
    if not found:
        return 0
    tx.execute(sa.delete(pictures).where(pictures.c.id.in_([one.id for one in found])))
    tx.tell(PicturesGone(tuple(name for one in found for name in one.names)))
    return len(found)
