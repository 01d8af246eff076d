"""One comes from another server, or goes to one. Mastodon has no methods for it; these are
GoToSocial's."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from node.actions import finding, relocating
from node.actions.passwords import password_fits
from node.errors import Conflict, Forbidden, Invalid, NotFound
from node.mastodon.method import Ask, Method, Person
from node.mastodon.methods.accounts import own
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, actors
from node.store.transaction import Transaction

RATE: Final = Rate("moving", 25, 3_600.0)


async def set_aliases(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/accounts/alias: all of them; none takes back those before. CredentialAccount."""
    named = [one.strip() for one in ask.parameters.texts("also_known_as_uris") if one.strip()]
    if len(named) > relocating.ALIASES_MOST:
        raise Invalid(f"Au plus {relocating.ALIASES_MOST} autres comptes.")
    others = [await _somebody(ask, one) for one in named]
    me = ask.person.actor
    await ask.store.write(relocating.set_aliases, ask.here, me, others)
    return await ask.store.read(_own, ask.here, me.id)


async def move(ask: Ask) -> dict[str, Any]:
    """POST /api/v1/accounts/move: with the password, since it cannot be taken back by an app."""
    account = ask.person.account
    given = ask.parameters.text("password")
    if not await asyncio.to_thread(password_fits, account.password_hash, given):
        raise Forbidden("Le mot de passe n’est pas le bon.")
    new = await _somebody(ask, ask.parameters.text("moved_to_uri"))
    if not new.local:
        # It may have named this account a moment ago
        new = await ask.remote.actor(new.uri, fresh=True)
    try:
        await ask.store.write(relocating.move, ask.here, ask.person.actor, new)
    except Conflict as error:
        raise Invalid(error.public) from error
    return await ask.store.read(_own, ask.here, account.actor_id)


async def _somebody(ask: Ask, text: str) -> Actor:
    """By IRI, by the address of a page, or by handle."""
    found = await finding.meant(ask.store, ask.here, ask.remote, text, ask=True)
    if found.actor is None or found.actor.gone:
        raise Invalid(f"Aucun compte n’a été trouvé à l’adresse {text[:200]}.")
    return found.actor


def _own(tx: Transaction, here: Here, me: int) -> dict[str, Any]:
    actor, account = actors.by_id(tx, me), accounts.by_actor(tx, me)
    if actor is None or account is None:
        raise NotFound("Record not found")
    return own(tx, here, Person(actor, account))


METHODS = (
    Method("POST", "/api/v1/accounts/alias", set_aliases, scope="write:accounts", rate=RATE),
    Method("POST", "/api/v1/accounts/move", move, scope="write:accounts", rate=RATE),
)
