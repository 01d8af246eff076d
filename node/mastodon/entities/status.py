"""The Status entity: all of a page in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from node.actions import parts as parts_kept
from node.activitypub.html import plain_text
from node.ids import id_time
from node.mastodon.entities.account_json import fragments
from node.mastodon.entities.filter import result
from node.mastodon.entities.poll import polls
from node.mastodon.entities.quote import approval, quote, shallow
from node.mastodon.entities.times import moment
from node.outbox.here import Here
from node.social.accounts import Actor
from node.social.filters import Filter, matches
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import filters, status_rows, timelines, visible
from node.store.status_rows import Marks
from node.store.timelines import Entry
from node.store.transaction import Row, Transaction

VISIBILITIES: Final = {"followers": "private"}
_NAMED: Final = frozenset({"Note", "Question"})
"""Types whose title, if they have one, stands in their words already."""


def render(
    tx: Transaction, here: Here, viewer: Actor | None, statuses: Sequence[Status]
) -> list[dict[str, Any]]:
    """Statuses that the viewer may see, in their order."""
    return by_ids(tx, here, viewer, [one.id for one in statuses])


def by_ids(
    tx: Transaction, here: Here, viewer: Actor | None, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """In their order; what is not there is left out."""
    return page(tx, here, viewer, [Entry(one, one) for one in ids])


def page(
    tx: Transaction,
    here: Here,
    viewer: Actor | None,
    entries: Sequence[Entry],
    *,
    rows: Mapping[int, Row] | None = None,
) -> list[dict[str, Any]]:
    """Statuses, and those that somebody shared. The viewer may see them; `rows`, where they were
    read already."""
    if rows is None:
        rows = status_rows.by_ids(tx, {one.object_id for one in entries})
    shown = _Page(tx, here, viewer, entries, rows)
    made = (shown.entry(one) for one in entries)
    return [one for one in made if one is not None]


class _Page:
    """What is looked up for a page, and the entities made of it."""

    def __init__(
        self,
        tx: Transaction,
        here: Here,
        viewer: Actor | None,
        entries: Sequence[Entry],
        rows: Mapping[int, Row],
    ) -> None:
        self.here = here
        self.viewer = viewer
        self.rows = rows
        self.quoted = self._quoted(tx)
        every = {**self.quoted, **self.rows}
        sharers = {one.shared_by for one in entries if one.shared_by is not None}
        self.people = fragments(tx, here, {row.author_id for row in every.values()} | sharers)
        self.sharing = status_rows.sharing(tx, [one.number for one in entries if one.shared_by])
        self.parts = self._parts(tx, every)
        with_poll = [row.id for row in every.values() if row.poll_id is not None]
        self.polls = polls(tx, here, with_poll, viewer) if with_poll else {}
        self.marks = Marks()
        self.filters: Sequence[Filter] = ()
        self.unread = timelines.NOBODY
        if viewer is not None:
            self.marks = status_rows.marks(tx, viewer.id, every)
            self.filters = filters.in_force(tx, viewer.id, now=here.clock.now())
            if self.quoted:
                self.unread = timelines.unread(tx, viewer.id, now=here.clock.now())
        self._made: dict[int, dict[str, Any]] = {}

    def _quoted(self, tx: Transaction) -> dict[int, Row]:
        ids = {row.quoted_id for row in self.rows.values() if row.quote_state == "accepted"}
        found = status_rows.by_ids(tx, ids - {None})
        self.seen = visible.among(tx, self.viewer, found.values()) if found else set()
        return found

    def _parts(self, tx: Transaction, rows: Mapping[int, Row]) -> dict[int, dict[str, Any]]:
        lacking = {row.id for row in rows.values() if row.parts is None}
        own = {row.id for row in rows.values() if row.id in lacking and row.local}
        found = parts_kept.missing(tx, self.here, lacking, own) if lacking else {}
        for row in rows.values():
            if row.parts is not None:
                found[row.id] = orjson.loads(row.parts)
        return found

    # ── entities ─────────────────────────────────────────────────────────────────────────────

    def entry(self, one: Entry) -> dict[str, Any] | None:
        row = self.rows.get(one.object_id)
        made = self.status(row) if row is not None else None
        if made is None or one.shared_by is None:
            return made
        sharer = self.people.get(one.shared_by)
        if sharer is None:
            return None
        return made | {
            "id": str(one.number),
            "uri": self.sharing.get(one.number, made["uri"]),
            "created_at": moment(id_time(one.number)),
            "edited_at": None,
            "account": sharer,
            "content": "",
            "spoiler_text": "",
            "media_attachments": [],
            "mentions": [],
            "tags": [],
            "emojis": [],
            "poll": None,
            "card": None,
            "quote": None,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "reblog": made,
        }

    def status(self, row: Row) -> dict[str, Any] | None:
        found = self._made.get(row.id)
        if found is None:
            made = self._status(row)
            if made is None:
                return None
            made["quote"] = self._quote(row)
            found = self._made[row.id] = made
        return found

    def _status(self, row: Row) -> dict[str, Any] | None:
        account = self.people.get(row.author_id)
        if account is None:
            return None
        parts = self.parts[row.id]
        marks, identifier = self.marks, row.id
        made: dict[str, Any] = {
            "id": str(identifier),
            "created_at": moment(row.published),
            "in_reply_to_id": _text(row.parent_id),
            "in_reply_to_account_id": _text(row.parent_author_id),
            "sensitive": bool(row.sensitive),
            "spoiler_text": row.summary or "",
            "visibility": VISIBILITIES.get(row.visibility, row.visibility),
            "language": row.language,
            "uri": row.uri,
            "url": row.url or row.uri,
            "replies_count": row.replies or 0,
            "reblogs_count": row.shares or 0,
            "favourites_count": row.likes or 0,
            "quotes_count": row.quotes or 0,
            "edited_at": edited_at(row),
            "content": content(row),
            "reblog": None,
            "account": account,
            "media_attachments": parts["attachments"],
            "mentions": parts["mentions"],
            "tags": [
                {"name": slug, "url": self.here.addresses.tag(slug)} for slug in parts["tags"]
            ],
            "emojis": parts["emojis"],
            "card": None,
            "poll": self.polls.get(identifier),
            "quote": None,
            "quote_approval": approval(row, self.viewer, marks),
        }
        if "application" in parts:
            made["application"] = parts["application"]
        if self.viewer is None:
            return made
        made["favourited"] = identifier in marks.liked
        made["reblogged"] = identifier in marks.shared
        made["muted"] = identifier in marks.quiet
        made["bookmarked"] = identifier in marks.kept
        if row.author_id == self.viewer.id and row.visibility != Visibility.DIRECT:
            made["pinned"] = identifier in marks.pinned
        made["filtered"] = self._filtered(row, made) if self.filters else []
        return made

    def _quote(self, row: Row) -> dict[str, Any] | None:
        if row.quote_state is None:
            return None
        quoted = self.quoted.get(row.quoted_id)
        inside = None
        if quoted is not None and quoted.id in self.seen:
            inside = self._status(quoted)
            if inside is not None:
                inside["quote"] = shallow(quoted)
        domain = urlsplit(quoted.uri).netloc if quoted is not None and not quoted.local else ""
        return quote(row, quoted, inside, domain, self.unread)

    def _filtered(self, row: Row, made: Mapping[str, Any]) -> list[dict[str, Any]]:
        poll = made["poll"]
        words = (
            made["spoiler_text"],
            plain_text(made["content"]),
            *(one["title"] for one in (poll["options"] if poll else ())),
            *(one["description"] or "" for one in made["media_attachments"]),
        )
        found = matches(self.filters, "\n\n".join(words), (row.id,))
        return [result(one) for one in found]


def content(row: Row) -> str:
    """Films, articles, events have a title, and a place where they are at home."""
    words: str = row.content
    if not row.name or row.type in _NAMED:
        return words
    href = escape(row.url or row.uri)
    return f'<p><a href="{href}" rel="nofollow noopener">{escape(row.name)}</a></p>{words}'


def edited_at(row: Row) -> str | None:
    """Some servers say of everything new that it was updated when it was published."""
    updated: float | None = row.updated
    return moment(updated) if updated is not None and updated > row.published else None


def _text(identifier: int | None) -> str | None:
    return None if identifier is None else str(identifier)


def joined(found: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """By id."""
    return {int(one["id"]): one for one in found}
