"""What a method of the API is, what its handler is handed, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from aiohttp import web

from node.actions.remote import Remote
from node.errors import Forbidden, NotFound, Unauthenticated
from node.mastodon.parameters import Parameters, identifier
from node.media.files import Files
from node.media.workshop import Workshop
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.accounts import Account
from node.store.apps import App
from node.store.engine import Store

WORKSHOP: web.AppKey[Workshop] = web.AppKey("workshop", Workshop)
FILES: web.AppKey[Files] = web.AppKey("files", Files)

MISSING: Final = "Record not found"  # Mastodon's own words, which apps compare
ROLES: Final = ("member", "mediator", "admin")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    actor: Actor
    account: Account

    def has_role(self, role: str) -> bool:
        return ROLES.index(self.account.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that is in force: of a person with an app, or of an app alone."""

    hash: str
    scopes: str
    created_at: float
    person: Person | None
    app: App | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which part of a list is asked for: all exclusive, as Mastodon's are.

    ``since_id`` gives the newest page above it, ``min_id`` the page that lies right above it.
    """

    max_id: int | None
    since_id: int | None
    min_id: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Items, newest first, and the ids by which the neighbouring pages are asked for."""

    items: Sequence[Any]
    first: int | str | None = None
    """The id of the newest item: the previous page is above it."""
    last: int | str | None = None
    more: bool = True
    """Whether there is something below `last`."""
    body: Any = None
    """What is answered, where that is more than the items."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is not plain JSON with 200."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    here: Here
    store: Store
    remote: Remote
    request: web.Request
    parameters: Parameters
    grant: Grant | None

    @property
    def person(self) -> Person:
        """Who is signed in; Unauthenticated for nobody, and for an app alone."""
        if self.grant is None:
            raise Unauthenticated("The access token is invalid")
        if self.grant.person is None:
            raise Unauthenticated("This method requires an authenticated user")
        return self.grant.person

    @property
    def me(self) -> Actor | None:
        """Who is signed in, None for nobody."""
        return self.grant.person.actor if self.grant and self.grant.person else None

    def require(self, role: str) -> Person:
        person = self.person
        if not person.has_role(role):
            raise Forbidden("This action is not allowed")
        return person

    def number(self, name: str = "id") -> int:
        """An id of the path; NotFound for what cannot be one."""
        found = identifier(self.request.match_info[name])
        if not found:
            raise NotFound(MISSING)
        return found

    def bounds(self, *, default: int = 20, most: int = 40) -> Bounds:
        read = self.parameters
        return Bounds(
            max_id=read.identifier("max_id"),
            since_id=read.identifier("since_id"),
            min_id=read.identifier("min_id"),
            limit=read.integer("limit", default, least=1, most=most),
        )


Handler = Callable[[Ask], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Method:
    verb: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    scope: str | tuple[str, ...] | None = None
    """What the token must allow, or one of them; None: nothing in particular."""
    who: Literal["anybody", "reader", "app", "person"] = "person"
    """Who may ask: anybody; whoever may read the announcements, which is everybody or members, as
    the association wants (`node.public_pages`); whoever has a token; a person who is signed in."""
    rate: Rate | None = None
    """How often one person may, beyond what holds for all methods together."""
    kept: bool = False
    """Whether its answer hangs on who asks, the address and what is stored alone, and on the clock
    by no more than a second: it is kept until something of that changes (`mastodon.kept`)."""


def ordered(bounds: Bounds) -> dict[str, Any]:
    """As the stores read them: numbers between two, the newest of them or those right above."""
    upward = bounds.min_id is not None
    return {
        "below": bounds.max_id,
        "above": bounds.min_id if upward else bounds.since_id,
        "upward": upward,
        "most": bounds.limit,
    }


def listed(items: Sequence[Any], numbers: Sequence[int], bounds: Bounds) -> Listing:
    """A page of items whose order is that of the numbers."""
    if not numbers:
        return Listing(items)
    return Listing(items, max(numbers), min(numbers), len(numbers) >= bounds.limit)


def missing() -> NotFound:
    return NotFound(MISSING)
