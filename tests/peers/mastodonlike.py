"""A server that sends and reads only what Mastodon sends and reads, and people who write on it.

    async with MastodonLike("zoe") as mastodon:
        zoe = mastodon.users["zoe"]
        await mastodon.write(zoe, "Je viens samedi !", to=(amina,), reply_to=proposal)
        letter = await mastodon.letter(zoe, 1)

It knows Notes, follows, boosts, edits and deletions, and nothing of agreements: what else comes
is kept in `unread`. The shapes are those of ``tests/data/corpus/mastodon``. What people see of it
all, in order, is `said`.
"""

from __future__ import annotations

import asyncio
import functools
import html
import itertools
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from node.activitypub.html import plain_text
from tests.peers.documents import PUBLIC, Document, User
from tests.peers.keys import PeerKeys
from tests.peers.peer import Peer

Visibility = Literal["public", "unlisted", "private", "direct"]

CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
        "Hashtag": "as:Hashtag",
    },
]
READ = frozenset({"Note", "Article", "Page", "Question", "Event", "Image", "Video", "Audio"})
"""What Mastodon makes a post of."""
HEARD = frozenset({"Accept", "Reject", "Follow", "Undo", "Like", "Add", "Remove", "Block", "Flag"})
_HASHTAG = re.compile(r"(?<!\w)#(\w+)")


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said, as people see it."""

    who: str
    visibility: Visibility | Literal["boost", "follow"]
    text: str


class MastodonLike(Peer):
    """The first of `names` is who reads boosts; each is a Person."""

    def __init__(self, *names: str, language: str = "fr", **more: Any) -> None:
        super().__init__("cavage", users=names or ("zoe",), **more)
        self.language = language
        self.said: list[Line] = []
        self.unread: list[Document] = []
        """What came and Mastodon cannot read."""
        self.letters: dict[str, list[Document]] = {}
        """Direct notes that came, by the actor IRI of the reader."""
        self._ids = itertools.count(114_000_000_000_000_001)
        self._inboxes: dict[str, str] = {}
        self._told = asyncio.Condition()

    def add_user(self, name: str, *, kind: str = "Person") -> User:
        user = self.users[name] = User(self.base, name, kind, keys=_keys())
        return user

    async def follow(self, actor: str, *, user: User | None = None) -> Document:
        name = f"@{actor.rsplit('/', 1)[1]}"
        self._say(Line(_handle(user or self.user), "follow", name))
        return await super().follow(actor, user=user)

    # ── writing ──────────────────────────────────────────────────────────────────────────────

    async def write(
        self,
        user: User,
        text: str,
        *,
        to: Iterable[str] = (),
        visibility: Visibility = "direct",
        reply_to: str | None = None,
        language: str | None = None,
        **more: Any,
    ) -> Document:
        """Post it, and send it to those mentioned. `to` are actors' IRIs; words with ``#`` become
        hashtags. The Note."""
        note = await self.note(
            user, text, to=to, visibility=visibility, reply_to=reply_to, language=language
        )
        note |= more
        self.serves[note["id"].removeprefix(self.base)] = note
        self._say(Line(_handle(user), visibility, text))
        await self.deliver(user, create(note), to)
        return note

    async def note(
        self,
        user: User,
        text: str,
        *,
        to: Iterable[str] = (),
        visibility: Visibility = "direct",
        reply_to: str | None = None,
        language: str | None = None,
    ) -> Document:
        """A Note that is not sent."""
        mentions = [await self._mention(uri, user) for uri in to]
        number = str(next(self._ids))
        uri = f"{user.id}/statuses/{number}"
        everybody, followers = [PUBLIC], [f"{user.id}/followers"]
        named = [one["href"] for one in mentions]
        addressed = {
            "public": (everybody, [*followers, *named]),
            "unlisted": (followers, [*everybody, *named]),
            "private": (followers, named),
            "direct": (named, []),
        }[visibility]
        content = self._content(text, mentions)
        note: Document = {
            "@context": CONTEXT,
            "id": uri,
            "type": "Note",
            "summary": None,
            "inReplyTo": reply_to,
            "published": _now(),
            "url": f"{self.base}/@{user.name}/{number}",
            "attributedTo": user.id,
            "to": addressed[0],
            "cc": addressed[1],
            "sensitive": False,
            "atomUri": uri,
            "inReplyToAtomUri": reply_to,
            "conversation": f"tag:{self.domain},2026-11-23:objectId={number}:"
            "objectType=Conversation",
            "content": content,
            "contentMap": {language or self.language: content},
            "attachment": [],
            "tag": [*mentions, *self._hashtags(text)],
            "replies": {
                "id": f"{uri}/replies",
                "type": "Collection",
                "first": {
                    "type": "CollectionPage",
                    "next": f"{uri}/replies?only_other_accounts=true&page=true",
                    "partOf": f"{uri}/replies",
                    "items": [],
                },
            },
        }
        return note

    async def edit(self, user: User, note: Document, text: str) -> Document:
        """The same note with other words, and the Update that says so."""
        mentions = [tag for tag in note["tag"] if tag["type"] == "Mention"]
        content = self._content(text, mentions)
        edited = note | {
            "content": content,
            "contentMap": {next(iter(note["contentMap"])): content},
            "tag": [*mentions, *self._hashtags(text)],
            "updated": _now(),
        }
        self.serves[note["id"].removeprefix(self.base)] = edited
        self._say(Line(_handle(user), _visibility(note), f"(✎) {text}"))
        update = create(edited) | {
            "id": f"{note['id']}#updates/{time.time_ns()}",
            "type": "Update",
            "published": _now(),
        }
        await self.deliver(user, update, [one["href"] for one in mentions])
        return edited

    async def delete(self, user: User, note: Document) -> None:
        tombstone = {"id": note["id"], "type": "Tombstone", "atomUri": note["id"]}
        self.serves[note["id"].removeprefix(self.base)] = {"type": "Tombstone", "id": note["id"]}
        self._say(Line(_handle(user), _visibility(note), "(✗)"))
        activity = {
            "@context": [CONTEXT[0], {name: CONTEXT[1][name] for name in ("ostatus", "atomUri")}],
            "id": f"{note['id']}#delete",
            "type": "Delete",
            "actor": user.id,
            "to": [PUBLIC],
            "object": tombstone,
        }
        named = [tag["href"] for tag in note["tag"] if tag["type"] == "Mention"]
        await self.deliver(user, activity, named)

    async def deliver(self, user: User, activity: Document, to: Iterable[str]) -> None:
        """Once to each inbox, which must take it."""
        for inbox in dict.fromkeys([await self._inbox(uri, user) for uri in to]):
            answer = await self.post(inbox, activity, user=user)
            assert answer.status in (200, 202), (answer.status, answer.body)

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    async def letter(self, user: User, number: int, *, seconds: float = 8.0) -> Document:
        """The direct note of that number, from 1, that came for somebody."""
        try:
            async with asyncio.timeout(seconds), self._told:
                while len(self.letters.get(user.id, [])) < number:
                    await self._told.wait()
        except TimeoutError:
            came = [self.text(one) for one in self.letters.get(user.id, [])]
            raise AssertionError(f"letter {number} did not come; these did: {came}") from None
        return self.letters[user.id][number - 1]

    async def heard(self, words: str, *, seconds: float = 8.0) -> Line:
        """The first line that has these words."""
        try:
            async with asyncio.timeout(seconds), self._told:
                while True:
                    for line in self.said:
                        if words in line.text:
                            return line
                    await self._told.wait()
        except TimeoutError:
            raise AssertionError(f"nobody said {words!r}: {self.said}") from None

    async def until(self, many: int, *, seconds: float = 8.0) -> None:
        """Wait for so many lines."""
        async with asyncio.timeout(seconds), self._told:
            while len(self.said) < many:
                await self._told.wait()

    def text(self, note: Document) -> str:
        """A note as somebody reads it, without the mention in front."""
        shown = plain_text(note["content"])
        return re.sub(r"^(?:@[\w.\-]+\s*)+", "", shown).strip()

    def _react(self, activity: Document) -> None:
        super()._react(activity)
        match activity.get("type"), activity.get("object"):
            case "Create" | "Update", dict(note) if note.get("type") in READ:
                self._read(activity, note)
            case "Announce", str(uri):
                self._later(self._boosted(activity, uri))
            case "Delete", _:
                pass
            case kind, inside if kind in HEARD and not _of_help(activity, inside):
                pass
            case _:
                self.unread.append(activity)

    def _read(self, activity: Document, note: Document) -> None:
        named = {tag["href"] for tag in note.get("tag", []) if tag.get("type") == "Mention"}
        mine = [user for user in self.users.values() if user.id in named]
        if PUBLIC in (*note.get("to", []), *note.get("cc", [])):
            if activity["type"] == "Create":
                self._say(Line(_name(note), "public", self.text(note)))
            return
        assert activity["type"] == "Create", "Mastodon shows no edit of a private note it lacks"
        for user in mine:
            # Direct is what is addressed to those mentioned and to nobody else.
            assert set(note["to"]) == named, "not what Mastodon takes for a direct message"
            self.letters.setdefault(user.id, []).append(note)
            self._say(Line(_name(note), "direct", self.text(note)))

    async def _boosted(self, activity: Document, uri: str) -> None:
        note = await self.get(uri)
        self._say(Line(f"@{activity['actor'].rsplit('/', 1)[1]}", "boost", self.text(note)))

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, line: Line) -> None:
        self.said.append(line)
        self._later(self._tell())

    async def _tell(self) -> None:
        async with self._told:
            self._told.notify_all()

    # ── shapes ───────────────────────────────────────────────────────────────────────────────

    async def _mention(self, uri: str, user: User) -> Document:
        actor = await self.get(uri, user=user)
        host = uri.split("/")[2]
        self._inboxes[uri] = actor["inbox"]
        return {
            "type": "Mention",
            "href": uri,
            "name": f"@{actor['preferredUsername']}@{host}",
        }

    async def _inbox(self, uri: str, user: User) -> str:
        if uri not in self._inboxes:
            self._inboxes[uri] = (await self.get(uri, user=user))["inbox"]
        return self._inboxes[uri]

    def _content(self, text: str, mentions: list[Document]) -> str:
        heads = " ".join(
            f'<span class="h-card" translate="no"><a href="{one["href"]}" class="u-url mention">'
            f"@<span>{one['name'].split('@')[1]}</span></a></span>"
            for one in mentions
        )
        linked = _HASHTAG.sub(
            lambda found: (
                f'<a href="{self.base}/tags/{found[1]}" class="mention hashtag" rel="tag">'
                f"#<span>{found[1]}</span></a>"
            ),
            html.escape(text, quote=False),
        )
        paragraphs = [one.replace("\n", "<br />") for one in linked.split("\n\n")]
        paragraphs[0] = f"{heads} {paragraphs[0]}".strip()
        return "".join(f"<p>{one}</p>" for one in paragraphs)

    def _hashtags(self, text: str) -> list[Document]:
        return [
            {"type": "Hashtag", "href": f"{self.base}/tags/{name}", "name": f"#{name.lower()}"}
            for name in dict.fromkeys(_HASHTAG.findall(text))
        ]


def create(note: Document) -> Document:
    """The Create of a Note, as Mastodon sends it."""
    return {
        "@context": CONTEXT,
        "id": f"{note['id']}/activity",
        "type": "Create",
        "actor": note["attributedTo"],
        "published": note["published"],
        "to": note["to"],
        "cc": note["cc"],
        "object": {name: value for name, value in note.items() if name != "@context"},
    }


def _of_help(activity: Document, inside: Any) -> bool:
    """An Accept or Undo of what is no follow and no reaction."""
    kind = inside.get("type") if isinstance(inside, dict) else None
    return kind in ("Offer", "Agreement") or "result" in activity


@functools.cache
def _keys() -> PeerKeys:
    """Making an RSA key takes long, and nothing here depends on whose it is."""
    return PeerKeys.generate()


def _handle(user: User) -> str:
    return f"@{user.name}"


def _visibility(note: Document) -> Visibility:
    if PUBLIC in note["to"]:
        return "public"
    return "unlisted" if PUBLIC in note["cc"] else "direct"


def _name(note: Document) -> str:
    return f"@{note['attributedTo'].rsplit('/', 1)[1]}"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
