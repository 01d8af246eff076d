"""Who or what is meant by what somebody typed: a name, an address, a link; known here, or asked
of the server where it lives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from node.actions import keeping
from node.actions.remote import FetchedObject, Remote
from node.activitypub.addresses import ActorRef, ObjectRef, PageRef, ProfileRef
from node.errors import EntraideError
from node.outbox.here import Here
from node.social import writing
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import actors, graves, handles, objects
from node.store.engine import Store
from node.store.transaction import Transaction

ASKED_S: Final = 15.0
URL_MAX: Final = 2_048


@dataclass(frozen=True, slots=True)
class Found:
    """One of the two, or neither."""

    actor: Actor | None = None
    status: Status | None = None


NOTHING: Final = Found()


def by_handle(tx: Transaction, here: Here, handle: str) -> Actor | None:
    """``amina``, ``@amina``, ``zoe@m.example``: whoever of that name is known here."""
    name, _, domain = _bare(handle).partition("@")
    if not name:
        return None
    domain = domain.lower()
    if domain in ("", here.domain.lower()):
        found = actors.local_by_username(tx, name)
    else:
        found = handles.remote(tx, name, domain)
    return None if found is None or found.gone else found


def is_handle(text: str) -> bool:
    """Whether it is the address of somebody: a name at a server."""
    bare = _bare(text)
    return "@" in bare and writing.handles(f"@{bare}") == [bare]


def is_link(text: str) -> bool:
    bare = text.strip()
    return len(bare) <= URL_MAX and bare == "".join(writing.links(bare)[:1])


async def meant(store: Store, here: Here, remote: Remote, text: str, *, ask: bool) -> Found:
    """What an address or a link leads to. `ask`: also what is not known here yet. Whether who
    asks may see a status is not looked at here."""
    text = text.strip()
    if is_link(text):
        known = await store.read(_by_link, here, text)
        if known != NOTHING or here.is_ours(text):
            return known
        return await _fetched(store, here, remote, text) if ask else NOTHING
    if not is_handle(text):
        return NOTHING
    actor = await store.read(by_handle, here, text)
    if actor is None and ask:
        name, _, domain = _bare(text).partition("@")
        if domain.lower() != here.domain.lower():
            actor = await _asked(remote, name, domain)
    return Found(actor=actor)


def _bare(handle: str) -> str:
    return handle.strip().removeprefix("acct:").removeprefix("@")


def _by_link(tx: Transaction, here: Here, url: str) -> Found:
    if not here.is_ours(url):
        return Found(actors.by_uri(tx, url), objects.by_uri(tx, url))
    match here.addresses.parse(urlsplit(url)._replace(query="", fragment="").geturl()):
        case ActorRef(username) | ProfileRef(username):
            return Found(actor=actors.by_uri(tx, here.addresses.actor_of(username)))
        case ObjectRef(identifier) | PageRef(_, identifier):
            return Found(status=objects.by_id(tx, identifier))
        case _:
            return NOTHING


async def _asked(remote: Remote, name: str, domain: str) -> Actor | None:
    try:
        async with asyncio.timeout(ASKED_S):
            return await remote.by_handle(name, domain)
    except (EntraideError, TimeoutError):
        return None


async def _fetched(store: Store, here: Here, remote: Remote, url: str) -> Found:
    try:
        async with asyncio.timeout(ASKED_S):
            found = await remote.at(url)
    except (EntraideError, TimeoutError):
        return NOTHING
    if isinstance(found, Actor):
        return Found(actor=found)
    return Found(status=await store.write(_keep, here, found))


def _keep(tx: Transaction, here: Here, fetched: FetchedObject) -> Status | None:
    """As everybody's: what was deleted stays so, and what is for few is not for who found it."""
    document, author = fetched.document, fetched.author
    if author.suspended or author.gone or graves.buried_by(tx, document.id):
        return None
    known = objects.by_uri(tx, document.id)
    if known is not None:
        return known
    return keeping.store_object(tx, document, author, fetched.text, now=here.clock.now())
