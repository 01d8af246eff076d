"""What the association says of itself."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from node.actions import house
from node.errors import Invalid
from node.web.site.visit import Page, Visit, act, show

FIELDS: Final = ("description", "welcome", "contact_email", "phone", "hours", "address")


async def texts(visit: Visit) -> web.Response:
    """GET /desk/texts."""
    found = await visit.store.read(house.texts_of, visit.here)
    values: dict[str, Any] = {name: getattr(found, name) for name in FIELDS}
    return _page(visit, values | {"rules": "\n".join(found.rules)})


async def written(visit: Visit) -> web.Response:
    """POST /desk/texts: the fields, and ``rules``, one a line."""
    values = {name: visit.text(name) for name in (*FIELDS, "rules")}
    try:
        await visit.store.write(
            house.set_texts, visit.here, visit.me.actor, values, values["rules"].split("\n")
        )
    except Invalid as error:
        return _page(visit, values, status=422, errors={_about(error.public): error.public})
    return visit.go("/desk/texts", visit.say("C’est enregistré."))


def _about(problem: str) -> str:
    for words, name in (
        ("présentation", "description"),
        ("accueil", "welcome"),
        ("règles", "rules"),
        ("téléphone", "phone"),
        ("heures", "hours"),
        ("électronique", "contact_email"),
    ):
        if words in problem:
            return name
    return ""


def _page(
    visit: Visit, values: dict[str, Any], *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    return visit.page("house/texts.html", status=status, values=values, errors=errors or {})


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/texts", texts, who="admin"),
    act("/desk/texts", written, who="admin"),
)
