"""A password that somebody forgot."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from node.actions import credentials, mailing
from node.errors import EntraideError, Invalid, TooMany
from node.moderation.rates import Rate
from node.outbox.reading.network import NETWORK
from node.web.site.visit import Page, Visit, act, show

ASKED: Final = Rate("passwords forgotten", 10, 1_800.0)


async def forgotten(visit: Visit) -> web.Response:
    """GET /forgotten."""
    return _ask(visit)


async def asked(visit: Visit) -> web.Response:
    """POST /forgotten: field ``email``. The same answer for every address."""
    if not mailing.sends_mail(visit.here):
        return visit.go("/forgotten")
    try:
        visit.here.rates.spend(ASKED, str(visit.request.get(NETWORK, "")), visit.now)
        await visit.store.write(credentials.ask_new_password, visit.here, visit.text("email"))
    except (Invalid, TooMany) as error:
        return _ask(visit, error)
    return visit.go(
        "/forgotten",
        notice=visit.say(
            "Si cette adresse est celle d’un compte d’ici, un lien vient d’y partir. Il vaut deux "
            "heures. S’il n’arrive pas, regardez dans les courriers indésirables."
        ),
    )


def _ask(visit: Visit, error: EntraideError | None = None) -> web.Response:
    field = "email" if isinstance(error, Invalid) else ""
    wait = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return visit.page(
        "joining/forgotten.html",
        status=200 if error is None else error.status,
        headers=wait,
        title=visit.say("Mot de passe oublié"),
        by_mail=mailing.sends_mail(visit.here),
        contact=visit.here.settings.node.contact_email,
        email=visit.text("email"),
        errors={} if error is None else {field: error.public},
    )


PAGES: Final[tuple[Page, ...]] = (show("/forgotten", forgotten), act("/forgotten", asked))
