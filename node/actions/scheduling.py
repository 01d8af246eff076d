"""Posts that are to be published later."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from node.actions.posts import Made, post_once
from node.actions.posts.making import attach, own_pictures, replied_to
from node.actions.posts.once import KEY_MOST, made_before
from node.clock import from_iso
from node.errors import EntraideError, Invalid, NotFound
from node.ids import new_id
from node.outbox.here import Here
from node.social import limits, posts
from node.social.accounts import Actor
from node.social.posts import Ballot, Post
from node.social.visibility import Visibility
from node.store import actors, pictures, scheduled
from node.store.scheduled import Scheduled
from node.store.transaction import Transaction

log = logging.getLogger(__name__)

DAY_S: Final = 86_400.0
MISSING: Final = "Record not found"
_WORDS: Final = {known: word for word, known in posts.WORDS.items()}


def time_of(text: str, now: float) -> float:
    """Raises Invalid for what is no time, or too near."""
    try:
        at = from_iso(text.strip())
    except (ValueError, OverflowError):
        raise Invalid("scheduled_at est une date : 2026-11-30T18:00:00Z, par exemple.") from None
    if at < now + limits.SCHEDULE_AHEAD_S:
        raise Invalid("Scheduled at The scheduled date must be in the future")
    return at


def schedule(
    tx: Transaction,
    here: Here,
    author: Actor,
    post: Post,
    *,
    at: float,
    key: str = "",
    app_id: int | None = None,
) -> Made:
    """Kept until then. Raises what publishing it now would raise, and Invalid for too many."""
    now, identifier = here.clock.now(), new_id()
    if key:
        before = made_before(tx, author, key, now=now)
        if before is not None:
            return before
        scheduled.claim(tx, author.id, key[:KEY_MOST], identifier, scheduled=True, now=now)
    post = posts.check(post)
    replied_to(tx, author, post.reply_to)
    own_pictures(tx, author, post.media, identifier)
    _check_room(tx, author, at)
    made = Scheduled(identifier, author.id, at, fields_of(post, app_id), app_id, now)
    scheduled.insert(tx, made)
    attach(tx, author, identifier, post.media)
    tx.ring(BELL)
    return Made(None, made)


BELL: Final = "scheduled"


def _check_room(tx: Transaction, author: Actor, at: float) -> None:
    if scheduled.count(tx, author.id) >= limits.SCHEDULED:
        raise Invalid("You have exceeded the limit of 300 scheduled posts")
    day = at - at % DAY_S
    if scheduled.count(tx, author.id, since=day, until=day + DAY_S) >= limits.SCHEDULED_A_DAY:
        raise Invalid("You have exceeded the limit of 25 scheduled posts for that day")


def own(tx: Transaction, author: Actor, identifier: int) -> Scheduled:
    """Raises NotFound."""
    found = scheduled.by_id(tx, author.id, identifier)
    if found is None:
        raise NotFound(MISSING)
    return found


def move(tx: Transaction, author: Actor, identifier: int, at: float) -> Scheduled:
    """To another time."""
    found = own(tx, author, identifier)
    _check_room(tx, author, at)
    scheduled.move(tx, found.id, at)
    tx.ring(BELL)
    return own(tx, author, identifier)


def drop(tx: Transaction, here: Here, author: Actor, identifier: int) -> None:
    found = own(tx, author, identifier)
    pictures.detach(tx, found.id, now=here.clock.now())
    scheduled.remove(tx, found.id)


def publish_due(
    tx: Transaction, here: Here, one: Scheduled, people: Mapping[str, Actor]
) -> Made | None:
    """Its time has come. None when somebody else did it, and when it cannot be published any more
    (what it answers is gone, say)."""
    author = actors.by_id(tx, one.account_id)
    if author is None or author.suspended or author.gone or not scheduled.remove(tx, one.id):
        return None
    pictures.detach(tx, one.id, now=here.clock.now())
    try:
        return post_once(tx, here, author, post_of(one), people, app_id=one.app_id)
    except EntraideError as error:
        log.info("the scheduled post %d is not published: %s", one.id, error)
        return None


# ── as it is kept ────────────────────────────────────────────────────────────────────────────


def fields_of(post: Post, app_id: int | None) -> dict[str, Any]:
    """As apps read it (`ScheduledStatus.params`)."""
    ballot = post.ballot
    return {
        "text": post.text,
        "poll": None
        if ballot is None
        else {
            "options": list(ballot.options),
            "expires_in": str(ballot.expires_in),
            "multiple": ballot.multiple,
            "hide_totals": ballot.hide_totals,
        },
        "media_ids": [str(one) for one in post.media] or None,
        "sensitive": post.sensitive,
        "spoiler_text": post.spoiler or None,
        "visibility": _WORDS[post.visibility],
        "in_reply_to_id": str(post.reply_to) if post.reply_to is not None else None,
        "language": post.language,
        "application_id": app_id,
        "scheduled_at": None,
        "idempotency": None,
        "with_rate_limit": False,
        "quoted_status_id": str(post.quoted) if post.quoted is not None else None,
        "quote_approval_policy": post.quote_policy,
    }


def post_of(one: Scheduled) -> Post:
    fields = one.fields
    poll = fields.get("poll")
    reply, quoted = fields.get("in_reply_to_id"), fields.get("quoted_status_id")
    return Post(
        text=str(fields.get("text") or ""),
        spoiler=str(fields.get("spoiler_text") or ""),
        visibility=posts.WORDS.get(str(fields.get("visibility")), Visibility.DIRECT),
        language=str(fields.get("language") or "fr"),
        sensitive=bool(fields.get("sensitive")),
        reply_to=int(reply) if reply else None,
        media=tuple(int(one) for one in fields.get("media_ids") or ()),
        ballot=None
        if not poll
        else Ballot(
            options=tuple(poll["options"]),
            expires_in=int(poll["expires_in"]),
            multiple=bool(poll["multiple"]),
            hide_totals=bool(poll["hide_totals"]),
        ),
        quoted=int(quoted) if quoted else None,
        quote_policy=posts.policy_of(str(fields.get("quote_approval_policy") or "public")),
    )
