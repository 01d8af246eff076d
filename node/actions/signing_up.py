"""Opening an account with an app: at once by invitation, else by asking the mediators."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from node.actions import authorization, membership
from node.actions.accounts import NewAccount, prepare_account
from node.actions.authorization import Token
from node.actions.passwords import hash_password
from node.outbox.here import Here
from node.social.accounts import check_password
from node.store.apps import App
from node.store.engine import Store
from node.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    username: str
    email: str
    password: str
    locale: str
    reason: str = ""
    """A word to the mediators."""
    code: str = ""
    """Of an invitation."""


async def sign_up(store: Store, here: Here, app: App, given: SignUp) -> Token | None:
    """A token of the new account; None when a mediator answers first. Raises Invalid, Conflict for
    a name or an address that is taken, NotFound for an invitation that is over, Forbidden where
    nobody can ask."""
    if given.code:
        invitation, _ = await store.read(membership.invitation_of, here, given.code)
        new = await asyncio.to_thread(
            prepare_account,
            username=given.username,
            email=given.email,
            password=given.password,
            kind=invitation.kind,
            role="member",
            locale=given.locale,
        )
        return await store.write(_join, here, app, given.code, new)
    asking = membership.check_asking(
        username=given.username,
        email=given.email,
        kind="resident",
        name="",
        text=given.reason,
        locale=given.locale,
    )
    hashed = await asyncio.to_thread(hash_password, check_password(given.password))
    await store.write(_ask, here, asking, hashed)
    return None


def _join(tx: Transaction, here: Here, app: App, code: str, new: NewAccount) -> Token:
    actor = membership.join(tx, here, code, new)
    return authorization.person_token(tx, app, actor.id, now=here.clock.now())


def _ask(tx: Transaction, here: Here, asking: membership.Asking, hashed: str) -> None:
    membership.ask_to_join(tx, here, replace(asking, password_hash=hashed))
