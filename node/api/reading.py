"""From a request to a `Call`: who asks, what for. Everything from outside is checked here."""

from __future__ import annotations

import hashlib
import math
import re
import typing
from collections.abc import Mapping
from types import UnionType
from typing import Any

import msgspec
from aiohttp import web

from node.activitypub import strict_json
from node.activitypub.rejected import Rejected
from node.api.endpoint import Caller, Endpoint, Entity, Nothing
from node.errors import BadInput, Forbidden, Invalid, Unauthenticated, Unsupported
from node.social.accounts import allows
from node.store import accounts, actors
from node.store.engine import Store
from node.store.transaction import Transaction

LANGUAGES = ("fr", "en")
_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{8,512})", re.IGNORECASE)
_UNFIT = re.compile("[\x00\ud800-\udfff]")


async def caller(
    request: web.Request, endpoint: Endpoint, store: Store, *, open_: bool
) -> Caller | None:
    """Who asks; None when nobody says. `open_`: whether strangers read announcements. Raises
    Unauthenticated and Forbidden."""
    header = request.headers.get("Authorization")
    if header is None:
        if endpoint.scope is not None or (endpoint.shows and not open_):
            raise Unauthenticated("Connectez-vous : envoyez votre jeton (Authorization: Bearer …).")
        return None
    found = _BEARER.fullmatch(header)
    who = await store.read(_by_token, found[1]) if found else None
    if who is None:
        raise Unauthenticated("Ce jeton n’est pas valable, ou plus. Connectez-vous à nouveau.")
    if endpoint.scope is not None and not allows(who.scopes, endpoint.scope):
        raise Forbidden(f"Ce jeton ne permet pas cela : il lui faut la portée {endpoint.scope}.")
    if endpoint.role is not None and not who.has_role(endpoint.role):
        raise Forbidden("Cela est réservé à la médiation du quartier.")
    return who


def query(request: web.Request, endpoint: Endpoint) -> Entity:
    """The query as its struct. Raises Invalid with what does not fit."""
    if endpoint.query is Nothing:
        _fit("".join([*request.query.keys(), *request.query.values()]))
        return Nothing()
    fields = {field.encode_name: field for field in msgspec.structs.fields(endpoint.query)}
    raw: dict[str, Any] = {}
    for name in request.query:
        values = [_fit(value) for value in request.query.getall(name)]
        bare = name.removesuffix("[]")
        field = fields.get(_fit(bare))
        listed = field is not None and _is_list(field.type)
        raw[bare] = values if listed else values[-1]
    try:
        found = msgspec.convert(raw, endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"La demande ne convient pas : {error}") from error
    _finite(found)
    return found


async def body(request: web.Request, endpoint: Endpoint) -> Entity:
    """The body as its struct. Raises BadInput, Unsupported and Invalid."""
    if endpoint.body is None or "application/json" not in endpoint.accepts:
        return Nothing()
    raw = await request.read()
    if not raw:
        raw = b"{}"
    elif request.content_type != "application/json":
        raise Unsupported("Envoyez du JSON (Content-Type: application/json).")
    parsed = strict_json.parse(raw)
    if isinstance(parsed, Rejected):
        raise BadInput(f"Le JSON envoyé ne peut pas être lu : {parsed.reason}.")
    try:
        found: Entity = msgspec.convert(parsed, endpoint.body, strict=True)
    except msgspec.ValidationError as error:
        raise Invalid(f"La demande ne convient pas : {error}") from error
    _finite(found)
    return found


def path(request: web.Request) -> Mapping[str, str]:
    return {name: _fit(value) for name, value in request.match_info.items()}


def language(request: web.Request, who: Caller | None) -> str:
    """The account's language, else the first of the browser's that we speak."""
    if who is not None and who.account.locale in LANGUAGES:
        return who.account.locale
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        code = part.split(";", 1)[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def _fit(text: str) -> str:
    if _UNFIT.search(text):
        raise BadInput("L’adresse contient un caractère qui ne peut pas y être.")
    return text


def _is_list(type_: Any) -> bool:
    origin = typing.get_origin(type_)
    if origin in (typing.Union, UnionType):
        return any(_is_list(part) for part in typing.get_args(type_))
    if origin is typing.Annotated:
        return _is_list(typing.get_args(type_)[0])
    return origin in (list, tuple, set, frozenset)


def _finite(value: object) -> None:
    """No number that a database would refuse: infinities, integers beyond 64 bits."""
    match value:
        case bool() | None | str():
            return
        case int() if not -(2**63) <= value < 2**63:
            raise Invalid("Un nombre est trop grand.")
        case float() if not math.isfinite(value):
            raise Invalid("Un nombre n’en est pas un.")
        case dict():
            for item in value.values():
                _finite(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                _finite(item)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                _finite(getattr(value, name))


def _by_token(tx: Transaction, token: str) -> Caller | None:
    found = accounts.by_token(tx, hashlib.sha256(token.encode()).hexdigest())
    if found is None:
        return None
    account, scopes = found
    actor = actors.by_id(tx, account.actor_id)
    if actor is None or actor.suspended or actor.gone:
        return None
    return Caller(actor, account, scopes)
