"""Letters on their way out: into the queue, in the transaction of what they tell of."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from node.errors import NotFound
from node.outbox.here import Here
from node.social import letters, membership
from node.social.accounts import Actor
from node.social.letters import Letter, Lock, News, Place
from node.social.notifications import ALL, How, how_by_mail, next_digest
from node.social.statuses import Status
from node.store import accounts, actors, mail_keys, mails, notifications, objects
from node.store.accounts import Account
from node.store.notifications import Notification
from node.store.transaction import Transaction

WINDOW_S = 1_800.0
"""`mail.per_half_hour` counts in this time."""
DIGEST_MOST = 500
DIGESTS_AT_ONCE = 20


def sends_mail(here: Here) -> bool:
    return bool(here.settings.mail.host)


def place(here: Here) -> Place:
    return Place(here.settings.node.name, here.settings.base_url)


def has_room(tx: Transaction, here: Here, to: str) -> bool:
    """Whether one more may go to this address now."""
    since = here.clock.now() - WINDOW_S
    return mails.count_since(tx, to, since) < here.settings.mail.per_half_hour


def send_letter(tx: Transaction, here: Here, to: str, letter: Letter, *, urgent: bool) -> bool:
    """A letter that somebody asked for, or that is theirs to have once. False, and nothing goes,
    when no mail is sent here or too much went to that address lately."""
    if not sends_mail(here) or not has_room(tx, here, to):
        return False
    mails.add(
        tx,
        to=to,
        subject=letter.subject,
        text=letter.text,
        headers={},
        urgent=urgent,
        now=here.clock.now(),
    )
    return True


def tell_lock(tx: Transaction, here: Here, account: Account | None, lock: Lock) -> None:
    """What keeps the account was changed: who has it reads so, at the address that was theirs
    before, if it is known to be."""
    if account is None or account.confirmed_at is None:
        return
    letter = letters.lock_changed(account.locale, place(here), name=_name(tx, account), lock=lock)
    send_letter(tx, here, account.email, letter, urgent=True)


# ── news ─────────────────────────────────────────────────────────────────────────────────────


def goes_by_mail(here: Here, account: Account, kind: str, urgent: bool) -> How:
    """How somebody is told of this by mail. No mail goes to an address not known to be theirs."""
    if not sends_mail(here) or account.confirmed_at is None:
        return How.NEVER
    return how_by_mail(kind, urgent, account.notify)


def send_news(tx: Transaction, here: Here, account: Account, news: News) -> bool:
    """One thing, at once. False when too much went there lately: it waits for the digest."""
    if not has_room(tx, here, account.email):
        return False
    stop = unsubscribe_link(tx, here, account)
    letter = letters.urgent(
        account.locale, place(here), name=_name(tx, account), news=news, unsubscribe=stop
    )
    _send(tx, here, account, letter, stop, urgent=True)
    return True


def plan_digest(tx: Transaction, here: Here, account: Account) -> None:
    """Something happened: it is told with the next digest."""
    if account.digest_at is None:
        at = next_digest(
            here.clock.now(),
            hour=here.settings.mail.digest_hour,
            zone=here.settings.node.time_zone,
        )
        accounts.change(tx, account.actor_id, digest_at=at)
        tx.ring(notifications.BELL)


def send_digests(tx: Transaction, here: Here) -> int:
    """Those that are due, a bounded number of them. How many accounts were looked at."""
    due = accounts.digests_due(tx, now=here.clock.now(), most=DIGESTS_AT_ONCE)
    for actor_id in due:
        _send_digest(tx, here, actor_id)
    return len(due)


def _send_digest(tx: Transaction, here: Here, actor_id: int) -> None:
    accounts.change(tx, actor_id, digest_at=None)
    account = accounts.by_actor(tx, actor_id)
    actor = actors.by_id(tx, actor_id)
    if account is None or actor is None or actor.suspended:
        return
    waiting = notifications.to_mail(tx, actor_id, most=DIGEST_MOST)
    told = [
        one for one in waiting if goes_by_mail(here, account, one.kind, one.urgent) is not How.NEVER
    ]
    notifications.mark_mailed(tx, [one.id for one in waiting], now=here.clock.now())
    if not told:
        return
    stop = unsubscribe_link(tx, here, account)
    letter = letters.digest(
        account.locale,
        place(here),
        name=_name(tx, account),
        news=[news_of(tx, here, one) for one in told[: letters.SHOWN]],
        more=max(len(told) - letters.SHOWN, 0),
        unsubscribe=stop,
    )
    _send(tx, here, account, letter, stop, urgent=False)


def news_of(tx: Transaction, here: Here, told: Notification) -> News:
    """What a mail may say of it: public names and titles, and where it is."""
    return all_news_of(tx, here, [told])[0]


def all_news_of(tx: Transaction, here: Here, told: Sequence[Notification]) -> list[News]:
    """The same of several, in two queries."""
    people = actors.by_ids(tx, {one.actor_id for one in told if one.actor_id})
    statuses = objects.by_ids(tx, {one.object_id for one in told if one.object_id})
    return [
        _news(here, one, people.get(one.actor_id or 0), statuses.get(one.object_id or 0))
        for one in told
    ]


def _news(here: Here, told: Notification, who: Actor | None, about: Status | None) -> News:
    title, link = "", here.settings.base_url
    if about is not None and about.visibility.open:
        title = about.name or ""
        link = (about.url if about.local else None) or f"{link}/proposals/{about.id}"
        if not about.name:  # a comment: what it is about is the page it stands on
            link = about.url or about.uri
    name = "" if who is None or who.gone else who.name or who.username
    return News(kind=told.kind, who=name, title=title, link=link)


def _send(
    tx: Transaction, here: Here, account: Account, letter: Letter, stop: str, *, urgent: bool
) -> None:
    mails.add(
        tx,
        to=account.email,
        subject=letter.subject,
        text=letter.text,
        # RFC 8058: one click in the mail program, and no page in between.
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        urgent=urgent,
        now=here.clock.now(),
    )


def _name(tx: Transaction, account: Account) -> str:
    actor = actors.by_id(tx, account.actor_id)
    return (actor.name if actor else "") or account.username


# ── no more of them ──────────────────────────────────────────────────────────────────────────


def unsubscribe_link(tx: Transaction, here: Here, account: Account) -> str:
    """The same in every mail of one person: an old mail ends it as well as a new one."""
    key = account.unsubscribe_key
    if key is None:
        key = secrets.token_urlsafe(18)
        accounts.change(tx, account.actor_id, unsubscribe_key=key)
    return f"{here.settings.base_url}/unsubscribe/{key}"


def unsubscribe(tx: Transaction, key: str) -> Account:
    """No more mail about news to whoever has this key; to ask twice changes nothing more.
    Raises NotFound."""
    account = subscriber(tx, key)
    accounts.change(
        tx,
        account.actor_id,
        notify={**account.notify, ALL: How.NEVER.value},
        digest_at=None,
    )
    return account


def subscriber(tx: Transaction, key: str) -> Account:
    """Whose key this is. Raises NotFound."""
    account = accounts.by_unsubscribe_key(tx, key) if key else None
    if account is None:
        raise NotFound("Ce lien ne vaut pas, ou plus.")
    return account


# ── keys by mail ─────────────────────────────────────────────────────────────────────────────


def make_mail_key(
    tx: Transaction, here: Here, account_id: int, *, purpose: str, email: str, seconds: float
) -> str:
    """A key of 256 bits for a link; only its hash is kept."""
    key, now = membership.new_key(), here.clock.now()
    mail_keys.add(
        tx,
        hash=membership.hash_of(key),
        account_id=account_id,
        purpose=purpose,
        email=email,
        now=now,
        ends=now + seconds,
    )
    return key
