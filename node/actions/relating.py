"""What a person of ours decides about somebody: whether to follow them and what of theirs to see,
to read them no more, to show them, to keep words about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from node.actions import follows as following
from node.errors import Forbidden, Invalid, NotFound
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.membership import lines
from node.social.posts import language_of
from node.store import (
    account_notes,
    actors,
    blocks,
    domain_mutes,
    endorsements,
    follows,
    mutes,
    relations,
)
from node.store.transaction import Transaction

NOT_ALLOWED: Final = "This action is not allowed"  # Mastodon's own words
NOTE_MAX: Final = 2_000
LANGUAGES_MOST: Final = 50
FOLLOWS_MOST: Final = 7_500
MUTE_LONGEST_S: Final = 10 * 365 * 86_400
ENDED_MOST: Final = 1_000
"""Follows that one decision ends at once."""


def somebody(tx: Transaction, identifier: int) -> Actor:
    """Raises NotFound for nobody, and for whom mediators suspended."""
    found = actors.by_id(tx, identifier)
    if found is None or found.gone:
        raise NotFound("Record not found")
    return found


def follow(
    tx: Transaction,
    here: Here,
    me: Actor,
    target: Actor,
    *,
    shares: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
) -> None:
    """Follow, or change what of theirs is wanted; None leaves it. An empty list of languages is
    all of them. Raises Forbidden."""
    if target.id == me.id or target.suspended or target.moved_to is not None:
        raise Forbidden(NOT_ALLOWED)
    if blocks.between(tx, me.id, target.id):
        raise Forbidden(NOT_ALLOWED)
    wanted = None if languages is None else [language_of(one) for one in languages if one]
    if wanted is not None and len(wanted) > LANGUAGES_MOST:
        raise Invalid(f"Au plus {LANGUAGES_MOST} langues.")
    if follows.between(tx, me.id, target.id) is None and (
        follows.counts(tx, me.id)[1] >= FOLLOWS_MOST
    ):
        raise Invalid(f"On ne peut pas suivre plus de {FOLLOWS_MOST} comptes.")
    following.follow(tx, here, me, target)
    now = relations.between(tx, me.id, [target.id], now=here.clock.now()).following[target.id]
    relations.set_following(
        tx,
        follower_id=me.id,
        target_id=target.id,
        shares=now.shares if shares is None else shares,
        notify=now.notify if notify is None else notify,
        languages=now.languages if wanted is None else wanted,
    )


def mute(
    tx: Transaction,
    here: Here,
    me: Actor,
    target: Actor,
    *,
    notifications: bool = True,
    seconds: int = 0,
) -> None:
    """Read nothing of theirs, for so long; 0: until it is taken back."""
    if target.id == me.id:
        raise Forbidden(NOT_ALLOWED)
    until = here.clock.now() + min(seconds, MUTE_LONGEST_S) if seconds > 0 else None
    mutes.put(
        tx,
        account_id=me.id,
        target_id=target.id,
        notifications=notifications,
        expires_at=until,
    )


def unmute(tx: Transaction, me: Actor, target: Actor) -> None:
    mutes.remove(tx, account_id=me.id, target_id=target.id)


def keep_note(tx: Transaction, me: Actor, target: Actor, text: str) -> None:
    """For oneself alone."""
    account_notes.put(
        tx, account_id=me.id, target_id=target.id, text=lines(text, NOTE_MAX, "La note")
    )


def endorse(tx: Transaction, me: Actor, target: Actor) -> None:
    """Show somebody on one's profile, whom one follows. Raises Invalid."""
    known = follows.between(tx, me.id, target.id)
    if known is None or known.state != follows.ACCEPTED:
        raise Invalid("Validation failed: you must be already following the person")
    endorsements.add(tx, account_id=me.id, target_id=target.id)


def unendorse(tx: Transaction, me: Actor, target: Actor) -> None:
    endorsements.remove(tx, account_id=me.id, target_id=target.id)


# ── whole servers ────────────────────────────────────────────────────────────────────────────


def mute_domain(tx: Transaction, here: Here, me: Actor, domain: str) -> None:
    """Nothing of a server is shown to a person; the follows between them and its people end."""
    domain_mutes.add(tx, account_id=me.id, domain=domain, now=here.clock.now())
    followed, followers = relations.at(tx, me.id, domain, most=ENDED_MOST)
    for one in actors.by_ids(tx, followed).values():
        following.unfollow(tx, here, me, one)
    for one in actors.by_ids(tx, followers).values():
        following.refuse(tx, here, me, one)


def unmute_domain(tx: Transaction, me: Actor, domain: str) -> None:
    domain_mutes.remove(tx, account_id=me.id, domain=domain)
