"""Becoming a member by asking the association, where it lets people ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from aiohttp import web

from node.actions import mailing, membership
from node.actions.passwords import hash_password
from node.errors import Conflict, TooMany
from node.web.joining import asking
from node.web.joining.asking import Given
from node.web.site.visit import Page, Visit, act, show


async def join(visit: Visit) -> web.Response:
    """GET /join."""
    joining = visit.here.settings.node.joining
    if visit.person is not None:
        return visit.page("joining/already.html", title=visit.say("Vous êtes déjà membre"))
    if joining != "request":
        return visit.page(
            "joining/no_asking.html",
            title=visit.say("Devenir membre"),
            closed=joining == "closed",
            contact=visit.here.settings.node.contact_email,
        )
    return _ask(visit, await asking.empty(visit))


async def asked(visit: Visit) -> web.Response:
    """POST /join: fields ``name``, ``username``, ``email``, ``password``, ``kind``, ``text`` and
    ``agreed``."""
    if visit.person is not None or visit.here.settings.node.joining != "request":
        return visit.go("/join")
    given = await asking.read(visit, text=True)
    if given.errors:
        return _ask(visit, given, 422)
    try:
        asking.spend(visit)
        checked = membership.check_asking(
            username=given.username,
            email=given.email,
            kind=given.kind,
            name=given.name,
            text=given.text,
            locale=asking.locale(visit),
        )
        hashed = await asyncio.to_thread(hash_password, given.password)
        await visit.store.write(
            membership.ask_to_join, visit.here, replace(checked, password_hash=hashed)
        )
    except Conflict as error:
        given.errors["username"] = error.public
        return _ask(visit, given, error.status)
    except TooMany as error:
        given.errors[""] = error.public
        return _ask(visit, given, error.status, {"Retry-After": str(error.retry_after)})
    return visit.go("/join/thanks")


async def thanks(visit: Visit) -> web.Response:
    """GET /join/thanks: what happens next."""
    return visit.page(
        "joining/thanks.html",
        title=visit.say("Merci, votre demande est partie"),
        by_mail=mailing.sends_mail(visit.here),
    )


def _ask(
    visit: Visit, given: Given, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    return visit.page(
        "joining/request.html",
        status=status,
        headers=headers,
        title=visit.say("Devenir membre"),
        given=given,
        errors=given.errors,
        kinds=asking.kinds(visit),
        rules=given.rules,
        by_mail=mailing.sends_mail(visit.here),
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/join", join),
    act("/join", asked),
    show("/join/thanks", thanks),
)
