"""The last step: as others will see it, who they are, and one button."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions import drafts
from node.aid import drafts as aid_drafts
from node.aid.proposals import Draft
from node.aid.warnings import warnings, who_will_see
from node.errors import Conflict, Invalid, NotFound
from node.moderation.rates import Rate
from node.store import pictures
from node.store.transaction import Transaction
from node.web.asking.steps import Writing, already_sent, go_on
from node.web.site.visit import Page, Visit, act, show

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
    shown, review = await visit.store.read(_around, visit, draft.id)
    code = visit.language.code
    settings = visit.here.settings
    return visit.page(
        "asking/check.html",
        status=status,
        draft=draft,
        checked=checked,
        topic=draft.topic.label(code),
        problem=problem,
        pictures=shown,
        warnings=(*warnings(draft.text("title"), code), *warnings(draft.text("text"), code)),
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


def _around(tx: Transaction, visit: Visit, number: int) -> tuple[list[pictures.Picture], bool]:
    review = drafts.needs_review(tx, visit.here, visit.me.actor)
    return pictures.of_object(tx, number), review


PAGES: Final[tuple[Page, ...]] = (
    show("/write/{id}/check", check, who="member"),
    act("/write/{id}/send", send, who="member", rate=SENDING),
)
