"""One's own account: words, wishes, password, address, data, end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from node.actions import credentials, notices
from node.actions.accounts import change_account, change_profile
from node.actions.deletion import delete_account
from node.actions.export import export_text
from node.actions.passwords import hash_password
from node.actions.signing_in import own_password
from node.activitypub.html import plain_text
from node.api.common import AccountEntity, Moment, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw
from node.errors import Forbidden
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor, check_password
from node.social.membership import CONTACT_MAX, NAME_MAX, SUMMARY_MAX
from node.store import accounts as stored_accounts
from node.store import actors, notifications
from node.store.transaction import Transaction

PASSWORDS = Rate("password", 25, 3600.0)
MAIL = Rate("mail", 5, 1800.0)
EXPORTS = Rate("export", 10, 3600.0)

Secret = Annotated[str, Meta(min_length=1, max_length=1000)]
Preferences = Annotated[
    dict[str, str],
    Meta(
        description="Kind of news, or `*` for all that are not named, → `now`, `digest` or "
        "`never`: how one is told by mail. In the account one is told in any case."
    ),
]


class MeEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Oneself: what nobody else sees is here, too."""

    account: AccountEntity
    summary: str
    """Plain text."""
    email: str
    confirmed: bool
    """Whether the address is known to be one's own; no mail goes there before."""
    role: str
    """member, mediator or admin"""
    locale: str
    contact: str
    """What one may reveal to the other side of an agreement, by one's own click."""
    notify: Preferences
    unread: int
    """News not read, counted up to 1000."""
    created_at: Moment


class MeChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays."""

    name: Annotated[str, Meta(max_length=NAME_MAX * 4)] | UnsetType = UNSET
    summary: Annotated[str, Meta(max_length=SUMMARY_MAX * 4)] | UnsetType = UNSET
    locale: Annotated[str, Meta(description="fr or en", max_length=8)] | UnsetType = UNSET
    contact: Annotated[str, Meta(max_length=CONTACT_MAX * 4)] | UnsetType = UNSET
    notify: Preferences | UnsetType = UNSET


class PasswordChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every token ends with it, the one that is shown here too."""

    current: Secret
    new: Secret


class AddressChange(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new address; the account keeps the old one until the link that goes there is opened."""

    email: Annotated[str, Meta(max_length=254)]
    password: Secret


class Farewell(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So that nobody loses an account to a token that went astray."""

    password: Secret


def _me(tx: Transaction, here: Here, actor_id: int) -> MeEntity:
    actor = actors.by_id(tx, actor_id)
    account = stored_accounts.by_actor(tx, actor_id)
    if actor is None or account is None:
        raise Forbidden("Ce compte n’est plus.")
    return MeEntity(
        account=account_entity(actor),
        summary=plain_text(actor.summary),
        email=account.email,
        confirmed=account.confirmed_at is not None,
        role=account.role,
        locale=account.locale,
        contact=account.contact,
        notify=dict(account.notify),
        unread=notifications.unread_count(tx, actor_id),
        created_at=moment(account.created_at) or "",
    )


async def me(call: Call[Nothing, Nothing]) -> MeEntity:
    return await call.store.read(_me, call.here, call.caller.actor.id)


def _change(tx: Transaction, here: Here, actor: Actor, change: MeChange) -> MeEntity:
    given: Mapping[str, str] = {
        name: value
        for name in ("name", "summary", "locale", "contact")
        if isinstance(value := getattr(change, name), str)
    }
    change_profile(tx, here, actor, name=given.get("name"), summary=given.get("summary"))
    change_account(tx, actor.id, locale=given.get("locale"), contact=given.get("contact"))
    if not isinstance(change.notify, UnsetType):
        notices.set_preferences(tx, actor, change.notify)
    return _me(tx, here, actor.id)


async def change(call: Call[Nothing, MeChange]) -> MeEntity:
    return await call.store.write(_change, call.here, call.caller.actor, call.body)


async def change_password(call: Call[Nothing, PasswordChange]) -> None:
    await own_password(call.here, call.caller.account, call.body.current)
    hashed = await asyncio.to_thread(hash_password, check_password(call.body.new))
    await call.store.write(credentials.change_password, call.here, call.caller.actor, hashed)


async def change_address(call: Call[Nothing, AddressChange]) -> None:
    await own_password(call.here, call.caller.account, call.body.password)
    await call.store.write(
        credentials.ask_confirmation, call.here, call.caller.actor, call.body.email
    )


async def confirm_again(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(credentials.ask_confirmation, call.here, call.caller.actor)


async def export(call: Call[Nothing, Nothing]) -> Raw:
    text = await call.store.read(export_text, call.here, call.caller.actor.id)
    name = f"entraide-{call.caller.actor.username}.json"
    return Raw(text, "application/json", {"Content-Disposition": f'attachment; filename="{name}"'})


async def leave(call: Call[Nothing, Farewell]) -> None:
    await own_password(call.here, call.caller.account, call.body.password)
    await call.store.write(delete_account, call.here, call.caller.actor.username)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/me", handler=me, summary="One's own account.", tag="me",
        answer=MeEntity, scope="read:accounts",
    ),
    Endpoint(
        method="PATCH", path="/me", handler=change, tag="me",
        summary="Change one's words, language, contact or wishes for mail.",
        body=MeChange, answer=MeEntity, scope="write:accounts",
    ),
    Endpoint(
        method="PUT", path="/me/password", handler=change_password, tag="me",
        summary="Another password; every token ends.",
        body=PasswordChange, scope="write:accounts", rate=PASSWORDS,
    ),
    Endpoint(
        method="PUT", path="/me/email", handler=change_address, tag="me",
        summary="Another address, once the link that goes there is opened.",
        body=AddressChange, scope="write:accounts", rate=MAIL, errors=(409,),
    ),
    Endpoint(
        method="POST", path="/me/email/confirmation", handler=confirm_again, tag="me",
        summary="Send the link that confirms one's address again.",
        scope="write:accounts", rate=MAIL, errors=(404, 409),
    ),
    Endpoint(
        method="GET", path="/me/export", handler=export, tag="me",
        summary="All one's data, as one JSON document.",
        answer=bytes, scope="read:accounts", rate=EXPORTS, errors=(404,),
    ),
    Endpoint(
        method="DELETE", path="/me", handler=leave, tag="me",
        summary="Delete one's account for good, here and elsewhere.",
        body=Farewell, scope="write:accounts", rate=PASSWORDS, errors=(404,),
    ),
)  # fmt: skip
