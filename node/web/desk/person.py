"""Somebody, as the desk sees them: one of ours, or somebody elsewhere who is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from node.actions import finding, mailing, moderation, vouching
from node.actions.newcomers import is_newcomer
from node.actions.vouching import Voucher
from node.aid.lifecycle import State, may_become
from node.aid.proposals import Proposal
from node.errors import Invalid, NotFound
from node.moderation.reports import check_words
from node.social.accounts import Actor
from node.store import (
    accounts,
    actors,
    audit,
    mediator_notes,
    proposals,
    second_factors,
    silences,
)
from node.store.accounts import Account
from node.store.mediator_notes import Note
from node.store.transaction import Transaction
from node.web.desk import audit_words
from node.web.desk.audit_words import Line
from node.web.desk.people import ROLES
from node.web.kinds import kind_said
from node.web.mine.own import STATES
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

NOTES: Final = 40
ANNOUNCEMENTS: Final = 20
LOG: Final = 8
EMPTY: Final = later("Écrivez la note.")


@dataclass(frozen=True, slots=True)
class Somebody:
    actor: Actor
    account: Account | None
    """None for somebody elsewhere."""
    silenced: bool
    vouchers: tuple[Voucher, ...]
    invited_by: Actor | None
    newcomer: bool
    second_factor: bool
    notes: tuple[Note, ...]
    announcements: tuple[Proposal, ...]
    log: tuple[Line, ...]


def path_of(visit: Visit, actor: Actor) -> str:
    """The page of somebody at the desk."""
    name = actor.username if actor.local else actor.handle
    return f"/desk/people/{quote(name, safe='@:')}"


def named(tx: Transaction, visit: Visit) -> Actor:
    """Whom the address means. Raises NotFound; the quartier's own accounts are nobody."""
    here = visit.here
    found = finding.by_handle(tx, here, visit.path("name")[:300])
    if found is None or found.id in (here.node.id, here.quartier.id, here.urgent.id):
        raise NotFound("Il n’y a personne de ce nom ici.")
    return found


async def one(visit: Visit) -> web.Response:
    """GET /desk/people/{name}: a name, or the whole handle of somebody elsewhere."""
    return await _page(visit)


async def note(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/note: ``text``, for the mediators alone."""

    def unit(tx: Transaction) -> Actor:
        text = check_words(visit.text("text"))
        if not text:
            raise Invalid(EMPTY)
        target = named(tx, visit)
        moderation.write_note(tx, visit.here, visit.me.actor, "actor", target.id, text)
        return target

    try:
        target = await visit.store.write(unit)
    except Invalid as error:
        return await _page(visit, status=422, errors={"text": error.public})
    return visit.go(path_of(visit, target), visit.say("La note est gardée."))


async def _page(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    found = await visit.store.read(_whole, visit)
    own = found.actor.id == visit.me.actor.id
    return visit.page(
        "desk/person.html",
        status=status,
        one=found,
        own=own,
        base=path_of(visit, found.actor),
        kind=kind_said(visit, found.actor.kind),
        role=visit.say(ROLES[found.account.role]) if found.account else "",
        roles=[(value, visit.say(said)) for value, said in ROLES.items()],
        vouched_by_me=any(each.who.id == visit.me.actor.id for each in found.vouchers),
        announcements=[
            (each, visit.say(STATES[each.state]), may_become(each.state, State.REMOVED))
            for each in found.announcements
        ],
        by_mail=mailing.sends_mail(visit.here),
        errors=errors or {},
    )


def _whole(tx: Transaction, visit: Visit) -> Somebody:
    """With a fixed number of queries."""
    actor = named(tx, visit)
    account = accounts.by_actor(tx, actor.id)
    inviter = account.invited_by if account else None
    decided = audit.listed(tx, target=actor.handle, most=LOG)
    return Somebody(
        actor=actor,
        account=account,
        silenced=silences.is_silenced(tx, actor.id),
        vouchers=tuple(vouching.vouchers_of(tx, actor.id)),
        invited_by=actors.by_id(tx, inviter) if inviter else None,
        newcomer=is_newcomer(tx, visit.here, actor),
        second_factor=second_factors.is_on(tx, actor.id),
        notes=tuple(mediator_notes.listed(tx, about="actor", about_id=actor.id, most=NOTES)),
        announcements=tuple(proposals.of_author(tx, actor.id, most=ANNOUNCEMENTS)),
        log=tuple(audit_words.lines(tx, visit, decided)),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/people/{name}", one, who="mediator"),
    act("/desk/people/{name}/note", note, who="mediator"),
)
