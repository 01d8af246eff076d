"""What an endpoint is: a value that says all there is to know about it.

An area of the interface is a module with structs (what goes in and out, frozen, keyword only),
plain async functions of a `Call`, and a tuple `ENDPOINTS`. The route, the checks of query and
body, the bearer token and the OpenAPI document come from the declaration.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from aiohttp import web

from node.actions.remote import Remote
from node.errors import Forbidden, NotFound, Unauthenticated
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store.accounts import Account
from node.store.engine import Store

BASE: Final = "/api/aid/v1"
PAGE: Final = 40
PAGE_MAX: Final = 80

Query = TypeVar("Query")
Body = TypeVar("Body")
Item = TypeVar("Item")


class Entity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes in or out; its docstring and the fields' types stand in the OpenAPI document."""


class Nothing(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No query, no body: nothing is expected, and nothing is told."""


class Problem(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it was not done, in words for people."""

    error: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by a bearer token."""

    actor: Actor
    account: Account
    scopes: str

    def has_role(self, role: str) -> bool:
        ranks = ("member", "mediator", "admin")
        return ranks.index(self.account.role) >= ranks.index(role)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items in keyset order, and the cursor of the next page (its `max_id`), None at the end."""

    items: Sequence[Item]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Something that is not JSON (a feed, a picture), or JSON of a type of its own."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[Query, Body]):
    here: Here
    store: Store
    remote: Remote
    query: Query
    body: Body
    path: Mapping[str, str]
    who: Caller | None
    language: str
    """The first of the reader's languages that we speak: ``fr`` or ``en``."""
    request: web.Request
    """For what is not JSON only."""

    @property
    def caller(self) -> Caller:
        """Who asks; Unauthenticated for nobody."""
        if self.who is None:
            raise Unauthenticated("Connectez-vous : envoyez votre jeton (Authorization: Bearer …).")
        return self.who

    def number(self, name: str = "id") -> int:
        """An id of the path; NotFound for what cannot be one."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63):
            raise NotFound("Il n’y a rien de ce numéro ici.")
        return int(text)

    def require(self, role: str) -> Caller:
        """The caller, who has at least this role; Forbidden otherwise."""
        caller = self.caller
        if not caller.has_role(role):
            raise Forbidden("Cela est réservé à la médiation du quartier.")
        return caller


Handler = Callable[[Call[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below `BASE`: ``/proposals/{id}``; with ``absolute``, from the root."""
    handler: Handler
    summary: str
    """One line of English."""
    tag: str
    answer: Any = None
    """The type of the answer: a struct, ``list[…]`` (with `paged`, of a `Page`), or None: 204."""
    query: type[Entity] = Nothing
    body: type[Entity] | None = None
    scope: str | None = None
    """What the token must allow; None: open to everybody (a token is read when there is one)."""
    shows: bool = False
    """Whether it tells announcements. Where the association keeps them among members
    (`node.public_pages`), a token is needed for it, without a scope."""
    role: str | None = None
    """``mediator`` or ``admin``; needs a scope."""
    status: int = 200
    errors: tuple[int, ...] = ()
    """Besides those that every endpoint of its kind has."""
    paged: bool = False
    media_types: tuple[str, ...] = ("application/json",)
    """Of the answer; other than JSON, the handler answers `Raw`."""
    accepts: tuple[str, ...] = ("application/json",)
    """Of the body; other than JSON, the handler reads `call.request`."""
    absolute: bool = False
    max_age: int | None = None
    """Seconds for which anybody may keep the answer; it has an ETag then, and a reader who has it
    already is told so (304)."""
    rate: Rate | None = None
    """How often one person, or one network where nobody says who, may do this."""

    @property
    def address(self) -> str:
        return self.path if self.absolute else BASE + self.path
