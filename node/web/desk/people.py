"""Who is a member here; roles, vouching, silence and suspension, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import accounts as account_actions
from node.actions import audit, moderation, vouching
from node.actions.vouching import Voucher
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.moderation.reports import check_reason
from node.social.accounts import Actor
from node.store import accounts, actors, mediator_notes, people_pages, silences
from node.store.accounts import Account
from node.store.people_pages import Wanted
from node.store.transaction import Transaction
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40
ROLES: Final = {
    "member": later("membre"),
    "mediator": later("médiation"),
    "admin": later("administration"),
}
SHOWN: Final = (
    ("", later("Tout le monde")),
    ("roles", later("Qui a un rôle")),
    ("silenced", later("En sourdine")),
    ("suspended", later("Suspendus")),
)
JUDGED: Final = {
    "suspend": (moderation.suspend, later("Le compte est suspendu.")),
    "unsuspend": (moderation.unsuspend, later("La suspension est levée.")),
    "silence": (moderation.silence, later("La personne est en sourdine.")),
    "unsilence": (moderation.unsilence, later("La sourdine est levée.")),
}


@dataclass(frozen=True, slots=True)
class Somebody:
    actor: Actor
    account: Account
    role: str
    silenced: bool
    vouchers: tuple[Voucher, ...] = ()
    invited_by: Actor | None = None
    notes: tuple[mediator_notes.Note, ...] = ()
    vouched_by_me: bool = False


async def people(visit: Visit) -> web.Response:
    """GET /desk/people: ``q`` a part of a name, ``show`` who."""
    wanted = visit.query("show")
    name = visit.query("q").strip()[:100]
    found = await visit.store.read(_page_of, wanted, name, as_number(visit.query("max_id")))
    more = (
        f"/desk/people?show={wanted}&max_id={found[MOST - 1].actor.id}" if len(found) > MOST else ""
    )
    return visit.page(
        "desk/people.html",
        people=[(one, visit.say(ROLES[one.account.role])) for one in found[:MOST]],
        more=more,
        name=name,
        shown=[(value, visit.say(said)) for value, said in SHOWN],
        wanted=wanted,
    )


async def one(visit: Visit) -> web.Response:
    """GET /desk/people/{name}."""
    return await _one(visit)


async def judge(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/{deed}: ``reason``."""
    deed, said = JUDGED[visit.path("deed")]

    def unit(tx: Transaction) -> None:
        target = _named(tx, visit).actor
        deed(tx, visit.here, visit.me.actor, target, visit.text("reason"))

    try:
        await visit.store.write(unit)
    except (Invalid, Conflict, Forbidden) as error:
        return await _one(visit, status=error.status, errors={"reason": error.public})
    return visit.go(f"/desk/people/{visit.path('name')}", visit.say(said))


async def give_role(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/role: ``role``, by an administrator, and not their own."""
    role = visit.text("role")
    if role not in ROLES:
        return await _one(visit, status=422, errors={"role": later("Choisissez un rôle.")})

    def unit(tx: Transaction) -> None:
        found = _named(tx, visit)
        if found.actor.id == visit.me.actor.id:
            raise Forbidden("Votre propre rôle, c’est une autre personne qui le change.")
        account_actions.set_role(tx, found.actor.username, role)
        audit.record(tx, visit.here, visit.me.actor, "account.role", found.actor.handle, role)

    await visit.store.write(unit)
    return visit.go(f"/desk/people/{visit.path('name')}", visit.say("Le rôle est changé."))


async def vouch(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/vouch and …/unvouch."""
    taken_back = visit.request.path.endswith("/unvouch")

    def unit(tx: Transaction) -> None:
        found = _named(tx, visit)
        if taken_back:
            vouching.take_back(tx, visit.me.actor, found.actor.id)
        else:
            vouching.vouch(tx, visit.here, visit.me.actor, found.actor.id)

    await visit.store.write(unit)
    said = visit.say("C’est repris.") if taken_back else visit.say("C’est noté, avec votre nom.")
    return visit.go(f"/desk/people/{visit.path('name')}", said)


async def note(visit: Visit) -> web.Response:
    """POST /desk/people/{name}/note: ``text``, for the mediators alone."""

    def unit(tx: Transaction) -> None:
        text = check_reason(visit.text("text"))
        target = _named(tx, visit).actor
        moderation.write_note(tx, visit.here, visit.me.actor, "account", target.id, text)

    try:
        await visit.store.write(unit)
    except Invalid as error:
        return await _one(visit, status=422, errors={"text": error.public})
    return visit.go(f"/desk/people/{visit.path('name')}", visit.say("La note est gardée."))


async def _one(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    found = await visit.store.read(_named, visit)
    return visit.page(
        "desk/person.html",
        status=status,
        one=found,
        role=visit.say(found.role),
        roles=[(value, visit.say(said)) for value, said in ROLES.items()],
        errors=errors or {},
    )


def _named(tx: Transaction, visit: Visit) -> Somebody:
    account = accounts.by_username(tx, visit.path("name")[:100])
    actor = actors.by_id(tx, account.actor_id) if account else None
    if account is None or actor is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    vouchers = tuple(vouching.vouchers_of(tx, actor.id))
    return Somebody(
        actor,
        account,
        ROLES[account.role],
        silences.is_silenced(tx, actor.id),
        vouchers,
        actors.by_id(tx, account.invited_by) if account.invited_by else None,
        tuple(mediator_notes.listed(tx, about="account", about_id=actor.id, most=MOST)),
        any(one.who.id == visit.me.actor.id for one in vouchers),
    )


def _page_of(tx: Transaction, shown: str, name: str, before: int | None) -> list[Somebody]:
    wanted = Wanted(
        local=True,
        standing="silenced"
        if shown == "silenced"
        else "suspended"
        if shown == "suspended"
        else None,
        roles=("mediator", "admin") if shown == "roles" else ("member", "mediator", "admin"),
        name=name or None,
    )
    ids = people_pages.page(tx, wanted, below=before, above=None, upward=False, most=MOST + 1)
    known = actors.by_ids(tx, set(ids))
    owned = accounts.by_actors(tx, ids)
    quiet = silences.among(tx, ids)
    return [
        Somebody(known[number], owned[number], ROLES[owned[number].role], number in quiet)
        for number in ids
        if number in known and number in owned
    ]


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/people", people, who="mediator"),
    show("/desk/people/{name}", one, who="mediator"),
    act("/desk/people/{name}/role", give_role, who="admin"),
    act("/desk/people/{name}/vouch", vouch, who="mediator"),
    act("/desk/people/{name}/unvouch", vouch, who="mediator"),
    act("/desk/people/{name}/note", note, who="mediator"),
    act("/desk/people/{name}/{deed:suspend|unsuspend|silence|unsilence}", judge, who="mediator"),
)
