"""People as everybody may know them, who vouches for them, and what opens with a key by mail."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta

from node.actions import credentials, vouching
from node.actions.passwords import hash_password
from node.activitypub.html import plain_text
from node.api.common import AccountEntity, Moment, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing
from node.moderation.rates import Rate
from node.social.accounts import check_password
from node.store.transaction import Transaction

MAIL = Rate("mail", 5, 1800.0)
KEYS = Rate("keys", 25, 1800.0)
VOUCHES = Rate("vouches", 60, 3600.0)

Key = Annotated[str, Meta(min_length=1, max_length=100, description="From the link in the mail.")]


class VouchEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody stands up for them, since then."""

    account: AccountEntity
    since: Moment


class MemberEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody with an account here. No scores, no ranking: who vouches for them, by name."""

    account: AccountEntity
    summary: str
    """Plain text."""
    member_since: Moment
    vouched_for_by: list[VouchEntity]


class AddressGiven(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An e-mail address; whether it has an account is not told."""

    email: Annotated[str, Meta(max_length=254)]


class PasswordByKey(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password, by the key that went by mail."""

    key: Key
    password: Annotated[str, Meta(min_length=1, max_length=1000)]


class ConfirmationKey(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The key that went to the address."""

    key: Key


def _member(tx: Transaction, account_id: int) -> MemberEntity:
    actor = vouching.member(tx, account_id)
    return MemberEntity(
        account=account_entity(actor),
        summary=plain_text(actor.summary),
        member_since=moment(actor.created_at) or "",
        vouched_for_by=[
            VouchEntity(account=account_entity(one.who), since=moment(one.since) or "")
            for one in vouching.vouchers_of(tx, actor.id)
        ],
    )


async def member(call: Call[Nothing, Nothing]) -> MemberEntity:
    return await call.store.read(_member, call.number())


def _vouch(tx: Transaction, call: Call[Nothing, Nothing], account_id: int) -> MemberEntity:
    vouching.vouch(tx, call.here, call.caller.actor, account_id)
    return _member(tx, account_id)


async def vouch(call: Call[Nothing, Nothing]) -> MemberEntity:
    return await call.store.write(_vouch, call, call.number())


async def take_back(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(vouching.take_back, call.caller.actor, call.number())


async def forgot_password(call: Call[Nothing, AddressGiven]) -> None:
    await call.store.write(credentials.ask_new_password, call.here, call.body.email)


async def new_password(call: Call[Nothing, PasswordByKey]) -> None:
    word = check_password(call.body.password)
    await call.store.read(credentials.check_key, call.here, call.body.key, credentials.PASSWORD)
    hashed = await asyncio.to_thread(hash_password, word)
    await call.store.write(credentials.use_password_key, call.here, call.body.key, hashed)


async def confirm(call: Call[Nothing, ConfirmationKey]) -> None:
    await call.store.write(credentials.confirm_address, call.here, call.body.key)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/accounts/{id}", handler=member, shows=True, tag="accounts",
        summary="A member, and who vouches for them.", answer=MemberEntity,
    ),
    Endpoint(
        method="PUT", path="/accounts/{id}/vouch", handler=vouch, tag="accounts",
        summary="Vouch for somebody whom one knows.",
        answer=MemberEntity, scope="write:accounts", rate=VOUCHES, errors=(422,),
    ),
    Endpoint(
        method="DELETE", path="/accounts/{id}/vouch", handler=take_back, tag="accounts",
        summary="Take it back.", scope="write:accounts", rate=VOUCHES,
    ),
    Endpoint(
        method="POST", path="/password/forgotten", handler=forgot_password, tag="accounts",
        summary="Send a link to choose a new password, if the address is somebody's.",
        body=AddressGiven, rate=MAIL,
    ),
    Endpoint(
        method="POST", path="/password", handler=new_password, tag="accounts",
        summary="Choose a new password by the key of that link.",
        body=PasswordByKey, rate=KEYS, errors=(404,),
    ),
    Endpoint(
        method="POST", path="/email/confirm", handler=confirm, tag="accounts",
        summary="Confirm an address by the key that went there.",
        body=ConfirmationKey, rate=KEYS, errors=(404,),
    ),
)  # fmt: skip
