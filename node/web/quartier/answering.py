"""Answering an announcement: one screen, with what happens next and who reads it said before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from node.actions.agreements import offer_help
from node.actions.agreements.answering import TEXT_MAX
from node.actions.house import texts_of
from node.aid.agreements import Agreement
from node.aid.lifecycle import LIVE
from node.aid.permitted import Action, permitted
from node.errors import Conflict, Forbidden, Invalid
from node.moderation.rates import Rate
from node.store.proposal_details import Entry
from node.web.mine.contacts import linked
from node.web.quartier.details import amount, counts, details_of, state_of
from node.web.quartier.finding import entry_of, place_of
from node.web.quartier.opening import may_look, members_only
from node.web.site.visit import Page, Visit, act, show

ANSWERS: Final = Rate("answers of a person", 60, 3600.0)


async def answer(visit: Visit) -> web.Response:
    """GET /answer/{id}: for who is not signed in, the ways to answer."""
    if not may_look(visit):
        return members_only(visit)
    entry = await entry_of(visit, visit.number())
    if visit.person is None:
        return await _ways(visit, entry)
    if entry.answer_id is not None:
        return visit.go(f"/me/agreements/{entry.answer_id}")
    if visit.person.actor.id == entry.author.id:
        return visit.go(details_of(visit, entry).path)
    return await _form(visit, entry)


async def answered(visit: Visit) -> web.Response:
    """POST /answer/{id}: fields ``text`` and ``quantity``."""
    number = visit.number()
    entry = await entry_of(visit, number)
    typed = {"text": visit.text("text"), "quantity": visit.text("quantity")}
    try:
        made = await _offered(visit, number, typed)
    except Conflict as error:
        return await _too_late(visit, number, error, typed)
    except Forbidden as error:
        return await _form(visit, entry, status=403, errors={"": error.public}, typed=typed)
    except Invalid as error:
        return await _form(visit, entry, status=422, errors={"quantity": error.public}, typed=typed)
    who = entry.author.name or entry.author.username
    notice = visit.say(
        "Votre réponse est partie. Vous serez prévenu quand %(who)s répond.", who=who
    )
    return visit.go(f"/me/agreements/{made.id}", notice=notice)


async def _offered(visit: Visit, number: int, typed: Mapping[str, str]) -> Agreement:
    return await visit.store.write(
        offer_help,
        visit.here,
        visit.me.actor,
        number,
        quantity=typed["quantity"].replace(",", ".") or "1",
        text=typed["text"],
        language=visit.language.code,
    )


async def _too_late(
    visit: Visit, number: int, error: Conflict, typed: Mapping[str, str]
) -> web.Response:
    """What changed meanwhile is told on the page as it is now; a second tap is no mistake."""
    entry = await entry_of(visit, number)
    if entry.answer_id is not None:
        return visit.go(f"/me/agreements/{entry.answer_id}")
    if state_of(entry.proposal, visit.now) in LIVE:
        errors = {"quantity" if counts(entry.proposal) else "": error.public}
        return await _form(visit, entry, status=409, errors=errors, typed=typed)
    return await _form(visit, entry, status=409, meanwhile=error.public, typed=typed)


# ── the pages ────────────────────────────────────────────────────────────────────────────────


async def _form(
    visit: Visit,
    entry: Entry,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    meanwhile: str = "",
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    proposal = entry.proposal
    place = await visit.store.read(place_of, entry)
    may = permitted(
        proposal,
        now=visit.now,
        local=entry.local,
        own=False,
        vouched=entry.reader_vouched,
        answered=False,
    )
    return visit.page(
        "quartier/answer.html",
        status=status,
        title=visit.say("Répondre"),
        one=details_of(visit, entry, place=place),
        may=Action.ANSWER in may,
        counts=counts(proposal),
        hours=proposal.unit == "hour",
        loan=proposal.mode == "loan",
        gathering=proposal.gathering,
        available=amount(visit, proposal.available, proposal.unit),
        most=TEXT_MAX,
        errors=errors or {},
        meanwhile=meanwhile,
        typed=typed or {"text": "", "quantity": "1"},
    )


async def _ways(visit: Visit, entry: Entry) -> web.Response:
    texts = await visit.store.read(texts_of, visit.here)
    return visit.page(
        "quartier/ways.html",
        title=visit.say("Comment répondre"),
        one=details_of(visit, entry),
        joining=visit.here.settings.node.joining,
        contact=texts.contact_email,
        phone=linked(texts.phone) if texts.phone else "",
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/answer/{id}", answer),
    act("/answer/{id}", answered, who="member", rate=ANSWERS),
)
