"""What the association says of itself."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from aiohttp.web import FileField

from node.actions import audit, house
from node.actions.profile import Portraits
from node.errors import Conflict, Invalid, TooLarge, Unavailable
from node.moderation.rates import Rate
from node.store import actors
from node.store.transaction import Transaction
from node.web.site.visit import Page, Visit, act, show

FIELDS: Final = ("description", "welcome", "contact_email", "phone", "hours", "address")
PICTURES: Final = Rate("pictures of the quartier", 30, 3600.0)
PICTURE_BYTES: Final = 17 * 1024 * 1024


async def texts(visit: Visit) -> web.Response:
    """GET /desk/texts."""
    return await _page(visit, await _kept(visit))


async def _kept(visit: Visit) -> dict[str, Any]:
    found = await visit.store.read(house.texts_of, visit.here)
    values: dict[str, Any] = {name: getattr(found, name) for name in FIELDS}
    return values | {"rules": "\n".join(found.rules)}


async def written(visit: Visit) -> web.Response:
    """POST /desk/texts: the fields, and ``rules``, one a line."""
    values = {name: visit.text(name) for name in (*FIELDS, "rules")}
    try:
        await visit.store.write(
            house.set_texts, visit.here, visit.me.actor, values, values["rules"].split("\n")
        )
    except Invalid as error:
        return await _page(visit, values, status=422, errors={_about(error.public): error.public})
    return visit.go("/desk/texts", visit.say("C’est enregistré."))


async def pictured(visit: Visit) -> web.Response:
    """POST /desk/texts/picture: a file ``picture``, by which the quartier is known."""
    sent = visit.form.get("picture")
    content = sent.file.read() if isinstance(sent, FileField) else b""
    try:
        if not content:
            raise Invalid("Choisissez d’abord une image.")
        await _portraits(visit).set(visit.here.quartier, "avatar", content)
    except (Invalid, TooLarge, Conflict, Unavailable) as error:
        values = await _kept(visit)
        return await _page(visit, values, status=error.status, errors={"picture": error.public})
    await visit.store.write(_noted, visit)
    return visit.go("/desk/texts", visit.say("L’image du quartier est changée."))


async def unpictured(visit: Visit) -> web.Response:
    """POST /desk/texts/picture/remove."""
    await _portraits(visit).remove(visit.here.quartier, "avatar")
    await visit.store.write(_noted, visit)
    return visit.go("/desk/texts", visit.say("L’image du quartier est retirée."))


def _noted(tx: Transaction, visit: Visit) -> None:
    audit.record(tx, visit.here, visit.me.actor, "house.picture", visit.here.domain)


def _portraits(visit: Visit) -> Portraits:
    parts = visit.parts
    return Portraits(parts.store, parts.here, parts.workshop, parts.files)


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


async def _page(
    visit: Visit, values: dict[str, Any], *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    group = await visit.store.read(actors.by_id, visit.here.quartier.id)
    return visit.page(
        "house/texts.html",
        status=status,
        values=values,
        picture=group.icon_url if group is not None else None,
        errors=errors or {},
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/desk/texts", texts, who="admin"),
    act("/desk/texts", written, who="admin"),
    act("/desk/texts/picture", pictured, who="admin", rate=PICTURES, body_bytes=PICTURE_BYTES),
    act("/desk/texts/picture/remove", unpictured, who="admin"),
)
