"""All that is kept of somebody, to take along; and leaving for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from node.actions.deletion import delete_account
from node.actions.export import export_text
from node.actions.signing_in import own_password
from node.aid.agreements import State
from node.errors import Forbidden
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import agreements
from node.store.transaction import Transaction
from node.web.mine.dealings import Dealing, dealings
from node.web.site.visit import Page, Visit, act, show

EXPORTS: Final = Rate("export", 10, 3600.0)
MOST: Final = 40


async def data(visit: Visit) -> web.Response:
    """GET /me/data."""
    return visit.page(
        "mine/data.html",
        title=visit.say("Mes données"),
        keep=visit.here.settings.retention,
    )


async def taken(visit: Visit) -> web.Response:
    """POST /me/data: all of it as one JSON document, to be saved."""
    me = visit.me.actor
    text = await visit.store.read(export_text, visit.here, me.id)
    name = f"entraide-{me.username}.json"
    return web.Response(
        body=text,
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def leave(visit: Visit) -> web.Response:
    """GET /me/leave."""
    return await _leave(visit)


async def left(visit: Visit) -> web.Response:
    """POST /me/leave: field ``password``; the account is gone, here and elsewhere."""
    try:
        await own_password(visit.here, visit.me.account, visit.text("password"))
    except Forbidden as error:
        return await _leave(visit, status=422, errors={"password": error.public})
    await visit.store.write(delete_account, visit.here, visit.me.actor.username)
    visit.cookies.signed_out = True
    return visit.go("/", notice=visit.say("Votre compte est supprimé. Merci d’avoir été là."))


async def _leave(
    visit: Visit, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    found = await visit.store.read(_unfinished, visit.here, visit.me.actor)
    lent = (State.HANDED_OVER,)
    return visit.page(
        "mine/leave.html",
        status=status,
        title=visit.say("Supprimer mon compte"),
        errors=errors or {},
        waiting=[one for one in found if one.state not in lent],
        lent=[one for one in found if one.state in lent],
        runs=visit.me.has_role("admin"),
    )


def _unfinished(tx: Transaction, here: Here, me: Actor) -> Sequence[Dealing]:
    return dealings(tx, me, agreements.of_person(tx, me.id, open_only=True, most=MOST))


PAGES: Final[tuple[Page, ...]] = (
    show("/me/data", data, who="member"),
    act("/me/data", taken, who="member", rate=EXPORTS),
    show("/me/leave", leave, who="member"),
    act("/me/leave", left, who="member"),
)
