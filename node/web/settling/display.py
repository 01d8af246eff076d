"""Language and looks, kept in this browser; the language also with the account."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions.accounts import change_account
from node.web.site.languages import later
from node.web.site.visit import Page, Visit, act, show

LOOKS: Final = (
    ("auto", later("Comme mon appareil"), ""),
    ("light", later("Clair"), ""),
    ("dark", later("Sombre"), later("Pour le soir, ou des yeux fatigués.")),
    ("contrast", later("Contraste fort"), later("Blanc et jaune sur noir.")),
)


async def display(visit: Visit) -> web.Response:
    """GET /display."""
    return visit.page(
        "settling/display.html",
        title=visit.say("Langue et affichage"),
        looks=[
            (value, visit.say(said), visit.say(text) if text else "") for value, said, text in LOOKS
        ],
    )


async def chosen(visit: Visit) -> web.Response:
    """POST /display: fields ``language`` and ``theme``, either of them."""
    language, theme = visit.text("language"), visit.text("theme")
    if language in visit.renderer.offered:
        visit.cookies.language = language
        if visit.person is not None:
            await visit.store.write(change_account, visit.person.actor.id, locale=language)
    if theme in [value for value, _, _ in LOOKS]:
        visit.cookies.theme = theme
    return visit.go(visit.text("next", "/display"))


PAGES: Final[tuple[Page, ...]] = (
    show("/display", display),
    act("/display", chosen),
)
