"""Passwords and e-mail addresses: what goes by mail to somebody who forgot one or gave another."""

from __future__ import annotations

from node.actions import audit, mailing
from node.errors import Conflict, Forbidden, NotFound
from node.outbox.here import Here
from node.social import letters
from node.social.accounts import Actor, check_email
from node.social.letters import Lock
from node.social.membership import EMAIL_KEY_S, PASSWORD_KEY_S, hash_of
from node.store import accounts, actors, mail_keys
from node.store.accounts import Account
from node.store.transaction import Transaction

PASSWORD = "password"  # noqa: S105 - what a key is for
EMAIL = "email"
STALE = "Ce lien ne vaut plus : il a servi, ou son temps est passé. Demandez-en un autre."


def ask_new_password(tx: Transaction, here: Here, email: str) -> None:
    """A link to choose a new password goes to this address, if it is somebody's. Whoever asks
    does not learn whether it is. Raises Invalid for what is no address."""
    account = accounts.by_email(tx, check_email(email))
    if account is None or not mailing.sends_mail(here):
        return
    if not mailing.has_room(tx, here, account.email):
        return
    key = mailing.make_mail_key(
        tx, here, account.actor_id, purpose=PASSWORD, email=account.email, seconds=PASSWORD_KEY_S
    )
    letter = letters.new_password(
        account.locale,
        mailing.place(here),
        name=_name(tx, account),
        link=f"{here.settings.base_url}/reset/{key}",
    )
    mailing.send_letter(tx, here, account.email, letter, urgent=True)


def password_link(tx: Transaction, here: Here, who: Actor | None, target: Actor) -> str:
    """A link to choose a new password, to be handed over to somebody whom the association knows
    and no mail reaches; those made before are good no more. Raises NotFound for who has no
    account here."""
    account = accounts.by_actor(tx, target.id)
    if account is None or target.suspended:
        raise NotFound("Il n’y a personne de ce nom ici.")
    key = mailing.make_mail_key(
        tx, here, target.id, purpose=PASSWORD, email="", seconds=PASSWORD_KEY_S
    )
    audit.record(tx, here, who, "account.password-link", target.handle)
    return f"{here.settings.base_url}/reset/{key}"


def use_password_key(tx: Transaction, here: Here, key: str, password_hash: str) -> None:
    """A new password by a key that went by mail, which also shows that the address is theirs.
    All tokens end. Raises NotFound for a key that is used, over, or none."""
    found = _open(tx, here, key, PASSWORD)
    account = accounts.by_actor(tx, found.account_id)
    if account is None:
        raise NotFound(STALE)
    accounts.set_password(tx, account.actor_id, password_hash, now=here.clock.now())
    mail_keys.drop_of(tx, account.actor_id, purpose=PASSWORD)
    mailing.tell_lock(tx, here, account, Lock.PASSWORD)
    if account.email == found.email and account.confirmed_at is None:
        accounts.change(tx, account.actor_id, confirmed_at=here.clock.now())


def change_password(tx: Transaction, here: Here, actor: Actor, password_hash: str) -> None:
    """Whoever knows the old one chose a new one: all tokens end, as do keys on their way."""
    accounts.set_password(tx, actor.id, password_hash, now=here.clock.now())
    mail_keys.drop_of(tx, actor.id)
    mailing.tell_lock(tx, here, accounts.by_actor(tx, actor.id), Lock.PASSWORD)


def ask_confirmation(tx: Transaction, here: Here, actor: Actor, email: str | None = None) -> bool:
    """A link to confirm an address, the account's own or a new one, goes to that address. The
    account keeps the old one until then. False when it goes later or not at all."""
    account = accounts.by_actor(tx, actor.id)
    if account is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    address = account.email if email is None else check_email(email)
    if not mailing.sends_mail(here):
        raise Forbidden("Ce site n’envoie pas de courrier : voyez la médiation du quartier.")
    if address == account.email and account.confirmed_at is not None:
        raise Conflict("Cette adresse est déjà confirmée.")
    if not mailing.has_room(tx, here, address):
        return False
    taken = accounts.by_email(tx, address)
    if taken is not None and taken.actor_id != actor.id:
        # Whose it is reads that; whoever asked reads what they would have read otherwise.
        letter = letters.already_here(taken.locale, mailing.place(here), name=_name(tx, taken))
        return mailing.send_letter(tx, here, address, letter, urgent=False)
    key = mailing.make_mail_key(
        tx, here, actor.id, purpose=EMAIL, email=address, seconds=EMAIL_KEY_S
    )
    letter = letters.confirm_address(
        account.locale,
        mailing.place(here),
        name=_name(tx, account),
        link=f"{here.settings.base_url}/confirm/{key}",
    )
    return mailing.send_letter(tx, here, address, letter, urgent=True)


def confirm_address(tx: Transaction, here: Here, key: str) -> Account:
    """The address to which the key went is theirs, and the account's from now on. Raises
    NotFound for a key that is used, over, or none."""
    found = _open(tx, here, key, EMAIL)
    taken = accounts.by_email(tx, found.email)
    if taken is not None and taken.actor_id != found.account_id:
        raise NotFound(STALE)  # somebody else joined with it meanwhile
    before = accounts.by_actor(tx, found.account_id)
    if before is not None and before.email != found.email:
        mailing.tell_lock(tx, here, before, Lock.ADDRESS)
    accounts.change(tx, found.account_id, email=found.email, confirmed_at=here.clock.now())
    mail_keys.drop_of(tx, found.account_id)
    account = accounts.by_actor(tx, found.account_id)
    if account is None:
        raise NotFound(STALE)
    return account


def check_key(tx: Transaction, here: Here, key: str, purpose: str) -> None:
    """Raises NotFound unless the key opens this; it is not used by that."""
    _open(tx, here, key, purpose)


def _open(tx: Transaction, here: Here, key: str, purpose: str) -> mail_keys.MailKey:
    found = mail_keys.find(tx, hash_of(key), now=here.clock.now())
    if found is None or found.purpose != purpose:
        raise NotFound(STALE)
    return found


def _name(tx: Transaction, account: Account) -> str:
    actor = actors.by_id(tx, account.actor_id)
    return (actor.name if actor else "") or account.username
