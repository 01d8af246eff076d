"""Becoming a member by the link that somebody gave."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from node.actions import membership
from node.actions.accounts import prepare_account
from node.errors import Conflict, NotFound, TooMany
from node.moderation.rates import Rate
from node.outbox.reading.network import NETWORK
from node.social.accounts import Actor
from node.store.invitations import Invitation
from node.web.joining import asking
from node.web.joining.asking import Given
from node.web.joining.letters import SECRET
from node.web.joining.signin import enter
from node.web.kinds import kind_said
from node.web.site.visit import Page, Visit, act, show

CODES: Final = Rate("codes", 60, 1_800.0)


async def invited(visit: Visit) -> web.Response:
    """GET /join/{code}."""
    if visit.person is not None:
        return visit.page("joining/already.html", title=visit.say("Vous êtes déjà membre"))
    try:
        invitation, inviter = await _offered(visit)
    except NotFound:
        return _over(visit)
    return _ask(visit, invitation, inviter, await asking.empty(visit))


async def joined(visit: Visit) -> web.Response:
    """POST /join/{code}: fields ``name``, ``username``, ``email``, ``password`` and ``agreed``.
    Whoever joins is signed in."""
    if visit.person is not None:
        return visit.go("/join")
    try:
        invitation, inviter = await _offered(visit)
    except NotFound:
        return _over(visit)
    given = await asking.read(visit, text=False)
    if given.errors:
        return _ask(visit, invitation, inviter, given, 422)
    try:
        asking.spend(visit)
        new = await asyncio.to_thread(
            prepare_account,
            username=given.username,
            email=given.email,
            password=given.password,
            kind=invitation.kind,
            role="member",
            display_name=given.name,
            locale=asking.locale(visit),
        )
        actor = await visit.store.write(membership.join, visit.here, _code(visit), new)
    except NotFound:
        return _over(visit)
    except Conflict as error:
        # The one that is taken: its name is in the sentence
        given.errors["email" if given.email in error.public else "username"] = error.public
        return _ask(visit, invitation, inviter, given, error.status)
    except TooMany as error:
        given.errors[""] = error.public
        return _ask(visit, invitation, inviter, given, error.status, error.retry_after)
    await enter(visit, actor.id)
    return visit.go("/join/welcome")


async def welcome(visit: Visit) -> web.Response:
    """GET /join/welcome: what one may do next."""
    me = visit.me.actor
    return visit.page(
        "joining/welcome.html",
        title=visit.say("Bienvenue, %(name)s !", name=me.name or me.username),
        username=me.username,
    )


def _code(visit: Visit) -> str:
    return visit.path("code")[:100]


async def _offered(visit: Visit) -> tuple[Invitation, Actor]:
    """Raises NotFound for what is good no more, TooMany for who tries many codes."""
    visit.here.rates.spend(CODES, str(visit.request.get(NETWORK, "")), visit.now)
    return await visit.store.read(membership.invitation_of, visit.here, _code(visit))


def _over(visit: Visit) -> web.Response:
    return visit.page(
        "joining/over.html",
        status=404,
        headers=SECRET,
        title=visit.say("Cette invitation ne vaut plus"),
        joining=visit.here.settings.node.joining,
    )


def _ask(
    visit: Visit,
    invitation: Invitation,
    inviter: Actor,
    given: Given,
    status: int = 200,
    wait: int | None = None,
) -> web.Response:
    return visit.page(
        "joining/invitation.html",
        status=status,
        headers=SECRET | ({"Retry-After": str(wait)} if wait else {}),
        title=visit.say(
            "%(who)s vous invite à rejoindre l’entraide", who=inviter.name or inviter.username
        ),
        given=given,
        errors=given.errors,
        kind="" if invitation.kind == "resident" else kind_said(visit, invitation.kind),
        expires=invitation.expires_at,
        code=_code(visit),
        rules=given.rules,
    )


PAGES: Final[tuple[Page, ...]] = (
    show("/join/welcome", welcome, who="member"),
    show("/join/{code}", invited),
    act("/join/{code}", joined),
)
