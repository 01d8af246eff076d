"""The second step: in a few words, with pictures; and what all had better not read is told."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.aid import draft_checks
from node.aid import on_behalf as named
from node.aid.warnings import Warning, warnings
from node.errors import Invalid
from node.store import on_behalf, pictures
from node.store.transaction import Transaction
from node.web.asking import pictures as uploads
from node.web.asking.examples import example
from node.web.asking.steps import Writing, go_on, keep
from node.web.site.visit import Page, Visit, act, show

Told = tuple[tuple[str, Warning], ...]
"""Field → what is to be thought of."""


async def words(visit: Visit) -> web.Response:
    """GET /write/{id}/words."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    return await page(visit, draft)


async def written(visit: Visit) -> web.Response:
    """POST /write/{id}/words: ``title``, ``text``, pictures; kept as they are before they are
    judged. ``do`` is ``add`` or ``remove-ID`` of pictures, or ``keep`` of words that were warned
    of."""
    draft = await go_on(visit)
    if isinstance(draft, web.Response):
        return draft
    title, text, do = visit.text("title"), visit.text("text"), visit.text("do")
    errors: dict[str, str] = {}
    try:
        draft = await keep(visit, draft, {"title": title, "text": text})
    except Invalid as error:
        errors["text"] = error.public
    errors |= await uploads.take(visit, draft)
    if do.startswith("remove-"):
        await uploads.remove(visit, draft, do.removeprefix("remove-"))
        return visit.go(f"/write/{draft.id}/words#pictures", visit.say("L’image est retirée."))
    if do == "add" and not errors:
        return visit.go(f"/write/{draft.id}/words#pictures", visit.say("L’image est ajoutée."))
    if do != "add":
        errors = await _judged(visit, draft, title, text) | errors
    if errors:
        return await page(visit, draft, status=422, errors=errors, title=title, text=text)
    told = told_of(visit, title, text)
    if told and do != "keep":
        return await page(visit, draft, told=told)
    return visit.go(f"/write/{draft.id}/when")


async def _judged(visit: Visit, draft: Writing, title: str, text: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, check, value in (
        ("title", draft_checks.title, title),
        ("text", draft_checks.text, text),
    ):
        try:
            check(value)
        except Invalid as error:
            errors[name] = error.public
    try:
        await visit.store.read(_unnamed, draft.id, title, text)
    except Invalid as error:
        errors.setdefault("text", error.public)
    return errors


def _unnamed(tx: Transaction, number: int, title: str, text: str) -> None:
    """Raises Invalid when the words tell for whom it is written."""
    person = on_behalf.of(tx, number)
    if person is not None:
        named.check_unnamed(person, title, text)


def told_of(visit: Visit, title: str, text: str) -> Told:
    """What all would read: a telephone number, an address, an illness."""
    code = visit.language.code
    return tuple(
        (field, one)
        for field, said in (("title", title), ("text", text))
        for one in warnings(said, code)
    )


async def page(
    visit: Visit,
    draft: Writing,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    told: Told = (),
    title: str | None = None,
    text: str | None = None,
) -> web.Response:
    shown = await visit.store.read(pictures.of_object, draft.id)
    return visit.page(
        "asking/words.html",
        status=status,
        draft=draft,
        topic=draft.topic.label(visit.language.code),
        example=example(visit, draft.topic.group, request=draft.request),
        errors=errors or {},
        told=told,
        said=draft.text("title") if title is None else title,
        more=draft.text("text") if text is None else text,
        pictures=shown,
        room=len(shown) < uploads.MOST,
        typed={} if status == 200 else {"alt": visit.text("alt")},
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/write/{id}/words", words, who="member"),
    act(
        "/write/{id}/words",
        written,
        who="member",
        body_bytes=uploads.BODY,
        rate=uploads.UPLOADS,
    ),
)
