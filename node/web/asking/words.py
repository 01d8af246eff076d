"""The second step: in a few words."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.aid import draft_checks
from node.errors import Invalid
from node.store import pictures
from node.web.asking.steps import Writing, go_on, keep
from node.web.site.visit import Page, Visit, act, show


async def words(visit: Visit) -> web.Response:
    """GET /write/{id}/words."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    return await page(visit, draft)


async def written(visit: Visit) -> web.Response:
    """POST /write/{id}/words: ``title``, ``text``; kept as they are before they are judged."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    title, text = visit.text("title"), visit.text("text")
    try:
        await keep(visit, draft, {"title": title, "text": text})
        draft_checks.title(title)
        draft_checks.text(text)
    except Invalid as error:
        field = "text" if title else "title"
        return await page(
            visit, draft, status=422, errors={field: error.public}, title=title, text=text
        )
    return visit.go(f"/write/{draft.id}/when")


async def page(
    visit: Visit,
    draft: Writing,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    title: str | None = None,
    text: str | None = None,
) -> web.Response:
    shown = await visit.store.read(pictures.of_object, draft.id)
    return visit.page(
        "asking/words.html",
        status=status,
        draft=draft,
        topic=draft.topic.label(visit.language.code),
        errors=errors or {},
        said=draft.text("title") if title is None else title,
        more=draft.text("text") if text is None else text,
        pictures=shown,
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/write/{id}/words", words, who="member"),
    act("/write/{id}/words", written, who="member"),
)
