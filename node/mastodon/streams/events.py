"""What a call means for those who listen: looked up once, shown once for all who see the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from node.ids import id_time
from node.mastodon.entities.conversation import conversations
from node.mastodon.entities.notification import notifications
from node.mastodon.entities.status import page
from node.mastodon.streams.channels import PUBLIC, Key
from node.mastodon.streams.line import Line
from node.outbox.here import Here
from node.social.accounts import Actor, allows
from node.social.statuses import Status
from node.social.visibility import Visibility
from node.store import actors, listening, objects, timelines
from node.store import conversations as conversations_store
from node.store import notification_pages as pages
from node.store.timelines import Entry
from node.store.transaction import Transaction

FRESH_S: Final = 6 * 3600.0
"""What was published before, and is only found now, is no news."""
NOBODY: Final[frozenset[int]] = frozenset()
OWN_MARKS: Final[dict[str, Any]] = {
    "favourited": False,
    "reblogged": False,
    "muted": False,
    "bookmarked": False,
    "filtered": [],
}
"""Of a status that somebody who is signed in did nothing with."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event for everybody on some channels, or for `only` some people there, `but` for some."""

    keys: Sequence[Key]
    event: str
    payload: str | None
    only: frozenset[int] | None = None
    but: frozenset[int] = NOBODY
    scope: str | None = None

    def is_for(self, line: Line) -> bool:
        account = line.account_id
        if (self.only is not None and account not in self.only) or account in self.but:
            return False
        return self.scope is None or (
            line.grant is not None and allows(line.grant.scopes, self.scope)
        )


def look_up(
    tx: Transaction,
    here: Here,
    calls: Sequence[tuple[str, ...]],
    keys: frozenset[Key],
    listeners: frozenset[int],
) -> list[Told]:
    """In the order of the calls; `keys` are the channels to which somebody listens here, and
    `listeners` who is signed in on those that are the same for everybody."""
    looking = _Looking(tx, here, keys, listeners)
    told: list[Told] = []
    for verb, *about in calls:
        number, more = int(about[0]), [int(one) for one in about[1:]]
        match verb:
            case "written":
                told += looking.status(number, "update")
            case "edited":
                told += looking.status(number, "status.update")
            case "shared":
                told += looking.share(number)
            case "gone":
                told += looking.gone(number, open=bool(more[0]))
            case "told":
                told += looking.notification(number, more[0])
            case "talked":
                told += looking.conversation(number, more[0])
            case "filters":
                told.append(Told((("user", number),), "filters_changed", None))
            case "let-in":
                both = (("user", number), ("user:notification", number))
                told.append(Told(both, "notifications_merged", "1", scope="read:notifications"))
    return told


class _Looking:
    def __init__(
        self, tx: Transaction, here: Here, keys: frozenset[Key], listeners: frozenset[int]
    ) -> None:
        self.tx = tx
        self.here = here
        self.keys = keys
        self.listeners = listeners
        self.now = here.clock.now()
        self.at_home = self._owners("user")
        self.lists = self._owners("list")

    def _owners(self, name: str) -> set[int]:
        return {whose for one, whose in self.keys if one == name and isinstance(whose, int)}

    def _me(self, account_id: int) -> Actor | None:
        return actors.by_id(self.tx, account_id)

    # ── statuses ─────────────────────────────────────────────────────────────────────────────

    def status(self, identifier: int, event: str) -> Iterator[Told]:
        fresh = event == "update"
        if fresh and self.now - id_time(identifier) > FRESH_S:
            return
        status = objects.by_id(self.tx, identifier)
        if status is None:
            return
        tx = self.tx
        home = (listening.with_entry if fresh else listening.with_object)(
            tx, identifier, self.at_home
        )
        into = (listening.in_lists if fresh else listening.in_lists_with_object)(
            tx, identifier, self.lists
        )
        if not fresh:  # whom somebody left or muted since is no news to them
            away = self.turned_away(status, {*home, *into.values()})
            home -= away
            into = {one: owner for one, owner in into.items() if owner not in away}
        shown = _Shown(self, status, event, Entry(identifier, identifier))
        yield from shown.to({("user", one): one for one in home})
        yield from shown.to({("list", one): owner for one, owner in into.items()})
        yield from shown.to_all(self._public(status))

    def turned_away(self, status: Status, people: Collection[int]) -> set[int]:
        """Who of these does not read the author."""
        if not people:
            return set()
        author = actors.by_id(self.tx, status.author_id)
        domains = [author.domain] if author is not None and not author.local else []
        return listening.turned_away(self.tx, [status.author_id], domains, people, now=self.now)

    def _public(self, status: Status) -> list[Key]:
        """The channels that are the same for everybody."""
        if status.visibility is not Visibility.PUBLIC:
            return []
        where = ":local" if status.local else ":remote"
        wanted: set[Key] = {("public", 0), (f"public{where}", 0)}
        wanted |= {("public:media", 0), (f"public{where}:media", 0)}
        if (wanted & self.keys) and listening.answers_another(self.tx, status.id):
            wanted.clear()
        tags = {whose for name, whose in self.keys if name.startswith("hashtag")}
        if tags:
            for slug in listening.slugs_of(self.tx, status.id) & tags:
                wanted.add(("hashtag", slug))
                if status.local:
                    wanted.add(("hashtag:local", slug))
        wanted &= self.keys
        if not wanted or not timelines.is_public(self.tx, status.id):
            return []
        return sorted(wanted, key=str)

    def share(self, identifier: int) -> Iterator[Told]:
        if not self.at_home and not self.lists:
            return
        share = listening.share(self.tx, identifier)
        status = objects.by_id(self.tx, share.object_id) if share is not None else None
        if share is None or status is None:
            return
        entry = Entry(identifier, status.id, share.actor_id)
        shown = _Shown(self, status, "update", entry)
        home = listening.with_entry(self.tx, identifier, self.at_home)
        into = listening.in_lists(self.tx, identifier, self.lists)
        yield from shown.to({("user", one): one for one in home})
        yield from shown.to({("list", one): owner for one, owner in into.items()})

    def gone(self, identifier: int, *, open: bool) -> Iterator[Told]:
        names = {"user", "list"} | ({*PUBLIC, "hashtag", "hashtag:local"} if open else set())
        keys = [key for key in self.keys if key[0] in names]
        if keys:
            yield Told(keys, "delete", str(identifier))

    # ── what is one's own ────────────────────────────────────────────────────────────────────

    def notification(self, identifier: int, account_id: int) -> Iterator[Told]:
        keys = [key for key in self.keys if key in _of(account_id, "user", "user:notification")]
        me = self._me(account_id) if keys else None
        found = pages.shown(self.tx, account_id, identifier) if me is not None else None
        if me is None or found is None:
            return
        for entity in notifications(self.tx, self.here, me, [found]):
            yield Told(keys, "notification", _json(entity), scope="read:notifications")

    def conversation(self, identifier: int, account_id: int) -> Iterator[Told]:
        keys = [key for key in self.keys if key in _of(account_id, "direct")]
        me = self._me(account_id) if keys else None
        found = conversations_store.by_id(self.tx, account_id, identifier) if me else None
        if me is None or found is None:
            return
        for entity in conversations(self.tx, self.here, me, [found]):
            yield Told(keys, "conversation", _json(entity))


def _of(account_id: int, *names: str) -> set[Key]:
    return {(name, account_id) for name in names}


def _json(entity: dict[str, Any]) -> str:
    return orjson.dumps(entity).decode()


class _Shown:
    """A status as different people see it: made for those who see something of their own, and
    once for all others."""

    def __init__(self, looking: _Looking, status: Status, event: str, entry: Entry) -> None:
        self._looking = looking
        self._status = status
        self._event = event
        self._entry = entry
        self._made: dict[int | None, dict[str, Any] | None] = {}

    def to(self, keys: dict[Key, int]) -> Iterator[Told]:
        """Channels of single people."""
        if not keys:
            return
        special = self._special(set(keys.values()))
        same = [key for key, account in keys.items() if account not in special]
        plain = self._seen_by(None) if same else None
        if plain is not None:
            yield Told(same, self._event, _json(_marked(plain)))
        for key, account in keys.items():
            own = self._seen_by(account) if account in special else None
            if own is not None:
                yield Told((key,), self._event, _json(own))

    def to_all(self, keys: list[Key]) -> Iterator[Told]:
        """Channels to which anybody listens, whom the hub names."""
        plain = self._seen_by(None) if keys else None
        if plain is None:
            return
        if not plain["media_attachments"]:
            keys = [key for key in keys if not key[0].endswith(":media")]
        if not keys:
            return
        listeners = self._looking.listeners
        away = self._looking.turned_away(self._status, listeners)
        special = self._special(listeners - away)
        yield Told(keys, self._event, _json(plain), but=frozenset(away | special))
        for account in sorted(special):
            own = self._seen_by(account)
            if own is not None:
                yield Told(keys, self._event, _json(own), only=frozenset((account,)))

    def _special(self, people: Collection[int]) -> set[int]:
        """Who sees something of their own in it."""
        if not people:
            return set()
        tx, status = self._looking.tx, self._status
        found = listening.with_filters(tx, people, now=self._looking.now)
        found |= {status.author_id} & set(people)
        if self._event != "update" or self._entry.shared_by is not None:
            found |= listening.with_marks(tx, status.id, status.context, people)
        return found

    def _seen_by(self, account_id: int | None) -> dict[str, Any] | None:
        if account_id not in self._made:
            tx, here = self._looking.tx, self._looking.here
            viewer = actors.by_id(tx, account_id) if account_id is not None else None
            made = page(tx, here, viewer, [self._entry])
            self._made[account_id] = made[0] if made else None
        return self._made[account_id]


def _marked(entity: dict[str, Any]) -> dict[str, Any]:
    """As somebody who is signed in sees what they did nothing with."""
    made = entity | OWN_MARKS
    if isinstance(made.get("reblog"), dict):
        made["reblog"] = _marked(made["reblog"])
    if isinstance(made.get("poll"), dict):
        made["poll"] = made["poll"] | {"voted": False, "own_votes": []}
    return made
