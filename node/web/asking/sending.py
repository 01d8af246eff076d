"""The last step: as others will see it, who they are, and one button."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions import drafts
from node.actions.newcomers import needs_review
from node.aid import drafts as aid_drafts
from node.aid.proposals import Draft, Proposal, Urgency, propose
from node.aid.repeating import check_repeats, rule_of
from node.aid.series import Pattern
from node.aid.series_words import words as in_words
from node.aid.warnings import who_will_see
from node.errors import Conflict, Invalid, NotFound
from node.moderation.rates import Rate
from node.store import pictures
from node.store.transaction import Transaction
from node.web.asking import behalf
from node.web.asking.behalf import ForWhom
from node.web.asking.steps import Writing, already_sent, go_on
from node.web.asking.words import told_of
from node.web.cards import called
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

URGENT: Final = {
    Urgency.HIGH: later("Urgent"),
    Urgency.CRITICAL: later("Très urgent"),
}
SENDING: Final = Rate("announcements of the pages", 60, 3600.0)


async def check(visit: Visit) -> web.Response:
    """GET /write/{id}/check."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    if draft.kept.state == "review":
        return visit.page("asking/review.html", draft=draft)
    return await _page(visit, draft)


async def send(visit: Visit) -> web.Response:
    """POST /write/{id}/send. Twice is once: the draft is no draft any more."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    try:
        await visit.store.write(drafts.send, visit.here, visit.me.actor, draft.id)
    except Invalid as error:
        return await _page(visit, draft, status=422, problem=error.public)
    except (NotFound, Conflict):
        gone = await already_sent(visit)
        if gone is None:
            raise
        return gone
    sent = await already_sent(visit)
    if sent is None:
        return visit.go(f"/write/{draft.id}/check")
    visit.cookies.notice = visit.say("C’est publié. On vous prévient dès que quelqu’un répond.")
    return sent


async def _page(
    visit: Visit, draft: Writing, *, status: int = 200, problem: str = ""
) -> web.Response:
    fields = {**draft.kept.fields, "author": visit.me.actor.username}
    zone = visit.here.settings.node.time_zone
    checked: Draft | None = None
    try:
        checked = aid_drafts.check_draft(fields, zone=zone)
        aid_drafts.check_timely(checked, visit.now)
    except Invalid as error:
        problem, status = problem or error.public, 422
    shown, review, for_whom = await visit.store.read(_around, visit, draft.id)
    code = visit.language.code
    settings = visit.here.settings
    repeated = _repeated(visit, draft, checked) if checked else ""
    made = _made(visit, checked) if checked else None
    author = visit.me.actor
    return visit.page(
        "asking/check.html",
        status=status,
        draft=draft,
        checked=checked,
        topic=draft.topic.label(code),
        problem=problem,
        pictures=shown,
        warnings=[one for _, one in told_of(visit, draft.text("title"), draft.text("text"))],
        who=called(author.name or author.username, author.kind),
        urgent=visit.say(URGENT[checked.urgency]) if checked and checked.urgency in URGENT else "",
        repeated=repeated,
        until=made.expires_at if made and not repeated else None,
        for_whom=for_whom,
        seen=who_will_see(
            checked,
            quartier=settings.node.name,
            language=code,
            wide_m=settings.federation.wide_reach_m,
            review=review,
        )
        if checked
        else "",
    )


def _around(
    tx: Transaction, visit: Visit, number: int
) -> tuple[list[pictures.Picture], bool, ForWhom]:
    review = needs_review(tx, visit.here, visit.me.actor)
    return pictures.of_object(tx, number), review, behalf.of(tx, number)


def _made(visit: Visit, checked: Draft) -> Proposal:
    """What it becomes when it is sent now."""
    settings = visit.here.settings
    centre = (settings.node.latitude, settings.node.longitude)
    return propose(checked, id=0, uri="", author_uri="", origin="", now=visit.now, centre=centre)


def _repeated(visit: Visit, draft: Writing, checked: Draft) -> str:
    """« chaque mardi à 18 h », "" for what takes place once, or cannot be said yet."""
    try:
        repeats = check_repeats(draft.kept.fields.get("repeats"))
    except Invalid:
        return ""
    if repeats is None or checked.starts is None or checked.ends is None:
        return ""
    zone = visit.here.settings.node.time_zone
    rule = rule_of(repeats, checked.starts, zone)
    lasts = checked.ends - checked.starts
    return in_words(Pattern(rule, checked.starts, lasts, zone), visit.language.code)


PAGES: Final[tuple[Page, ...]] = (
    show("/write/{id}/check", check, who="member"),
    act("/write/{id}/send", send, who="member", rate=SENDING),
)
