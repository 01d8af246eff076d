"""Accounts of the people of the quartier: making one, roles, tokens, deletion."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from node.actions.passwords import hash_password
from node.actions.proposals import remove_status
from node.activitypub import keys, render
from node.activitypub.addresses import Addresses
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.outbox.publish import prove, publish
from node.social.accounts import (
    Actor,
    check_email,
    check_kind,
    check_password,
    check_role,
    check_scopes,
    check_username,
    type_of_kind,
)
from node.store import accounts, actors, follows, objects, proposals
from node.store.transaction import Transaction

KeyTexts = tuple[tuple[str, str], tuple[str, str]]
"""((RSA private, public), (Ed25519 private, public)) as stored."""


def make_keys() -> KeyTexts:
    """Both keys of a local actor. RSA takes a tenth of a second: not inside a transaction."""
    return keys.generate_rsa(), keys.generate_ed25519()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Checked, with its costly parts made, ready for the transaction."""

    username: str
    email: str
    password_hash: str
    kind: str
    role: str
    display_name: str
    key_texts: KeyTexts


def prepare_account(
    *, username: str, email: str, password: str, kind: str, role: str, display_name: str = ""
) -> NewAccount:
    """Raises Invalid with what to do."""
    return NewAccount(
        username=check_username(username),
        email=check_email(email),
        password_hash=hash_password(check_password(password)),
        kind=check_kind(kind),
        role=check_role(role),
        display_name=display_name.strip()[:100],
        key_texts=make_keys(),
    )


def create_account(tx: Transaction, here: Here, new: NewAccount) -> Actor:
    """An account that is confirmed and unlocked. Raises Conflict when the name or the e-mail
    address is taken."""
    if actors.local_by_username(tx, new.username) is not None or objects.local_grave(
        tx, here.addresses.user(new.username)
    ):
        raise Conflict(f"Le nom {new.username} est déjà pris. Choisissez-en un autre.")
    actor = put_local_actor(
        tx,
        here.addresses,
        uri=here.addresses.user(new.username),
        type=type_of_kind(new.kind),
        kind=new.kind,
        username=new.username,
        domain=here.domain,
        name=new.display_name or new.username,
        key_texts=new.key_texts,
        now=here.clock.now(),
    )
    fresh = accounts.insert(
        tx,
        actor_id=actor.id,
        email=new.email,
        password_hash=new.password_hash,
        role=new.role,
        confirmed_at=here.clock.now(),
        now=here.clock.now(),
    )
    if not fresh:
        raise Conflict(f"L’adresse {new.email} a déjà un compte ici. Donnez-en une autre.")
    return actor


def put_local_actor(
    tx: Transaction,
    addresses: Addresses,
    *,
    uri: str,
    type: str,
    kind: str | None,
    username: str,
    domain: str,
    name: str,
    key_texts: KeyTexts,
    now: float,
    territory: str | None = None,
    summary: str = "",
) -> Actor:
    (rsa_private, rsa_public), (ed_private, ed_public) = key_texts
    actor_id = actors.put(
        tx,
        values={
            "uri": uri,
            "local": True,
            "type": type,
            "kind": kind,
            "username": username,
            "domain": domain,
            "name": name,
            "summary": summary,
            "inbox": addresses.inbox_of(uri),
            "shared_inbox": addresses.shared_inbox,
            "outbox": addresses.outbox_of(uri),
            "followers_uri": addresses.followers_of(uri),
            "following_uri": addresses.following_of(uri),
            "featured_uri": addresses.featured_of(uri),
            "url": addresses.profile(username),
            "territory": territory,
        },
        keys=[
            (addresses.rsa_key_of(uri), "rsa", rsa_public, rsa_private),
            (addresses.ed25519_key_of(uri), "ed25519", ed_public, ed_private),
        ],
        now=now,
    )
    actor = actors.by_id(tx, actor_id)
    if actor is None:
        raise NotFound(f"The actor {uri} was not written.")
    return actor


def set_role(tx: Transaction, username: str, role: str) -> None:
    account = _account(tx, username)
    accounts.set_role(tx, account.actor_id, check_role(role))


def reset_password(tx: Transaction, username: str, password_hash: str, now: float) -> None:
    accounts.set_password(tx, _account(tx, username).actor_id, password_hash, now=now)


def make_token(tx: Transaction, username: str, scopes: str, now: float) -> str:
    """A bearer token of 256 bits; only its hash is kept."""
    account = _account(tx, username)
    token = secrets.token_urlsafe(32)
    accounts.add_token(
        tx,
        hash=hashlib.sha256(token.encode()).hexdigest(),
        account_id=account.actor_id,
        scopes=check_scopes(scopes),
        now=now,
    )
    return token


def delete_account(tx: Transaction, here: Here, username: str) -> None:
    """Delete for good, here and elsewhere: everybody who may hold something of it is told."""
    account = _account(tx, username)
    actor = actors.by_id(tx, account.actor_id)
    if actor is None:
        raise NotFound(f"Il n’y a pas de compte {username}.")
    for status in objects.latest(tx, author_id=actor.id, public_only=False, most=100_000):
        remove_status(tx, here, actor, status, proposals.by_id(tx, status.id))
    farewell = render.delete(
        activity_id=here.addresses.activity(new_id()),
        actor=actor.uri,
        object=actor.uri,
        to=(PUBLIC,),
        published=here.clock.now(),
    )
    publish(
        tx,
        here,
        actor,
        prove(tx, here, actor, farewell),
        inboxes=follows.every_known_inbox(tx),
    )
    accounts.delete(tx, actor.id)
    actors.retire_local(tx, actor.id, now=here.clock.now())
    objects.bury(
        tx, actor.uri, by=actor.uri, now=here.clock.now(), local_id=actor.id, type=actor.type
    )


def _account(tx: Transaction, username: str) -> accounts.Account:
    account = accounts.by_username(tx, username.removeprefix("@"))
    if account is None:
        raise NotFound(
            f"Il n’y a pas de compte {username}. Créez-le : entraide account create {username} …"
        )
    return account
