"""What takes place, as iCalendar streams: of the quartier for everybody, and a person's own at an
address that only that person knows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from node.actions import calendars as actions
from node.activitypub.html import plain_text
from node.aid import calendars
from node.aid.calendars import Entry
from node.aid.lifecycle import State
from node.aid.topics import OTHER, TOPICS
from node.api.endpoint import Call, Endpoint, Entity, Nothing, Raw
from node.errors import NotFound
from node.outbox.here import Here
from node.store import calendars as store_calendars
from node.store import feeds as store_feeds
from node.store.calendars import Appointment
from node.store.feeds import Told
from node.store.transaction import Transaction

PAST_S = 7 * 86_400.0
"""What is over stays for so long, in seconds."""
PAST_OWN_S = 90 * 86_400.0
MAX_AGE_S = 300
TEXT_MAX = 2_000

_WORDS = {
    "fr": {
        "all": "Entraide à {quartier}",
        "own": "Mes engagements à {quartier}",
        "removed": "Annonce retirée",
        "with": "Avec {name}.",
        "return": "À rendre : {title}",
    },
    "en": {
        "all": "Mutual aid in {quartier}",
        "own": "What I agreed to in {quartier}",
        "removed": "Removed",
        "with": "With {name}.",
        "return": "To be returned: {title}",
    },
}


class CalendarAddress(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one's own calendar is; whoever knows the address reads it."""

    url: str


class CalendarState(Entity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether one's own calendar has an address. It was told once, and is kept nowhere."""

    has_address: bool


async def quartier(call: Call[Nothing, Nothing]) -> Raw:
    here = call.here
    now = here.clock.now()
    found = await call.store.read(store_feeds.dated, after=now - PAST_S)
    words = _WORDS[call.language]
    return await _stream(
        here,
        [_told(here, one, call.language) for one in found],
        name=words["all"].format(quartier=here.settings.node.name),
        language=call.language,
        url=f"{here.settings.base_url}/calendar.ics",
    )


async def own(call: Call[Nothing, Nothing]) -> Raw:
    here, secret = call.here, call.path["secret"]
    now = here.clock.now()
    found = await call.store.read(_own, secret, after=now - PAST_OWN_S)
    if found is None:
        raise _nothing()
    language, rows = found
    entries = [entry for row in rows for entry in _appointment(here, row, language)]
    stream = await _stream(
        here,
        entries,
        name=_WORDS[language]["own"].format(quartier=here.settings.node.name),
        language=language,
    )
    # Nobody between may keep it, and no search engine that finds the address may show it.
    hidden = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    return Raw(stream.body, stream.media_type, hidden)


async def state(call: Call[Nothing, Nothing]) -> CalendarState:
    known = await call.store.read(store_calendars.has_key, call.caller.actor.id)
    return CalendarState(has_address=known)


async def make(call: Call[Nothing, Nothing]) -> CalendarAddress:
    url = await call.store.write(actions.new_address, call.here, call.caller.actor)
    return CalendarAddress(url=url)


async def end(call: Call[Nothing, Nothing]) -> None:
    await call.store.write(actions.end_address, call.caller.actor)


def _own(tx: Transaction, secret: str, *, after: float) -> tuple[str, list[Appointment]] | None:
    owner = actions.owner(tx, secret)
    if owner is None:
        return None
    actor_id, locale = owner
    language = locale if locale in _WORDS else "fr"
    return language, store_calendars.appointments(tx, actor_id, after=after)


async def _stream(
    here: Here, entries: Sequence[Entry], *, name: str, language: str, url: str = ""
) -> Raw:
    body = await asyncio.to_thread(
        lambda: calendars.calendar(
            entries,
            name=name,
            zone=here.settings.node.time_zone,
            language=language,
            now=here.clock.now(),
            url=url,
        )
    )
    return Raw(body, calendars.MEDIA_TYPE)


def _told(here: Here, told: Told, language: str) -> Entry:
    removed = told.state == State.REMOVED.value
    starts = told.starts if told.starts is not None else told.due or told.published
    return Entry(
        uid=told.uri,
        starts=starts,
        ends=told.ends,
        title=_WORDS[language]["removed"] if removed else told.title,
        text="" if removed else plain_text(told.content)[:TEXT_MAX],
        url=told.url or told.uri,
        created=told.published,
        updated=told.updated,
        cancelled=told.state in store_feeds.CALLED_OFF,
        place=here.settings.node.name if told.local else told.author_domain,
        at=_place(told.latitude, told.longitude),
        categories=(TOPICS.get(told.topic, OTHER).label(language),),
    )


def _appointment(here: Here, row: Appointment, language: str) -> list[Entry]:
    """When it takes place; of a loan, when it begins and when it comes back."""
    words = _WORDS[language]
    uid = f"{here.settings.base_url}/agreements/{row.id}"
    loan = row.mode == "loan"
    starts = row.starts if row.starts is not None or loan else row.due
    moments = [(uid, starts, row.ends, row.title)]
    if loan:
        moments.append((f"{uid}#return", row.due, None, words["return"].format(title=row.title)))
    return [
        Entry(
            uid=name,
            starts=at,
            ends=ends,
            title=title,
            text=f"{words['with'].format(name=row.other)}\n{plain_text(row.content)[:TEXT_MAX]}",
            url=row.url,
            created=row.created,
            updated=row.updated,
            cancelled=row.cancelled,
            place=here.settings.node.name,
            at=_place(row.latitude, row.longitude),
            categories=(TOPICS.get(row.topic, OTHER).label(language),),
        )
        for name, at, ends, title in moments
        if at is not None
    ]


def _place(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _nothing() -> NotFound:
    return NotFound("Il n’y a pas de calendrier à cette adresse, ou il n’y en a plus.")


TAG = "calendars"
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path="/calendar.ics",
        handler=quartier,
        shows=True,
        summary="Gatherings, and what has a date, as an iCalendar stream",
        tag=TAG,
        answer=bytes,
        media_types=("text/calendar",),
        absolute=True,
        max_age=MAX_AGE_S,
    ),
    Endpoint(
        method="GET",
        path="/calendars/{secret}.ics",
        handler=own,
        summary="What one person agreed to, at an address that this person alone was told",
        tag=TAG,
        answer=bytes,
        media_types=("text/calendar",),
        absolute=True,
        errors=(404,),
        max_age=MAX_AGE_S,
    ),
    Endpoint(
        method="GET",
        path="/calendar",
        handler=state,
        summary="Whether one's own calendar has an address",
        tag=TAG,
        answer=CalendarState,
        scope="read:accounts",
    ),
    Endpoint(
        method="POST",
        path="/calendar",
        handler=make,
        summary="A new address of one's own calendar; the one before ends",
        tag=TAG,
        answer=CalendarAddress,
        scope="write:accounts",
    ),
    Endpoint(
        method="DELETE",
        path="/calendar",
        handler=end,
        summary="End the address of one's own calendar",
        tag=TAG,
        scope="write:accounts",
    ),
)
