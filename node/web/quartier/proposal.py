"""One announcement: all of it, what is said under it, and how to answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from markupsafe import Markup

from node.actions.vouching import vouchers_of
from node.activitypub.negotiation import negotiate
from node.aid.lifecycle import LIVE
from node.aid.permitted import Action, permitted
from node.errors import Gone, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.statuses import Status
from node.store import graves, objects
from node.store import series as series_store
from node.store.proposal_details import Entry
from node.store.series import Series
from node.store.transaction import Transaction
from node.web.qr import qr
from node.web.quartier import comments
from node.web.quartier.comments import Talk
from node.web.quartier.details import details_of, path_of, state_of
from node.web.quartier.finding import entry_of, found, place_of
from node.web.quartier.opening import may_look, members_only
from node.web.quartier.people import person_of
from node.web.site.sessions import Person
from node.web.site.visit import NOTHING, Page, Visit, act, as_number, show, to_document

SAID: Final = Rate("comments of a person", 60, 3600.0)
VOUCHERS: Final = 5
DESCRIPTION: Final = 200
"""Characters of the text that other sites show beside a link."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All that the page of an announcement tells."""

    entry: Entry
    place: str
    backed: list[str]
    series: Series | None
    talk: Talk


async def announcement(visit: Visit) -> web.Response:
    """GET /@{name}/{id}: one of ours; or something else that somebody of ours wrote for all."""
    actor = await person_of(visit)
    number = as_number(visit.path("id"))
    if number is None:
        raise NotFound(NOTHING)
    status = await visit.store.read(objects.by_id, number)
    if status is None:
        if await visit.store.read(graves.local, visit.here.addresses.object(number)):
            raise Gone("Cette annonce n’est plus là : qui l’a écrite l’a retirée.")
        raise NotFound(NOTHING)
    if status.author_id != actor.id or not status.visibility.open:
        raise NotFound(NOTHING)
    if _for_programs(visit):
        return to_document(status.uri)
    if not may_look(visit):
        return members_only(visit)
    try:
        return await _one(visit, number)
    except Gone:
        raise
    except NotFound:
        return await _post(visit, actor, status)


async def copy(visit: Visit) -> web.Response:
    """GET /proposals/{id}: one that a neighbour passed on."""
    number = visit.number()
    entry = await entry_of(visit, number)
    if _for_programs(visit):
        return to_document(entry.proposal.uri)
    if not may_look(visit):
        return members_only(visit)
    if entry.local:
        return visit.go(path_of(entry))
    return await _one(visit, number)


async def commented(visit: Visit) -> web.Response:
    """POST /comment/{id}: fields ``text`` and ``once``, which lets it go once."""
    number, text = visit.number(), visit.text("text")
    try:
        onward = await visit.store.write(
            _say, visit.here, visit.me, number, text, visit.language.code, visit.text("once")
        )
    except Invalid as error:
        return await _one(
            visit, number, status=422, errors={"text": error.public}, typed={"text": text}
        )
    return visit.go(onward, notice=visit.say("Votre message est publié sous l’annonce."))


# ── units of work ────────────────────────────────────────────────────────────────────────────


def whole_of(
    tx: Transaction, here: Here, person: Person | None, number: int, after: int | None
) -> Whole:
    entry = found(tx, number, person, here.addresses)
    one = entry.proposal
    backed = vouchers_of(tx, entry.author.id) if entry.vouched else []
    rhythm = series_store.by_id(tx, one.series_id) if one.series_id is not None else None
    viewer = person.actor if person is not None else None
    return Whole(
        entry=entry,
        place=place_of(tx, entry),
        backed=[each.who.name or each.who.username for each in backed[:VOUCHERS]],
        series=rhythm,
        talk=comments.talk(tx, viewer, one.uri, after),
    )


def _say(
    tx: Transaction,
    here: Here,
    me: Person,
    number: int,
    text: str,
    language: str,
    key: str,
) -> str:
    """Where it is then read."""
    entry = found(tx, number, me, here.addresses)
    made = comments.say(tx, here, me.actor, entry, text, language=language, key=key)
    before = objects.replies(tx, entry.proposal.uri, after=None, most=comments.PAGE + 1)
    page = f"?after={made.id - 1}" if len(before) > comments.PAGE else ""
    return f"{path_of(entry)}{page}#comment-{made.id}"


def _place_of(
    tx: Transaction, here: Here, person: Person | None, status: Status
) -> tuple[str, str]:
    """The page of the announcement under which something was said, and its title; "" for none."""
    number = comments.about(tx, status)
    try:
        entry = found(tx, number, person, here.addresses) if number is not None else None
    except (NotFound, Gone):
        entry = None
    return (path_of(entry), entry.proposal.title) if entry is not None else ("", "")


# ── the pages ────────────────────────────────────────────────────────────────────────────────


def _for_programs(visit: Visit) -> bool:
    return negotiate(visit.request.headers.get("Accept"), default="html") == "activity"


async def _one(
    visit: Visit,
    number: int,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    after = as_number(visit.query("after"))
    whole = await visit.store.read(whole_of, visit.here, visit.person, number, after)
    entry, me = whole.entry, visit.person
    one = details_of(visit, entry, place=whole.place, backed=whole.backed, series=whole.series)
    own = me is not None and me.actor.id == entry.author.id
    may = permitted(
        entry.proposal,
        now=visit.now,
        local=entry.local,
        own=own,
        vouched=entry.reader_vouched or me is None,
        answered=entry.answer_id is not None,
    )
    path = path_of(entry)
    address = f"{visit.here.settings.base_url}{path}"
    return visit.page(
        "quartier/proposal.html",
        status=status,
        title=one.title,
        one=one,
        own=own,
        answer_id=entry.answer_id,
        may_answer=Action.ANSWER in may,
        gathering=entry.proposal.gathering,
        over=state_of(entry.proposal, visit.now) not in LIVE,
        talk=whole.talk,
        after=after,
        address=address,
        code=qr(address),
        image=visit.here.addresses.media(one.pictures[0].name) if one.pictures else "",
        description=" ".join((one.text or one.content.striptags()).split())[:DESCRIPTION],
        errors=errors or {},
        typed=typed or {},
        once=secrets.token_urlsafe(12),
    )


async def _post(visit: Visit, author: Actor, status: Status) -> web.Response:
    """What somebody wrote that is no announcement: a word under one, or anything else."""
    path, about = await visit.store.read(_place_of, visit.here, visit.person, status)
    name = author.name or author.username
    return visit.page(
        "quartier/post.html",
        title=visit.say("%(who)s a écrit", who=name),
        who=name,
        author=author,
        at=status.published,
        content=Markup(status.content),  # noqa: S704 - cleaned when it was stored
        warning=status.summary or "",
        language_of=status.language or "",
        document=status.uri,
        path=path,
        about=about,
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/@{name}/{id}", announcement),
    show("/proposals/{id}", copy),
    act("/comment/{id}", commented, who="member", rate=SAID),
)
