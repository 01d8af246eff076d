"""The second factor: a code that the person's telephone makes anew every thirty seconds (RFC 6238),
and ten codes on paper for the day when it is lost.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

import pyotp

from node.actions import audit, mailing
from node.actions.accounts import account_of
from node.errors import Conflict, Invalid, NotFound
from node.moderation.rates import Rate
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.letters import Lock
from node.store import accounts, second_factors
from node.store.engine import Store
from node.store.transaction import Transaction

TRIES: Final = Rate("second factor of an account", 5, 300.0)
STEP_S: Final = 30
WINDOW: Final = 1
"""Steps before and after the one of now: clocks of telephones are a little off."""
CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that looks like another on paper."""
WRONG: Final = (
    "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, et tapez-le tel qu’il "
    "s’affiche."
)


@dataclass(frozen=True, slots=True)
class Setup:
    secret: str
    """Base32."""
    uri: str
    """``otpauth://…``, as a QR code says it."""


def set_up(tx: Transaction, here: Here, actor: Actor) -> Setup:
    """What the person's app needs to make codes. The same until one is given. Raises Conflict
    where it is in force already."""
    found = second_factors.of(tx, actor.id)
    if found is not None and found.confirmed_at is not None:
        raise Conflict("La seconde vérification est déjà en place.")
    secret = found.secret if found is not None else pyotp.random_base32()
    if found is None:
        second_factors.begin(tx, actor.id, secret)
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=actor.handle, issuer_name=here.settings.node.name
    )
    return Setup(secret, uri)


def turn_on(tx: Transaction, here: Here, actor: Actor, code: str) -> list[str]:
    """It is in force from now on; the recovery codes, which are shown only now. Raises Invalid
    for a wrong code, Conflict where it is in force already, or was never set up."""
    found, now = second_factors.of(tx, actor.id), here.clock.now()
    if found is None or found.confirmed_at is not None:
        raise Conflict("La seconde vérification n’attend pas de code. Rechargez la page.")
    step = _step_of(found.secret, code, now)
    if step is None or not second_factors.confirm(tx, actor.id, step=step, now=now):
        raise Invalid(WRONG)
    mailing.tell_lock(tx, here, accounts.by_actor(tx, actor.id), Lock.CODE_ON)
    return _new_codes(tx, actor.id)


async def confirm(store: Store, here: Here, actor: Actor, code: str) -> list[str]:
    """As `turn_on`; raises TooMany after five tries, too."""
    here.rates.spend(TRIES, str(actor.id), here.clock.now())
    return await store.write(turn_on, here, actor, code)


async def check(store: Store, here: Here, account_id: int, code: str) -> None:
    """A code of the telephone, or a recovery code, which is used up by it. Raises Invalid, and
    TooMany after five tries."""
    here.rates.spend(TRIES, str(account_id), here.clock.now())
    await store.write(use, here, account_id, code)


def use(tx: Transaction, here: Here, account_id: int, code: str) -> None:
    """As `check`, inside of a transaction, not counted."""
    found = second_factors.of(tx, account_id)
    if found is None or found.confirmed_at is None:
        return
    step = _step_of(found.secret, code, here.clock.now())
    if step is not None and second_factors.use_step(tx, account_id, step):
        return
    if not second_factors.use_code(tx, account_id, _hash_of(code)):
        raise Invalid(WRONG)


def new_codes(tx: Transaction, actor: Actor) -> list[str]:
    """Ten others; those before are good no more. Raises NotFound where there is no second
    factor."""
    if not second_factors.is_on(tx, actor.id):
        raise NotFound("La seconde vérification n’est pas en place.")
    return _new_codes(tx, actor.id)


def turn_off(tx: Transaction, here: Here, actor: Actor) -> None:
    """Raises NotFound where there is none."""
    if not second_factors.drop(tx, actor.id):
        raise NotFound("La seconde vérification n’est pas en place.")
    mailing.tell_lock(tx, here, accounts.by_actor(tx, actor.id), Lock.CODE_OFF)


def forget(tx: Transaction, here: Here, mediator: Actor | None, username: str) -> None:
    """For somebody who lost telephone and paper, and whom the association knows. Raises
    NotFound."""
    account = account_of(tx, username)
    if not second_factors.drop(tx, account.actor_id):
        raise NotFound(f"Le compte {account.username} n’a pas de seconde vérification.")
    mailing.tell_lock(tx, here, account, Lock.CODE_OFF)
    audit.record(tx, here, mediator, "account.second-factor", f"{account.username}@{here.domain}")


def _step_of(secret: str, code: str, now: float) -> int | None:
    """The step to which a code belongs; the newest, should it belong to two."""
    given = "".join(code.split())
    if len(given) != 6 or not given.isascii() or not given.isdigit():
        return None
    totp, present = pyotp.TOTP(secret), int(now // STEP_S)
    for step in range(present + WINDOW, present - WINDOW - 1, -1):
        if hmac.compare_digest(totp.generate_otp(step), given):
            return step
    return None


def _new_codes(tx: Transaction, account_id: int) -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(12)) for _ in range(CODES)]
    second_factors.put_codes(tx, account_id, [_hash_of(code) for code in codes])
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _hash_of(code: str) -> str:
    plain = "".join(letter for letter in code[:100].lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
