"""Who somebody is: by name or e-mail address and password, and then perhaps by a second factor.

The site and the page that lets apps in ask the same questions here, and what they are asked is
counted together. Whoever is not known learns nothing from the answer, nor from its time.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from node.actions.passwords import NOBODY, password_fits
from node.errors import Forbidden, Unauthenticated
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.store import accounts, actors, node_secrets, second_factors
from node.store.accounts import Account
from node.store.engine import Store
from node.store.transaction import Transaction

PER_NETWORK: Final = Rate("sign-in of a network", 25, 300.0)
PER_ACCOUNT: Final = Rate("sign-in of an account", 25, 3600.0)
OWN: Final = Rate("password", 25, 3600.0)
"""Of one's own password, asked again of who is signed in."""
SIGN_UP: Final = Rate("sign-up", 5, 1_800.0)
"""Of one network, by whatever door."""
WRONG: Final = "Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez, et essayez encore."
SUSPENDED: Final = "Ce compte est suspendu. Parlez-en à l’association du quartier."
NOT_YOURS: Final = "Ce n’est pas votre mot de passe."
TOO_LATE: Final = "Trop de temps a passé. Recommencez, s’il vous plaît."
HELD_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose password was right."""

    actor: Actor
    account: Account
    second: bool
    """Whether they are asked for a code, too, before they are let in."""


class Unconfirmed(Forbidden):
    """The password was right, but nobody knows yet whether the address is theirs."""

    def __init__(self, known: Known) -> None:
        super().__init__("Confirmez d’abord votre adresse électronique.")
        self.known = known


def canonical(who: str) -> str:
    """The one spelling of a name or an e-mail address by which it is looked up and counted."""
    text = who.strip().removeprefix("@")
    local, mark, domain = text.partition("@")
    return f"{local}@{domain.lower()}" if mark else text.lower()


async def by_password(store: Store, here: Here, who: str, password: str, network: str) -> Known:
    """Raises TooMany, Unauthenticated (for a name that is nobody's as for a wrong password),
    Unconfirmed, and Forbidden for who is suspended."""
    now, name = here.clock.now(), canonical(who)
    # Before the password is looked at: of many at once none slips through
    here.rates.spend(PER_NETWORK, network, now)
    here.rates.spend(PER_ACCOUNT, name, now)
    known = await store.read(_named, name)
    hashed = known.account.password_hash if known else NOBODY
    fits = await asyncio.to_thread(password_fits, hashed, password)
    if known is None or not fits:
        raise Unauthenticated(WRONG)
    return _let_in(known)


async def own_password(here: Here, account: Account, password: str) -> None:
    """Before what cannot be undone: whether it is still they who sit there. Raises Forbidden for
    a wrong password, TooMany for who tries many."""
    here.rates.spend(OWN, str(account.actor_id), here.clock.now())
    if not await asyncio.to_thread(password_fits, account.password_hash, password):
        raise Forbidden(NOT_YOURS)


def _let_in(known: Known) -> Known:
    if known.actor.suspended:
        raise Forbidden(SUSPENDED)
    if known.account.confirmed_at is None:
        raise Unconfirmed(known)
    return known


def _named(tx: Transaction, who: str) -> Known | None:
    found = accounts.by_email(tx, who) if "@" in who else accounts.by_username(tx, who)
    return None if found is None else _known(tx, found)


def _numbered(tx: Transaction, actor_id: int) -> Known | None:
    found = accounts.by_actor(tx, actor_id)
    return None if found is None else _known(tx, found)


def _known(tx: Transaction, account: Account) -> Known | None:
    actor = actors.by_id(tx, account.actor_id)
    if actor is None or actor.gone:
        return None
    return Known(actor, account, second_factors.is_on(tx, actor.id))


# ── between the two questions ────────────────────────────────────────────────────────────────


async def hold(store: Store, here: Here, known: Known, purpose: str) -> str:
    """What shows for ten minutes that somebody gave their password, and opens nothing by itself.
    A new password ends it."""
    ends = int(here.clock.now() + HELD_S)
    key = await _key(store)
    return f"{known.actor.id}.{ends}.{_seal(key, known, purpose, ends)}"


async def held(store: Store, here: Here, text: str, purpose: str) -> Known:
    """Whose it is. Raises Unauthenticated for what is over, or was never given, and Forbidden for
    who is suspended."""
    number, _, rest = text[:200].partition(".")
    ends, _, seal = rest.partition(".")
    if not _is_number(number) or not _is_number(ends):
        raise Unauthenticated(TOO_LATE)
    known, key = await store.read(_numbered, int(number)), await _key(store)
    if (
        known is None
        or int(ends) < here.clock.now()
        or not hmac.compare_digest(_seal(key, known, purpose, int(ends)).encode(), seal.encode())
    ):
        raise Unauthenticated(TOO_LATE)
    if known.actor.suspended:
        raise Forbidden(SUSPENDED)
    return known


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _seal(key: str, known: Known, purpose: str, ends: int) -> str:
    text = f"{purpose} {known.actor.id} {ends} {known.account.password_hash}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


async def _key(store: Store) -> str:
    key = await store.read(node_secrets.of, "signing in")
    if key is None:
        fresh = secrets.token_hex(32)
        key = await store.write(node_secrets.put_first, "signing in", fresh)
    return key
