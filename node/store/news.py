"""What apps are told of by itself: a mention, a favourite, somebody who follows…

Called where the thing is written, whoever writes it, so that nothing of the kind goes untold; in
the transaction that writes it. Who is not wanted is not told of, and whoever is not let in yet
waits in a request (`notification_requests`).
"""

from __future__ import annotations

from typing import Final

import orjson
import sqlalchemy as sa

from node.ids import id_time, new_id
from node.social.statuses import Status
from node.social.told import UNFILTERED, State, Told, judge
from node.social.visibility import Visibility
from node.store import notification_requests as requests
from node.store import notifications
from node.store.news_rules import reasons, unwanted
from node.store.tables import (
    accounts,
    actors,
    follows,
    objects,
    poll_votes,
    quotes,
    recipients,
    shares,
)
from node.store.tables import notifications as table
from node.store.transaction import Transaction

FRESH_S: Final = 6 * 3600.0
"""What was published before, and is only found now, is told to nobody."""
MENTIONS_MOST: Final = 100


# ── what happens ─────────────────────────────────────────────────────────────────────────────


def written(tx: Transaction, status: Status) -> None:
    """A new status: who is named in it, and who wants to know of everything of its author."""
    now = id_time(new_id())
    if now - status.published > FRESH_S:
        return
    named = _named(tx, status)
    for account_id in named:
        _tell(tx, account_id, Told.MENTION, status.author_id, status.id, now=now)
    if status.visibility is Visibility.DIRECT or _answers_another(tx, status):
        return
    rows = tx.all(
        sa.select(follows.c.follower_id)
        .join(accounts, accounts.c.actor_id == follows.c.follower_id)
        .where(
            follows.c.target_id == status.author_id,
            follows.c.state == "accepted",
            follows.c.notify.is_(True),
        )
    )
    for row in rows:
        if row.follower_id not in named:
            _tell(tx, row.follower_id, Told.STATUS, status.author_id, status.id, now=now)


def edited(tx: Transaction, status: Status) -> None:
    """To those of ours who shared it, and those who quote it; and who is named in it by now."""
    object_id, now = status.id, id_time(new_id())
    if now - status.published <= FRESH_S:
        for account_id in _named(tx, status):
            _tell(tx, account_id, Told.MENTION, status.author_id, object_id, now=now)
    shared = sa.select(shares.c.actor_id.label("who")).where(shares.c.object_id == object_id)
    quoting = (
        sa.select(objects.c.author_id.label("who"))
        .join(quotes, quotes.c.object_id == objects.c.id)
        .where(quotes.c.quoted_id == object_id, quotes.c.state == "accepted")
    )
    for kind, people in ((Told.UPDATE, shared), (Told.QUOTED_UPDATE, quoting)):
        of_ours = people.subquery()
        for row in tx.all(
            sa.select(accounts.c.actor_id)
            .where(accounts.c.actor_id.in_(sa.select(of_ours.c.who)))
            .limit(MENTIONS_MOST)
        ):
            _tell(tx, row.actor_id, kind, status.author_id, object_id, now=now, again=True)


def favourited(tx: Transaction, object_id: int, actor_id: int) -> None:
    _tell_author(tx, object_id, Told.FAVOURITE, actor_id)


def shared(tx: Transaction, object_id: int, actor_id: int) -> None:
    """That the quartier announces what one published goes without saying."""
    of_the_node = sa.select(actors.c.id).where(
        actors.c.id == actor_id,
        actors.c.local.is_(True),
        sa.not_(sa.exists().where(accounts.c.actor_id == actor_id)),
    )
    if tx.first(of_the_node) is None:
        _tell_author(tx, object_id, Told.REBLOG, actor_id)


def quoted(tx: Transaction, quoted_id: int, object_id: int) -> None:
    """The quoting status is what is shown."""
    row = tx.first(sa.select(objects.c.author_id).where(objects.c.id == quoted_id))
    by = tx.first(sa.select(objects.c.author_id).where(objects.c.id == object_id))
    if row is not None and by is not None:
        now = id_time(new_id())
        _tell(tx, row.author_id, Told.QUOTE, by.author_id, object_id, now=now)


def followed(tx: Transaction, target_id: int, follower_id: int, *, accepted: bool) -> None:
    kind = Told.FOLLOW if accepted else Told.FOLLOW_REQUEST
    if accepted:
        take_back(tx, Told.FOLLOW_REQUEST, target_id, follower_id)
    _tell(tx, target_id, kind, follower_id, None, now=id_time(new_id()))


def unfollowed(tx: Transaction, target_id: int, follower_id: int) -> None:
    for kind in (Told.FOLLOW, Told.FOLLOW_REQUEST):
        take_back(tx, kind, target_id, follower_id)


def poll_ended(tx: Transaction, object_id: int) -> None:
    """To whoever of ours asked or voted."""
    row = tx.first(sa.select(objects.c.author_id).where(objects.c.id == object_id))
    if row is None:
        return
    voted = sa.select(poll_votes.c.actor_id).where(poll_votes.c.object_id == object_id)
    who = sa.or_(accounts.c.actor_id == row.author_id, accounts.c.actor_id.in_(voted))
    for one in tx.all(sa.select(accounts.c.actor_id).where(who)):
        now = id_time(new_id())
        _tell(tx, one.actor_id, Told.POLL, row.author_id, object_id, now=now, own=True)


def joined(tx: Transaction, actor_id: int) -> None:
    """Somebody has an account now: to those with a role."""
    _tell_roles(tx, Told.ADMIN_SIGN_UP, actor_id, {})


def reported(tx: Transaction, report_id: int, reporter_id: int) -> None:
    _tell_roles(tx, Told.ADMIN_REPORT, reporter_id, {"report": str(report_id)})


def take_back(
    tx: Transaction, kind: Told, account_id: int, by: int, object_id: int | None = None
) -> None:
    """It is so no more."""
    tx.execute(
        sa.delete(table).where(
            table.c.account_id == account_id, table.c.dedupe == _dedupe(kind, by, object_id)
        )
    )


def author_untold(tx: Transaction, kind: Told, object_id: int, by: int) -> None:
    author = tx.scalar(sa.select(objects.c.author_id).where(objects.c.id == object_id))
    if author is not None:
        take_back(tx, kind, author, by, object_id)


# ── whom and whether ─────────────────────────────────────────────────────────────────────────


def _dedupe(kind: Told, by: int, object_id: int | None, stamp: str = "") -> str:
    return f"{kind.value} {by} {object_id or ''}{stamp}"


def _tell_author(tx: Transaction, object_id: int, kind: Told, by: int) -> None:
    author = tx.scalar(sa.select(objects.c.author_id).where(objects.c.id == object_id))
    if author is not None and author != by:
        _tell(tx, author, kind, by, object_id, now=id_time(new_id()))


def _tell_roles(tx: Transaction, kind: Told, by: int, data: dict[str, str]) -> None:
    now = id_time(new_id())
    rows = tx.all(sa.select(accounts.c.actor_id).where(accounts.c.role.in_(("admin", "mediator"))))
    for row in rows:
        if row.actor_id != by:
            _add(tx, row.actor_id, kind, by, None, "shown", now, data, "".join(data.values()))


def _tell(
    tx: Transaction,
    account_id: int,
    kind: Told,
    by: int,
    object_id: int | None,
    *,
    now: float,
    own: bool = False,
    again: bool = False,
) -> None:
    """`own`: also of what one did oneself; `again`: each time that it happens."""
    if by == account_id:
        if own:
            _add(tx, account_id, kind, by, object_id, "shown", now)
        return
    if tx.scalar(sa.select(accounts.c.actor_id).where(accounts.c.actor_id == account_id)) is None:
        return
    if unwanted(tx, account_id, by, object_id, now):
        return
    state: State = "shown"
    if kind not in UNFILTERED:
        match judge(requests.policy(tx, account_id), reasons(tx, account_id, by, object_id, now)):
            case "drop":
                return
            case "filter" if not requests.is_accepted(tx, account_id, by):
                state = "waiting"
    stamp = f" {new_id()}" if again else ""
    if _add(tx, account_id, kind, by, object_id, state, now, stamp=stamp) and state == "waiting":
        requests.knock(tx, account_id, by, object_id, now=now)


def _add(
    tx: Transaction,
    account_id: int,
    kind: Told,
    by: int,
    object_id: int | None,
    state: State,
    now: float,
    data: dict[str, str] | None = None,
    stamp: str = "",
) -> bool:
    added = notifications.add(
        tx,
        account_id=account_id,
        kind=kind.value,
        dedupe=_dedupe(kind, by, object_id, stamp),
        actor_id=by,
        object_id=object_id,
        agreement_id=None,
        data=data or {},
        urgent=False,
        now=now,
        mailed_at=now,  # in apps only
        state=state,
    )
    return added is not None


def _named(tx: Transaction, status: Status) -> list[int]:
    """The people of ours who are mentioned, and may see it."""
    uris = mentioned(status.document)
    if not uris:
        return []
    statement = (
        sa.select(accounts.c.actor_id)
        .join(actors, actors.c.id == accounts.c.actor_id)
        .where(actors.c.uri.in_(uris))
        .order_by(accounts.c.actor_id)
    )
    if not status.visibility.open:
        statement = statement.where(
            actors.c.uri.in_(sa.select(recipients.c.uri).where(recipients.c.object_id == status.id))
        )
    return [row.actor_id for row in tx.all(statement)]


def mentioned(document: str) -> list[str]:
    """The IRIs that the mentions of a stored object name."""
    try:
        read = orjson.loads(document)
    except orjson.JSONDecodeError:
        return []
    tags = read.get("tag") if isinstance(read, dict) else None
    found: list[str] = []
    for tag in tags if isinstance(tags, list) else [tags]:
        if isinstance(tag, dict) and tag.get("type") == "Mention":
            href = tag.get("href")
            if isinstance(href, str):
                found.append(href)
    return list(dict.fromkeys(found))[:MENTIONS_MOST]


def _answers_another(tx: Transaction, status: Status) -> bool:
    if status.in_reply_to is None:
        return False
    author = tx.scalar(sa.select(objects.c.author_id).where(objects.c.uri == status.in_reply_to))
    return bool(author != status.author_id)
