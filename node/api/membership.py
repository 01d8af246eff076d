"""Becoming a member: invitations, and requests that mediators answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any

from msgspec import Meta

from node.actions import membership
from node.actions.accounts import make_keys, prepare_account
from node.actions.passwords import hash_password
from node.actions.signing_in import SIGN_UP
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Page
from node.moderation.rates import Rate
from node.outbox.reading.network import NETWORK
from node.social.accounts import check_password
from node.social.membership import DAYS, DAYS_MOST, NAME_MAX, TEXT_MAX, USES_MOST
from node.store import invitations, join_requests
from node.store.invitations import Invitation
from node.store.join_requests import JoinRequest

INVITATIONS = Rate("invitations", 30, 3600.0)
CODES = Rate("codes", 60, 1800.0)

Word = Annotated[str, Meta(max_length=300)]


class InvitationEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invitation that one made."""

    hash: str
    """Its name here; the code itself is not kept."""
    kind: str
    uses_left: int
    expires_at: Moment
    created_at: Moment
    open: bool


class NewInvitation(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom one invites, how many, and for how long."""

    kind: Word = "resident"
    uses: Annotated[int, Meta(ge=1, le=USES_MOST)] = 1
    days: Annotated[int, Meta(ge=1, le=DAYS_MOST)] = DAYS


class InvitationMade(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The link is told now and never again."""

    invitation: InvitationEntity
    code: str
    link: str


class InvitationOffer(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a link offers."""

    quartier: str
    inviter: AccountEntity
    kind: str
    expires_at: Moment


class Joining(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new member."""

    username: Word
    email: Word
    password: Annotated[str, Meta(min_length=1, max_length=1000)]
    name: Annotated[str, Meta(max_length=NAME_MAX * 4)] = ""
    locale: Annotated[str, Meta(max_length=8, description="fr or en")] = "fr"


class Asking(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to join; mediators read it."""

    username: Word
    email: Word
    password: Annotated[str, Meta(min_length=1, max_length=1000)]
    kind: Word = "resident"
    name: Annotated[str, Meta(max_length=NAME_MAX * 4)] = ""
    text: Annotated[str, Meta(max_length=TEXT_MAX * 4)] = ""
    locale: Annotated[str, Meta(max_length=8, description="fr or en")] = "fr"


class JoinRequestEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody asks to join."""

    id: Id
    username: str
    email: str
    kind: str
    name: str
    text: str
    locale: str
    created_at: Moment


# ── by invitation ────────────────────────────────────────────────────────────────────────────


def _invitation(one: Invitation, now: float) -> InvitationEntity:
    return InvitationEntity(
        hash=one.hash,
        kind=one.kind,
        uses_left=one.uses_left,
        expires_at=moment(one.expires_at) or "",
        created_at=moment(one.created_at) or "",
        open=one.is_good(now),
    )


async def own_invitations(call: Call[Nothing, Nothing]) -> list[InvitationEntity]:
    found = await call.store.read(invitations.of, call.caller.actor.id)
    now = call.here.clock.now()
    return [_invitation(one, now) for one in found]


async def invite(call: Call[Nothing, NewInvitation]) -> InvitationMade:
    wanted = call.body
    made, code = await call.store.write(
        membership.invite,
        call.here,
        call.caller.actor,
        kind=wanted.kind,
        uses=wanted.uses,
        days=wanted.days,
    )
    return InvitationMade(
        invitation=_invitation(made, call.here.clock.now()),
        code=code,
        link=membership.join_link(call.here, code),
    )


async def revoke(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(
        membership.revoke_invitation, call.here, call.caller.actor, call.path["hash"]
    )


async def offered(call: Call[Nothing, Nothing]) -> InvitationOffer:
    invitation, inviter = await call.store.read(
        membership.invitation_of, call.here, call.path["code"]
    )
    return InvitationOffer(
        quartier=call.here.settings.node.name,
        inviter=account_entity(inviter),
        kind=invitation.kind,
        expires_at=moment(invitation.expires_at) or "",
    )


async def join(call: Call[Nothing, Joining]) -> AccountEntity:
    _spend(call)
    code, given = call.path["code"], call.body
    invitation, _ = await call.store.read(membership.invitation_of, call.here, code)
    new = await asyncio.to_thread(
        prepare_account,
        username=given.username,
        email=given.email,
        password=given.password,
        kind=invitation.kind,
        role="member",
        display_name=given.name,
        locale=given.locale,
    )
    actor = await call.store.write(membership.join, call.here, code, new)
    return account_entity(actor)


def _spend(call: Call[Nothing, Any]) -> None:
    """Whoever signs up is counted by their network, with the site and the apps together."""
    network = str(call.request.get(NETWORK, ""))
    call.here.rates.spend(SIGN_UP, network, call.here.clock.now())


# ── by asking ────────────────────────────────────────────────────────────────────────────────


async def ask(call: Call[Nothing, Asking]) -> None:
    _spend(call)
    given = call.body
    asking = membership.check_asking(
        username=given.username,
        email=given.email,
        kind=given.kind,
        name=given.name,
        text=given.text,
        locale=given.locale,
    )
    hashed = await asyncio.to_thread(hash_password, check_password(given.password))
    await call.store.write(membership.ask_to_join, call.here, replace(asking, password_hash=hashed))


def _request(one: JoinRequest) -> JoinRequestEntity:
    return JoinRequestEntity(
        id=str(one.id),
        username=one.username,
        email=one.email,
        kind=one.kind,
        name=one.name,
        text=one.text,
        locale=one.locale,
        created_at=moment(one.created_at) or "",
    )


async def waiting(call: Call[PageQuery, Nothing]) -> Page[JoinRequestEntity]:
    found = await call.store.read(
        join_requests.listed, before=call.query.before, most=call.query.limit
    )
    more = str(found[-1].id) if len(found) == call.query.limit else None
    return Page([_request(one) for one in found], more)


async def accept(call: Call[Nothing, Nothing]) -> AccountEntity:
    request_id = call.number()
    await call.store.read(membership.waiting_request, request_id)
    key_texts = await asyncio.to_thread(make_keys)
    actor = await call.store.write(
        membership.accept_request, call.here, call.caller.actor, request_id, key_texts
    )
    return account_entity(actor)


async def decline(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(membership.decline_request, call.here, call.caller.actor, call.number())


ENDPOINTS = (
    Endpoint(
        method="GET", path="/invitations", handler=own_invitations, tag="membership",
        summary="The invitations that one made.",
        answer=list[InvitationEntity], scope="read:accounts",
    ),
    Endpoint(
        method="POST", path="/invitations", handler=invite, tag="membership", status=201,
        summary="Invite somebody: a link that opens an account.",
        body=NewInvitation, answer=InvitationMade, scope="write:accounts", rate=INVITATIONS,
        errors=(404, 409),
    ),
    Endpoint(
        method="DELETE", path="/invitations/{hash}", handler=revoke, tag="membership",
        summary="Take an invitation back.", scope="write:accounts",
    ),
    Endpoint(
        method="GET", path="/join/{code}", handler=offered, tag="membership",
        summary="What an invitation offers.", answer=InvitationOffer, rate=CODES,
    ),
    Endpoint(
        method="POST", path="/join/{code}", handler=join, tag="membership", status=201,
        summary="Join by an invitation.", body=Joining, answer=AccountEntity,
        errors=(409,),
    ),
    Endpoint(
        method="POST", path="/join_requests", handler=ask, tag="membership",
        summary="Ask to join: a mediator answers, by mail.", body=Asking,
        errors=(403, 409),
    ),
    Endpoint(
        method="GET", path="/join_requests", handler=waiting, tag="membership",
        summary="Who asks to join.", query=PageQuery, answer=list[JoinRequestEntity], paged=True,
        scope="read:accounts", role="mediator",
    ),
    Endpoint(
        method="POST", path="/join_requests/{id}/accept", handler=accept, tag="membership",
        summary="Open an account for who asks.", answer=AccountEntity,
        scope="write:accounts", role="mediator", errors=(409,),
    ),
    Endpoint(
        method="POST", path="/join_requests/{id}/decline", handler=decline, tag="membership",
        summary="Decline, kindly.", scope="write:accounts", role="mediator", errors=(409,),
    ),
)  # fmt: skip
