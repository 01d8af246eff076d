"""What goes on paper: what is open now, for everybody, in the words of a small card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from node.aid.proposals import Purpose, Urgency
from node.aid.topics import GROUPS, TOPICS
from node.store import proposal_search
from node.store.proposal_details import Entry, Reader, entries
from node.store.proposal_filters import Order, Wanted
from node.store.transaction import Transaction
from node.web.paper.short import short_of
from node.web.site.visit import Visit

MOST: Final = 36
"""Announcements of one sort on a board: three sheets that somebody still reads."""
SHORT_TEXT: Final = 220
PEOPLE: Final = frozenset({"resident", "professional"})
"""Who is called by the first name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody wants on paper."""

    group: str = ""
    """A group of topics, "" for all."""
    purpose: str = ""
    """``request``, ``offer``, or "" for both."""
    neighbours: bool = False
    place: str = ""
    """The stairwell or the place where it will hang, as it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One announcement on a board."""

    title: str
    language: str
    """"" where it is the page's own."""
    text: str
    topic: str
    who: str
    where: str
    """The neighbouring quartier, "" for ours."""
    until: str
    urgent: bool
    address: str
    """Short, without ``https://``."""


def chosen(visit: Visit) -> Chosen:
    """What the address asks for; what is none of the choices counts as not chosen."""
    group, purpose = visit.query("group"), visit.query("purpose")
    return Chosen(
        group=group if group in GROUPS else "",
        purpose=purpose if purpose in set(Purpose) else "",
        neighbours=visit.query("neighbours") in ("on", "1", "yes"),
        place=" ".join(visit.query("place").split())[:60],
    )


async def found(visit: Visit, wanted: Chosen, most: int = MOST) -> dict[str, list[Entry]]:
    """Purpose → what is open; urgent requests first, else the newest."""
    return await visit.store.read(_found, wanted, visit.now, most)


def _found(tx: Transaction, wanted: Chosen, now: float, most: int) -> dict[str, list[Entry]]:
    ids: dict[str, list[int]] = {}
    for purpose in (Purpose.REQUEST, Purpose.OFFER):
        if wanted.purpose in ("", purpose.value):
            cursors = proposal_search.find(tx, _asked(wanted, purpose, now, most))
            ids[purpose.value] = [one.id for one in cursors]
    # As a stranger reads: a board hangs where everybody passes.
    told = entries(tx, [number for some in ids.values() for number in some], Reader())
    return {
        purpose: [told[number] for number in some if number in told]
        for purpose, some in ids.items()
    }


def _asked(wanted: Chosen, purpose: Purpose, now: float, most: int) -> Wanted:
    order: Order = "urgency" if purpose is Purpose.REQUEST else "newest"
    topics = tuple(slug for slug, one in TOPICS.items() if one.group == wanted.group)
    return Wanted(
        now=now,
        topics=topics,
        purpose=purpose.value,
        local=None if wanted.neighbours else True,
        order=order,
        most=most,
    )


def slip_of(visit: Visit, entry: Entry) -> Slip:
    one, code = entry.proposal, visit.language.code
    return Slip(
        title=one.title,
        language=one.language if one.language.partition("-")[0] != code else "",
        text=shortened(one.text, SHORT_TEXT),
        topic=one.topic_data.label(code),
        who=called(entry),
        where="" if entry.local else one.origin,
        until=visit.language.day(one.expires_at, visit.here.settings.node.time_zone)
        if one.expires_at
        else "",
        urgent=one.urgency in (Urgency.HIGH, Urgency.CRITICAL),
        address=address_of(visit, one.id),
    )


def called(entry: Entry) -> str:
    """As one is called in a hall: people by their first name."""
    name = entry.author.name or entry.author.username
    return name.split()[0] if name.split() and entry.author.kind in PEOPLE else name


def plain_base(visit: Visit) -> str:
    """The site as people type it: without ``https://``."""
    return visit.here.settings.base_url.removeprefix("https://").removeprefix("http://")


def address_of(visit: Visit, number: int) -> str:
    return f"{plain_base(visit)}/a/{short_of(number)}"


def shortened(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rsplit(' ', 1)[0]}…"


def group_options(visit: Visit) -> Sequence[tuple[str, str]]:
    code = visit.language.code
    return [("", visit.say("Tous les sujets")), *((s, g.label(code)) for s, g in GROUPS.items())]
