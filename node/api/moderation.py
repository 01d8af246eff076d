"""What mediators do about people and proposals, what they note, and the audit of it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta

from node.actions import moderation as actions
from node.api.blocks import as_number, somebody
from node.api.common import AccountEntity, Id, Moment, PageQuery, account_entity, moment
from node.api.endpoint import Call, Endpoint, Entity, Handler, Nothing, Page
from node.moderation.reports import REASON_MAX, WORDS_MAX
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, audit, mediator_notes, silences
from node.store.audit import Entry
from node.store.mediator_notes import Note
from node.store.transaction import Transaction

Subject = Literal["actor", "agreement", "report", "proposal"]


class Reason(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why: the other mediators read it, and the person concerned may."""

    reason: Annotated[str, Meta(min_length=1, max_length=REASON_MAX)]


class ModeratedAccount(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody, as mediators see them."""

    account: AccountEntity
    role: str | None
    """admin, mediator or member; null for people elsewhere."""
    suspended: bool
    silenced: bool


class NoteQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The notes about one thing."""

    about: Subject
    about_id: Id


class NoteDraft(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note for the other mediators."""

    about: Subject
    about_id: Id
    text: Annotated[str, Meta(min_length=1, max_length=WORDS_MAX)]


class NoteEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mediator wrote for the others."""

    id: Id
    about: Subject
    about_id: Id
    author: str
    """Their handle; empty for one who left."""
    text: str
    created_at: Moment


class AuditQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the audit."""

    action: Annotated[str, Meta(max_length=60)] | None = None
    """`actor.suspend`, `proposal.remove`, `domain.block`…"""
    target: Annotated[str, Meta(max_length=300)] | None = None


class AuditEntity(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody with a role did."""

    id: Id
    who: str
    """Their handle at that time; empty for a command."""
    action: str
    target: str
    reason: str
    at: Moment


Act = Callable[[Transaction, Here, Actor, Actor, str], None]


def _judging(act: Act) -> Handler:
    async def handler(call: Call[Nothing, Reason]) -> ModeratedAccount:
        await call.store.write(
            _judge, act, call.here, call.caller.actor, call.number(), call.body.reason
        )
        return await call.store.read(_account, call.number())

    handler.__name__ = act.__name__
    return handler


async def account(call: Call[Nothing, Nothing]) -> ModeratedAccount:
    return await call.store.read(_account, call.number())


async def remove_proposal(call: Call[Nothing, Reason]) -> None:
    await call.store.write(
        actions.remove_proposal, call.here, call.caller.actor, call.number(), call.body.reason
    )


async def notes(call: Call[NoteQuery, Nothing]) -> Page[NoteEntity]:
    query = call.query
    found = await call.store.read(
        mediator_notes.listed,
        about=query.about,
        about_id=as_number(query.about_id),
        before=query.before,
        most=query.limit + 1,
    )
    shown = [_note(one) for one in found[: query.limit]]
    return Page(shown, next=shown[-1].id if len(found) > query.limit else None)


async def write_note(call: Call[Nothing, NoteDraft]) -> NoteEntity:
    body = call.body
    return _note(
        await call.store.write(
            actions.write_note,
            call.here,
            call.caller.actor,
            body.about,
            as_number(body.about_id),
            body.text,
        )
    )


async def remove_note(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(actions.remove_note, call.here, call.caller.actor, call.number())


async def audited(call: Call[AuditQuery, Nothing]) -> Page[AuditEntity]:
    query = call.query
    found = await call.store.read(
        audit.listed,
        before=query.before,
        action=query.action,
        target=query.target,
        most=query.limit + 1,
    )
    shown = [_entry(one) for one in found[: query.limit]]
    return Page(shown, next=shown[-1].id if len(found) > query.limit else None)


def _judge(tx: Transaction, act: Act, here: Here, who: Actor, target_id: int, reason: str) -> None:
    act(tx, here, who, somebody(tx, target_id), reason)


def _account(tx: Transaction, account_id: int) -> ModeratedAccount:
    actor = somebody(tx, account_id)
    theirs = accounts.by_actor(tx, actor.id)
    return ModeratedAccount(
        account=account_entity(actor),
        role=theirs.role if theirs else None,
        suspended=actor.suspended,
        silenced=silences.is_silenced(tx, actor.id),
    )


def _note(found: Note) -> NoteEntity:
    about: dict[str, Subject] = {
        "actor": "actor",
        "agreement": "agreement",
        "report": "report",
        "proposal": "proposal",
    }
    return NoteEntity(
        id=str(found.id),
        about=about[found.about],
        about_id=str(found.about_id),
        author=found.author,
        text=found.text,
        created_at=moment(found.created_at) or "",
    )


def _entry(found: Entry) -> AuditEntity:
    return AuditEntity(
        id=str(found.id),
        who=found.who,
        action=found.action,
        target=found.target,
        reason=found.reason,
        at=moment(found.at) or "",
    )


TAG = "moderation"


def _act(path: str, act: Act, summary: str) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/moderation/accounts/{{id}}/{path}",
        handler=_judging(act),
        summary=summary,
        tag=TAG,
        answer=ModeratedAccount,
        body=Reason,
        scope="write",
        role="mediator",
        errors=(404, 409),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/moderation/accounts/{id}",
        handler=account,
        summary="Somebody, with what mediators decided about them",
        tag=TAG,
        answer=ModeratedAccount,
        scope="read",
        role="mediator",
        errors=(404,),
    ),
    _act("suspend", actions.suspend, "Nothing of theirs comes in or is shown any more"),
    _act("unsuspend", actions.unsuspend, "They may come back; what was removed stays so"),
    _act("silence", actions.silence, "Served, but left out of lists and of what is passed on"),
    _act("unsilence", actions.unsilence, "In the lists again"),
    Endpoint(
        method="POST",
        path="/moderation/proposals/{id}/remove",
        handler=remove_proposal,
        summary="Remove a proposal, with a reason that its author is told",
        tag=TAG,
        body=Reason,
        scope="write",
        role="mediator",
        status=204,
        errors=(404, 409),
    ),
    Endpoint(
        method="GET",
        path="/moderation/notes",
        handler=notes,
        summary="The mediators' notes about somebody or something",
        tag=TAG,
        answer=list[NoteEntity],
        query=NoteQuery,
        scope="read",
        role="mediator",
        paged=True,
        errors=(404,),
    ),
    Endpoint(
        method="POST",
        path="/moderation/notes",
        handler=write_note,
        summary="Write a note for the other mediators",
        tag=TAG,
        answer=NoteEntity,
        body=NoteDraft,
        scope="write",
        role="mediator",
        status=201,
        errors=(404,),
    ),
    Endpoint(
        method="DELETE",
        path="/moderation/notes/{id}",
        handler=remove_note,
        summary="Take one's note out",
        tag=TAG,
        scope="write",
        role="mediator",
        errors=(404,),
    ),
    Endpoint(
        method="GET",
        path="/audit",
        handler=audited,
        summary="What people with a role did, newest first",
        tag=TAG,
        answer=list[AuditEntity],
        query=AuditQuery,
        scope="read",
        role="mediator",
        paged=True,
    ),
)
