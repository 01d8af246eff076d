"""Accounts of the people of the quartier: making one, its words, roles, tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.actions.passwords import hash_password
from node.activitypub import keys, render
from node.activitypub.addresses import Addresses
from node.activitypub.html import from_plain
from node.activitypub.vocabulary import PUBLIC
from node.errors import Conflict, NotFound
from node.ids import new_id
from node.outbox import documents
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
from node.social.membership import (
    CONTACT_MAX,
    NAME_MAX,
    SUMMARY_MAX,
    check_locale,
    lines,
    one_line,
)
from node.store import accounts, actors, graves, inboxes, mail_keys
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
    locale: str = "fr"


def prepare_account(
    *,
    username: str,
    email: str,
    password: str,
    kind: str,
    role: str,
    display_name: str = "",
    locale: str = "fr",
) -> NewAccount:
    """Raises Invalid with what to do."""
    return NewAccount(
        username=check_username(username),
        email=check_email(email),
        password_hash=hash_password(check_password(password)),
        kind=check_kind(kind),
        role=check_role(role),
        display_name=one_line(display_name, NAME_MAX, "Le nom affiché"),
        key_texts=make_keys(),
        locale=check_locale(locale),
    )


def is_taken(tx: Transaction, here: Here, username: str) -> bool:
    """Whether somebody has this name, or had it: it is not given again."""
    return actors.local_by_username(tx, username) is not None or (
        graves.local(tx, here.addresses.user(username)) is not None
    )


def create_account(
    tx: Transaction,
    here: Here,
    new: NewAccount,
    *,
    invited_by: int | None = None,
    confirmed: bool = True,
) -> Actor:
    """An account that is unlocked and, with `confirmed`, may be written to. Raises Conflict when
    the name or the e-mail address is taken."""
    if is_taken(tx, here, new.username):
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
        locale=new.locale,
        invited_by=invited_by,
        confirmed_at=here.clock.now() if confirmed else None,
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
    account = account_of(tx, username)
    accounts.set_role(tx, account.actor_id, check_role(role))


def reset_password(tx: Transaction, username: str, password_hash: str, now: float) -> None:
    """By command: all tokens end, and so do links on their way."""
    account = account_of(tx, username)
    accounts.set_password(tx, account.actor_id, password_hash, now=now)
    mail_keys.drop_of(tx, account.actor_id)


def make_token(tx: Transaction, username: str, scopes: str, now: float) -> str:
    """A bearer token of 256 bits; only its hash is kept."""
    account = account_of(tx, username)
    token = secrets.token_urlsafe(32)
    accounts.add_token(
        tx,
        hash=hashlib.sha256(token.encode()).hexdigest(),
        account_id=account.actor_id,
        scopes=check_scopes(scopes),
        now=now,
    )
    return token


def change_profile(
    tx: Transaction,
    here: Here,
    actor: Actor,
    *,
    name: str | None = None,
    summary: str | None = None,
) -> Actor:
    """The name and the words (plain text) by which everybody knows somebody; their followers and
    the neighbours learn of it. Raises Invalid."""
    values: dict[str, str] = {}
    if name is not None:
        values["name"] = one_line(name, NAME_MAX, "Le nom affiché") or actor.username
    if summary is not None:
        values["summary"] = from_plain(lines(summary, SUMMARY_MAX, "La présentation"))
    return set_profile(tx, here, actor, values)


def set_profile(tx: Transaction, here: Here, actor: Actor, values: Mapping[str, Any]) -> Actor:
    """Columns of the actor, checked by the caller; whoever knows the person learns of it."""
    if not values:
        return actor
    now = max(here.clock.now(), int(actor.updated_at) + 1.0)
    actors.set_columns(tx, actor.id, now=now, **values)
    changed = actors.by_id(tx, actor.id)
    if changed is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    update = render.update(
        activity_id=here.addresses.activity(new_id()),
        actor=changed.uri,
        object=documents.local_actor(tx, here, changed),
        to=(PUBLIC,),
        cc=(here.addresses.followers_of(changed.uri),),
        published=now,
    )
    publish(
        tx,
        here,
        changed,
        prove(tx, here, changed, update),
        inboxes=[
            *inboxes.of_followers(tx, changed.id),
            *inboxes.of_followers(tx, here.quartier.id),
        ],
        sync=True,
    )
    return changed


def change_account(
    tx: Transaction, actor_id: int, *, locale: str | None = None, contact: str | None = None
) -> None:
    """What is for this node alone: the language of its letters, and what it may reveal to the
    other side of an agreement. Raises Invalid."""
    values: dict[str, str] = {}
    if locale is not None:
        values["locale"] = check_locale(locale)
    if contact is not None:
        values["contact"] = lines(contact, CONTACT_MAX, "Ce que vous pouvez montrer")
    accounts.change(tx, actor_id, **values)


def account_of(tx: Transaction, username: str) -> accounts.Account:
    account = accounts.by_username(tx, username.removeprefix("@"))
    if account is None:
        raise NotFound(
            f"Il n’y a pas de compte {username}. Créez-le : entraide account create {username} …"
        )
    return account
