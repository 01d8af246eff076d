"""Pictures: kept once they are made harmless, described by who sends them, gone with what they
belong to."""

from __future__ import annotations

import asyncio

from node.actions.proposals import change_proposal
from node.actions.publishing import check_unnamed
from node.aid.lifecycle import CLOSED
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.media.files import Files, new_name
from node.media.workshop import Workshop
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import pictures, proposals
from node.store.engine import Store
from node.store.pictures import Picture, PicturesGone
from node.store.transaction import Transaction

ALT_MAX = 1_500  # as Mastodon
UNATTACHED_MOST = 100
BYTES_MOST = 200 * 1024 * 1024
"""Of one person: several hundred pictures."""
ORPHAN_S = 86_400.0


async def add_picture(
    store: Store,
    here: Here,
    workshop: Workshop,
    files: Files,
    owner: Actor,
    *,
    content: bytes,
    alt: str,
) -> Picture:
    """Raises Invalid, TooLarge, Conflict when somebody has too many, Unavailable."""
    described = check_alt(alt)
    await store.read(check_room, owner.id)
    made = await workshop.make(content)
    name = new_name(made.ending)
    await asyncio.to_thread(files.write, name, made.content)
    small = new_name(made.small_ending) if made.small else None
    if small is not None:
        await asyncio.to_thread(files.write, small, made.small)
    picture = Picture(
        id=new_id(),
        owner_id=owner.id,
        name=name,
        media_type=made.media_type,
        bytes=len(made.content),
        width=made.width,
        height=made.height,
        alt=described,
        object_id=None,
        position=0,
        created_at=here.clock.now(),
        blurhash=made.blurhash,
        preview=small,
    )
    try:
        await store.write(pictures.insert, picture)
    except Exception:
        await asyncio.to_thread(files.forget, picture.names)
        raise
    return picture


def picture_url(here: Here, picture: Picture) -> str:
    return here.addresses.media(picture.name)


def own_picture(tx: Transaction, owner: Actor, picture_id: int) -> Picture:
    """Raises NotFound for another's as for none."""
    picture = pictures.by_id(tx, picture_id)
    if picture is None or picture.owner_id != owner.id:
        raise NotFound("Vous n’avez pas d’image de ce numéro.")
    return picture


def describe_picture(
    tx: Transaction, here: Here, owner: Actor, picture_id: int, alt: str
) -> Picture:
    """Another description; everybody who has the proposal gets it. Raises NotFound, Invalid
    (also when it tells for whom the proposal was written), and Conflict when what it belongs to
    is closed."""
    picture = own_picture(tx, owner, picture_id)
    described = check_alt(alt)
    stored = proposals.by_id(tx, picture.object_id) if picture.object_id else None
    if stored is not None and stored.proposal.state in CLOSED:
        raise Conflict("Cette annonce est close : ses images ne changent plus.")
    pictures.set_alt(tx, picture.id, described)
    if stored is not None:
        check_unnamed(tx, stored.proposal)
        change_proposal(tx, here, stored.proposal.id)
    return own_picture(tx, owner, picture_id)


def drop_picture(tx: Transaction, owner: Actor, picture_id: int) -> None:
    """One that was sent and is not used. Raises NotFound, and Conflict when it is."""
    picture = own_picture(tx, owner, picture_id)
    if picture.object_id is not None:
        raise Conflict("Cette image est dans une annonce : retirez-la d’abord de l’annonce.")
    pictures.remove(tx, picture.id)


def check_alt(text: str) -> str:
    alt = " ".join(text.split())
    if not alt:
        raise Invalid("Décrivez l’image en une phrase, pour les gens qui ne la voient pas (alt).")
    if len(alt) > ALT_MAX:
        raise Invalid(f"La description est trop longue : {ALT_MAX} caractères au plus.")
    return alt


def forget_files(files: Files, event: object) -> None:
    """To be subscribed to the store: files go when their rows went."""
    if isinstance(event, PicturesGone):
        files.forget(event.names)


async def sweep_files(store: Store, here: Here, files: Files) -> int:
    """Files that no row points at and that are a day old: left by a process that died. How many."""
    swept = 0
    bundles = await asyncio.to_thread(lambda: list(files.older_than(here.clock.now() - ORPHAN_S)))
    for names in bundles:
        known = await store.read(pictures.known_names, names)
        orphans = [name for name in names if name not in known]
        await asyncio.to_thread(files.forget, orphans)
        swept += len(orphans)
    return swept


def check_room(tx: Transaction, owner_id: int) -> None:
    """Raises Conflict when somebody has sent too many."""
    if len(pictures.unattached_of(tx, owner_id)) >= UNATTACHED_MOST:
        raise Conflict("Trop d’images attendent une annonce : publiez ou retirez-en d’abord.")
    if pictures.bytes_of(tx, owner_id) >= BYTES_MOST:
        raise Conflict("Vos images prennent toute la place prévue : retirez d’anciennes annonces.")
