"""Everything that concerns somebody's help, on one page: what is to be done first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.actions import referrals as referring
from node.actions import renewal
from node.actions import suggestions as suggesting
from node.actions.proposals import own
from node.aid.agreements import OPEN
from node.aid.matching import words
from node.aid.proposals import Proposal, Purpose
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.letters import News
from node.store import actors, agreements, drafts, proposals, referrals, suggestions
from node.store.drafts import Kept
from node.store.notifications import Notification
from node.store.proposal_details import Entry, Reader, entries
from node.store.referrals import Referral
from node.store.suggestions import Suggestion
from node.store.transaction import Transaction
from node.web.mine.dealings import Dealing, dealings
from node.web.mine.news import item_of, told_to
from node.web.mine.own import KEPT, draft_of, own_of, wants_renewal
from node.web.mine.steps import Step, next_step, standing
from node.web.site.visit import Page, Visit, act, as_number, show

MOST: Final = 40
NEWS: Final = 3
FITTING: Final = 6
LIST: Final = 40


@dataclass(frozen=True, slots=True)
class Found:
    """What the page is made of: a fixed number of queries, whatever is stored."""

    told: Sequence[tuple[Notification, News]]
    open: Sequence[Dealing]
    over: Sequence[Dealing]
    own: Sequence[Proposal]
    drafts: Sequence[Kept]
    asked: Sequence[Referral]
    neighbours: dict[int, Actor]
    fitting: Sequence[Suggestion]
    entries: dict[int, Entry]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: what, and a button for it."""

    title: str
    said: str
    text: str
    """What somebody wrote."""
    link: str
    step: Step | None
    path: str
    """Where the button leads: sent, or with `asks` read first."""
    asks: bool
    waits: bool
    """Somebody waits for an answer: it comes first."""
    late: bool
    """It could also be that nobody came."""


@dataclass(frozen=True, slots=True)
class Fitting:
    request_id: int
    offer_id: int
    own_title: str
    title: str
    who: str
    link: str
    reasons: Sequence[str]


async def overview(visit: Visit) -> web.Response:
    """GET /me."""
    found = await visit.store.read(_found, visit.here, visit.me.actor, visit.now)
    mine = [draft_of(visit, kept) for kept in found.drafts]
    mine += [own_of(visit, one) for one in found.own]
    return visit.page(
        "mine/overview.html",
        title=visit.say("Mon entraide"),
        news=[item_of(visit, one, news) for one, news in found.told],
        unread=visit.me.unread,
        asked=_asked(visit, found),
        tasks=sorted(
            (task for one in found.open if (task := _task(visit, one)) is not None),
            key=lambda task: not task.waits,
        ),
        renewals=[own_of(visit, one) for one in found.own if wants_renewal(one, visit.now)],
        requests=[one for one in mine if one.request],
        offers=[one for one in mine if not one.request],
        answered=[
            {"title": one.proposal.title, "said": standing(visit, one), "link": one.path}
            for one in (*found.open, *found.over)
            if not one.is_author
        ],
        agreed=[
            {"title": one.proposal.title, "said": standing(visit, one), "link": one.path}
            for one in found.open
            if one.is_author and next_step(visit, one) is None
        ],
        fitting=_fitting(visit, found),
    )


def _found(tx: Transaction, here: Here, me: Actor, now: float) -> Found:
    told, news = told_to(tx, here, me.id, unread=True, most=NEWS)
    current = agreements.of_person(tx, me.id, open_only=True, most=MOST)
    ended = [one for one in agreements.of_person(tx, me.id, most=MOST) if one.state not in OPEN]
    seen = dealings(tx, me, [*current, *ended[:10]])
    fitting = suggestions.of_person(tx, me.id, now=now, most=FITTING)
    ids = {number for one in fitting for number in (one.request_id, one.offer_id)}
    asked = referrals.asked_of(tx, me.id)
    return Found(
        told=list(zip(told, news, strict=True)),
        open=[one for one in seen if one.agreement.open],
        over=[one for one in seen if not one.agreement.open],
        own=proposals.of_author(tx, me.id, states=KEPT, most=MOST),
        drafts=drafts.of_author(tx, me.id, most=20),
        asked=asked,
        neighbours=actors.by_ids(tx, {one.neighbour_id for one in asked}),
        fitting=fitting,
        entries=entries(tx, ids, Reader(actor_id=me.id)),
    )


def _task(visit: Visit, one: Dealing) -> Task | None:
    step = next_step(visit, one)
    if step is None:
        return None
    asks = step.name in ("contact", "confirm")
    return Task(
        title=one.proposal.title,
        said=standing(visit, one),
        text=one.agreement.text if step.name == "accept" else "",
        link=one.path,
        step=step,
        path=f"{one.path}#{step.name}" if asks else f"{one.path}/{step.name}",
        asks=asks,
        waits=step.name == "accept",
        late=one.was_to_be(visit.now) and step.name == "confirm",
    )


def _asked(visit: Visit, found: Found) -> list[dict[str, object]]:
    """May a request be handed to a neighbouring quartier?"""
    titles = {one.id: one.title for one in found.own}
    return [
        {
            "id": one.id,
            "title": titles.get(one.proposal_id, ""),
            "who": found.neighbours[one.neighbour_id].name,
            "reason": one.reason,
        }
        for one in found.asked
        if one.neighbour_id in found.neighbours
    ]


def _fitting(visit: Visit, found: Found) -> list[Fitting]:
    me, zone = visit.me.actor, visit.here.settings.node.time_zone
    told = []
    for one in found.fitting:
        request, offer = found.entries.get(one.request_id), found.entries.get(one.offer_id)
        if request is None or offer is None:
            continue
        asks = request.author.id == me.id
        mine, other = (request, offer) if asks else (offer, request)
        told.append(
            Fitting(
                request_id=one.request_id,
                offer_id=one.offer_id,
                own_title=mine.proposal.title,
                title=other.proposal.title,
                who=other.author.name or other.author.username,
                link=f"/@{other.author.username}/{other.proposal.id}"
                if other.local
                else f"/proposals/{other.proposal.id}",
                reasons=words(
                    one.reasons,
                    visit.language.code,
                    to=Purpose.REQUEST if asks else Purpose.OFFER,
                    zone=zone,
                    now=visit.now,
                ),
            )
        )
    return told


# ── what is done from there ──────────────────────────────────────────────────────────────────


async def renewed(visit: Visit) -> web.Response:
    """POST /me/renew/{id}: it is still so."""
    number = visit.number()
    changed = await visit.store.write(_renew, visit.here, visit.me.actor, number)
    until = changed.expires_at
    if until is None:
        return visit.go("/me", notice=visit.say("Merci : l’annonce reste publiée."))
    when = visit.language.moment(until, visit.here.settings.node.time_zone)
    return visit.go(
        "/me", notice=visit.say("L’annonce est publiée jusqu’au %(until)s.", until=when)
    )


def _renew(tx: Transaction, here: Here, me: Actor, number: int) -> Proposal:
    own(tx, number, me)
    return renewal.renew(tx, here, number)


async def dismissed(visit: Visit) -> web.Response:
    """POST /me/suggestions/{request_id}/{offer_id}: it does not fit."""
    await visit.store.write(
        suggesting.dismiss,
        visit.here,
        visit.me.actor,
        request_id=visit.number("request_id"),
        offer_id=visit.number("offer_id"),
    )
    return visit.go("/me", notice=visit.say("Cette suggestion ne reviendra pas."))


async def consented(visit: Visit) -> web.Response:
    """POST /me/referrals/{id}: field ``agrees``, yes or no."""
    agrees = visit.text("agrees") == "yes"
    await visit.store.write(
        referring.consent, visit.here, visit.me.actor, visit.number(), agrees=agrees
    )
    if agrees:
        return visit.go("/me", notice=visit.say("C’est dit : votre demande part chez le voisin."))
    return visit.go("/me", notice=visit.say("C’est dit : votre demande reste ici."))


async def announcements(visit: Visit) -> web.Response:
    """GET /me/announcements: all that one ever published and that is kept."""
    before = as_number(visit.query("max_id"))
    found = await visit.store.read(
        proposals.of_author, visit.me.actor.id, before=before, most=LIST + 1
    )
    return visit.page(
        "mine/announcements.html",
        title=visit.say("Toutes mes annonces"),
        announcements=[own_of(visit, one) for one in found[:LIST]],
        more=f"/me/announcements?max_id={found[LIST - 1].id}" if len(found) > LIST else "",
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/me", overview, who="member"),
    show("/me/announcements", announcements, who="member"),
    act("/me/renew/{id}", renewed, who="member"),
    act("/me/referrals/{id}", consented, who="member"),
    act("/me/suggestions/{request_id}/{offer_id}", dismissed, who="member"),
)
