"""A sheet with strips at its foot, which people tear off and take home: of one announcement, or
of all that is open about a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.aid.lifecycle import LIVE
from node.aid.topics import GROUPS
from node.errors import NotFound
from node.store.proposal_details import Entry, Reader, entries
from node.web.paper.finding import (
    Slip,
    address_of,
    called,
    chosen,
    found,
    plain_base,
    shortened,
    slip_of,
)
from node.web.paper.phones import phone_of
from node.web.paper.short import short_of
from node.web.qr import qr
from node.web.quartier.details import Fact, details_of, state_of
from node.web.quartier.opening import may_look, members_only
from node.web.site.visit import Page, Visit, show

STRIPS: Final = 8
STRIPS_LEAST: Final = 4
STRIPS_MOST: Final = 12
TEXT: Final = 320
TITLE: Final = 90
STRIP_TITLE: Final = 34
SHORT_TITLE: Final = 48
SHORT_TEXT: Final = 200
FACT: Final = 160
OF_TOPIC: Final = 8
"""Announcements that one sheet about a topic names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """What stands on the sheet above the strips, and on each of them."""

    title: str
    """Of the page."""
    kind: str
    head: str
    written_in: str
    """The language of `head` and `text`, "" where it is the page's own."""
    topic: str = ""
    urgent: bool = False
    text: str = ""
    facts: Sequence[Fact] = ()
    who: str = ""
    slips: Sequence[Slip] = ()
    what: str
    address: str
    """As it is typed."""
    link: str
    """As it is photographed."""
    back: str


async def one(visit: Visit) -> web.Response:
    """GET /paper/strips/{id}: ``phone``, ``strips``, ``place``."""
    if not may_look(visit):
        return members_only(visit)
    entry = await _entry(visit, visit.number())
    details = details_of(visit, entry)
    proposal = entry.proposal
    return await _page(
        visit,
        Torn(
            title=visit.say("Annonce à languettes"),
            kind=visit.say("On cherche") if details.request else visit.say("On propose"),
            head=shortened(proposal.title, TITLE),
            written_in=details.language,
            topic=details.topic,
            urgent=details.pressing,
            text=shortened(proposal.text, TEXT),
            facts=[fact for fact in details.facts if len(fact.said) <= FACT],
            who=called(entry),
            what=shortened(proposal.title, STRIP_TITLE),
            address=address_of(visit, proposal.id),
            link=f"{visit.here.settings.base_url}/a/{short_of(proposal.id)}",
            back=details.path,
        ),
    )


async def of_topic(visit: Visit) -> web.Response:
    """GET /paper/strips: ``group``, ``purpose``, ``neighbours``, and as above."""
    if not may_look(visit):
        return members_only(visit)
    wanted = chosen(visit)
    open_now = await found(visit, wanted, most=OF_TOPIC)
    label = GROUPS[wanted.group].label(visit.language.code) if wanted.group else ""
    quartier = visit.here.settings.node.name
    kinds = {"request": visit.say("On cherche"), "offer": visit.say("On propose")}
    return await _page(
        visit,
        Torn(
            title=visit.say("Feuille à languettes"),
            kind=kinds.get(wanted.purpose, visit.say("On demande et on propose")),
            head=label or visit.say("Entraide entre voisins"),
            written_in="",
            slips=[slip_of(visit, entry) for some in open_now.values() for entry in some][
                :OF_TOPIC
            ],
            what=f"{label} · {quartier}"
            if label
            else visit.say("Entraide : %(name)s", name=quartier),
            address=plain_base(visit),
            link=f"{visit.here.settings.base_url}/",
            back="/paper",
        ),
    )


async def _page(visit: Visit, sheet: Torn) -> web.Response:
    return visit.page(
        "paper/strips.html",
        title=sheet.title,
        sheet=sheet,
        long=len(sheet.head) > SHORT_TITLE or len(sheet.text) > SHORT_TEXT,
        code=qr(sheet.link),
        place=chosen(visit).place,
        phone=await phone_of(visit),
        strips=strips_wanted(visit.query("strips")),
        strips_least=STRIPS_LEAST,
        strips_most=STRIPS_MOST,
    )


def strips_wanted(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4):
        return STRIPS
    return min(max(int(typed), STRIPS_LEAST), STRIPS_MOST)


async def _entry(visit: Visit, number: int) -> Entry:
    """As a stranger sees it, and while it is open. Raises NotFound."""
    told = await visit.store.read(entries, [number], Reader(), addressed=True)
    entry = told.get(number)
    if entry is None or state_of(entry.proposal, visit.now) not in LIVE:
        raise NotFound("Il n’y a pas d’annonce ouverte de ce numéro ici.")
    return entry


PAGES: Final[tuple[Page, ...]] = (
    show("/paper/strips", of_topic),
    show("/paper/strips/{id}", one),
)
