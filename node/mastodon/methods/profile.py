"""One's own profile is changed: words, fields, flags, pictures, how one posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from node.actions import profile
from node.actions.profile import FLAGS, Change, Portraits, Which
from node.errors import NotFound
from node.mastodon.entities.account import credential
from node.mastodon.method import FILES, WORKSHOP, Ask, Handler, Method
from node.mastodon.parameters import Parameters
from node.outbox.here import Here
from node.social.preferences import read
from node.store import accounts, actors
from node.store.transaction import Transaction

_SOURCE = ("privacy", "language", "quote_policy")
_PICTURES: tuple[Which, ...] = ("avatar", "header")


async def change(ask: Ask) -> dict[str, Any]:
    """PATCH /api/v1/accounts/update_credentials: CredentialAccount."""
    me = ask.person.actor
    wanted = _wanted(ask.parameters)
    await ask.store.write(profile.change, ask.here, me, wanted)
    for which in _PICTURES:
        sent = ask.parameters.upload(which)
        if sent is not None and sent.content:
            await _portraits(ask).set(me, which, sent.content)
    return await ask.store.read(_own, ask.here, me.id)


def _wanted(sent: Parameters) -> Change:
    source = sent.tree("source")
    kept: dict[str, Any] = {
        name: source.text(name) for name in _SOURCE if source.maybe(name) is not None
    }
    if source.maybe_flag("sensitive") is not None:
        kept["sensitive"] = source.flag("sensitive")
    if sent.maybe_flag("hide_collections") is not None:
        kept["hide_collections"] = sent.flag("hide_collections")
    domains = "attribution_domains" in sent
    return Change(
        name=sent.maybe("display_name"),
        note=sent.maybe("note"),
        fields=_fields(sent),
        flags={name: sent.flag(name) for name in FLAGS if sent.maybe_flag(name) is not None},
        preferences=kept,
        attribution_domains=sent.texts("attribution_domains") if domains else None,
    )


def _fields(sent: Parameters) -> Sequence[tuple[str, str]] | None:
    """A list of maps, or a map of maps by any number; None when none were sent."""
    if "fields_attributes" not in sent:
        return None
    return [(one.text("name"), one.text("value")) for one in sent.trees("fields_attributes")]


def _without(which: Which) -> Handler:
    async def remove(ask: Ask) -> dict[str, Any]:
        me = ask.person.actor
        await _portraits(ask).remove(me, which)
        return await ask.store.read(_own, ask.here, me.id)

    return remove


def _portraits(ask: Ask) -> Portraits:
    app = ask.request.app
    return Portraits(ask.store, ask.here, app[WORKSHOP], app[FILES])


def _own(tx: Transaction, here: Here, me: int) -> dict[str, Any]:
    actor, account = actors.by_id(tx, me), accounts.by_actor(tx, me)
    if actor is None or account is None:
        raise NotFound("Record not found")
    return credential(tx, here, actor, account)


async def preferences(ask: Ask) -> dict[str, Any]:
    """GET /api/v1/preferences."""
    account = ask.person.account
    kept = read(account.preferences)
    return {
        "posting:default:visibility": kept.privacy,
        "posting:default:sensitive": kept.sensitive,
        "posting:default:language": kept.language or None,
        "posting:default:quote_policy": kept.quote_policy,
        "reading:expand:media": kept.reading_media,
        "reading:expand:spoilers": kept.reading_spoilers,
        "reading:autoplay:gifs": False,
    }


_WRITE = "write:accounts"

METHODS = (
    Method("PATCH", "/api/v1/accounts/update_credentials", change, scope=_WRITE),
    Method("DELETE", "/api/v1/profile/avatar", _without("avatar"), scope=_WRITE),
    Method("DELETE", "/api/v1/profile/header", _without("header"), scope=_WRITE),
    Method("GET", "/api/v1/preferences", preferences, scope="read:accounts"),
)
