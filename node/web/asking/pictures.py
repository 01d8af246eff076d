"""Pictures of a draft, from a telephone's camera or a folder, each with what there is to see."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.web import FileField

from node.actions import pictures as actions
from node.errors import Conflict, EntraideError, Invalid, TooLarge
from node.moderation.rates import Rate
from node.store import pictures
from node.web.asking import words
from node.web.asking.steps import go_on, keep
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act

MOST: Final = 4
BODY: Final = 17 * 1024 * 1024
"""One picture of 16 MiB, and what a form has around it."""
UPLOADS: Final = Rate("pictures of the pages", 30, 1800.0)
NONE: Final = later("Choisissez d’abord une image, ou prenez-la en photo.")
ENOUGH: Final = later("Quatre images suffisent : retirez-en une d’abord.")


async def added(visit: Visit) -> web.Response:
    """POST /write/{id}/pictures: ``file`` and ``alt``; with them the words of the same page, which
    are not lost."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    sent = visit.form.get("file")
    before = await visit.store.read(pictures.of_object, draft.id)
    try:
        if not isinstance(sent, FileField) or not sent.filename:
            raise Invalid(NONE)
        if len(before) >= MOST:
            raise Conflict(ENOUGH)
        made = await actions.add_picture(
            visit.store,
            visit.here,
            visit.parts.workshop,
            visit.parts.files,
            visit.me.actor,
            content=sent.file.read(),
            alt=visit.text("alt"),
        )
        await keep(visit, draft, {"pictures": [str(one.id) for one in (*before, made)]})
    except (Invalid, Conflict, TooLarge) as error:
        return await _wrong(visit, error)
    return visit.go(f"/write/{draft.id}/words#pictures", visit.say("L’image est ajoutée."))


async def _wrong(visit: Visit, error: EntraideError) -> web.Response:
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    name = (
        "alt" if isinstance(visit.form.get("file"), FileField) and not visit.text("alt") else "file"
    )
    return await words.page(visit, draft, status=error.status, errors={name: error.public})


async def removed(visit: Visit) -> web.Response:
    """POST /write/{id}/pictures/remove: ``picture``."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    before = await visit.store.read(pictures.of_object, draft.id)
    left = [str(one.id) for one in before if str(one.id) != visit.text("picture")]
    await keep(visit, draft, {"pictures": left})
    return visit.go(f"/write/{draft.id}/words#pictures", visit.say("L’image est retirée."))


PAGES: Final[tuple[Page, ...]] = (
    act("/write/{id}/pictures", added, who="member", body_bytes=BODY, rate=UPLOADS),
    act("/write/{id}/pictures/remove", removed, who="member"),
)
