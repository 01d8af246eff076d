"""One's profile as apps change it: words, fields, pictures, and what is set beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from node.actions import finding
from node.actions import follows as following
from node.actions.accounts import set_profile
from node.actions.pictures import BYTES_MOST
from node.actions.posts.notes import mentioned
from node.errors import Conflict, Invalid, NotFound
from node.ids import new_id
from node.media.files import Files, new_name
from node.media.workshop import Made, Workshop
from node.moderation.policy import check_domain
from node.outbox.here import Here
from node.social import limits, preferences, writing
from node.social.accounts import Actor
from node.social.membership import NAME_MAX, SUMMARY_MAX, lines, one_line
from node.social.posts import language_of, policy_of
from node.store import accounts, actors, pictures, relations
from node.store.engine import Store
from node.store.pictures import Picture
from node.store.transaction import Transaction

Which = Literal["avatar", "header"]

SIDES: Final[Mapping[Which, int]] = {"avatar": 400, "header": 1_500}
"""Pixels; longer ones are scaled down to it."""
POSITIONS: Final[Mapping[Which, int]] = {"avatar": 0, "header": 1}
COLUMNS: Final[Mapping[Which, str]] = {"avatar": "icon_url", "header": "header_url"}
DOMAINS_MOST: Final = 10
REQUESTS_MOST: Final = 1_000
"""Answered at once when somebody opens their door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is None stays."""

    name: str | None = None
    note: str | None = None
    fields: Sequence[tuple[str, str]] | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    """Of `FLAGS`."""
    preferences: Mapping[str, Any] = field(default_factory=dict)
    """Of `social.preferences.Preferences`, not checked."""
    attribution_domains: Sequence[str] | None = None


FLAGS: Final[Mapping[str, str]] = {
    "locked": "manually_approves",
    "bot": "bot",
    "discoverable": "discoverable",
    "indexable": "indexable",
}
"""As apps name them → columns of the actor."""


def change(tx: Transaction, here: Here, me: Actor, wanted: Change) -> Actor:
    """Raises Invalid with what to do. Followers and neighbours learn of what they can see."""
    account, now = accounts.by_actor(tx, me.id), actors.by_id(tx, me.id)
    if account is None or now is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    me = now
    columns: dict[str, Any] = {FLAGS[name]: value for name, value in wanted.flags.items()}
    kept = dict(account.preferences) | check_preferences(wanted.preferences)
    if wanted.name is not None:
        columns["name"] = one_line(wanted.name, NAME_MAX, "Le nom affiché") or me.username
    if wanted.note is not None:
        kept["note"] = lines(wanted.note, SUMMARY_MAX, "La présentation")
        columns["summary"] = html(tx, here, kept["note"])
    if wanted.fields is not None:
        kept["fields"] = check_fields(wanted.fields)
        columns["fields"] = [
            {"name": name, "value": _value(tx, here, value), "verified_at": _verified(me, value)}
            for name, value in kept["fields"]
        ]
    if wanted.attribution_domains is not None:
        kept["attribution_domains"] = check_domains(wanted.attribution_domains)
    if kept != account.preferences:
        accounts.change(tx, me.id, preferences=kept)
    opens = me.manually_approves and columns.get("manually_approves") is False
    changed = set_profile(tx, here, me, columns)
    if opens:
        _let_in(tx, here, changed)
    return changed


def html(tx: Transaction, here: Here, text: str) -> str:
    """Links, hashtags, and whoever is known by the names in it."""
    people = {}
    for typed in writing.handles(text)[: limits.MENTIONS]:
        found = finding.by_handle(tx, here, typed)
        if found is not None and not found.suspended:
            people[typed] = mentioned(found)
    return writing.to_html(text, people, here.addresses.tag)


def _value(tx: Transaction, here: Here, text: str) -> str:
    """In one line; the links are one's own."""
    whole = html(tx, here, text).removeprefix("<p>").removesuffix("</p>")
    return whole.replace('rel="nofollow noopener"', 'rel="nofollow noopener me"')


def _verified(me: Actor, value: str) -> float | None:
    """What was seen to be theirs is so until they write another address."""
    return next(
        (one.get("verified_at") for one in me.fields if f'"{value}"' in str(one["value"])), None
    )


def _let_in(tx: Transaction, here: Here, me: Actor) -> None:
    """Whoever waits at a door that is opened comes in."""
    waiting = relations.people(
        tx, "requests", me.id, below=None, above=None, upward=True, most=REQUESTS_MOST
    )
    for follower in actors.by_ids(tx, [other for _, other in waiting]).values():
        following.accept(tx, here, me, follower)


# ── checked ──────────────────────────────────────────────────────────────────────────────────


def check_preferences(given: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in given.items():
        match name:
            case "privacy":
                if value not in preferences.PRIVACIES:
                    raise Invalid("La visibilité est public, unlisted, private ou direct.")
                checked[name] = value
            case "language":
                checked[name] = language_of(value) if value else ""
            case "quote_policy":
                checked[name] = policy_of(value)
            case "sensitive" | "hide_collections":
                checked[name] = bool(value)
            case _:
                raise Invalid(f"Il n’y a rien à régler sous le nom {name}.")
    return checked


def check_fields(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those with nothing in them are left out."""
    most = limits.FIELD_CHARACTERS
    kept = []
    for name, value in given:
        named = one_line(name, most, "Le nom d’un champ")
        said = one_line(value, most, "Un champ")
        if named and said:
            kept.append((named, said))
        elif said:
            raise Invalid("Donnez un nom à chaque champ du profil.")
    if len(kept) > limits.FIELDS:
        raise Invalid(f"Au plus {limits.FIELDS} champs dans un profil.")
    return kept


def check_domains(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(check_domain(one) for one in given if one.strip()))
    if len(found) > DOMAINS_MOST:
        raise Invalid(f"Au plus {DOMAINS_MOST} sites.")
    return found


# ── pictures ─────────────────────────────────────────────────────────────────────────────────


class Portraits:
    """Makes the pictures of a profile, and keeps them."""

    def __init__(self, store: Store, here: Here, workshop: Workshop, files: Files) -> None:
        self._store = store
        self._here = here
        self._workshop = workshop
        self._files = files

    async def set(self, me: Actor, which: Which, content: bytes) -> None:
        """Raises Invalid, TooLarge, Conflict for no room, Unavailable."""
        made = await self._workshop.make(content, side=SIDES[which])
        name = new_name(made.ending)
        await asyncio.to_thread(self._files.write, name, made.content)
        picture = _picture(me, which, name, made, self._here.clock.now())
        try:
            await self._store.write(_set, self._here, me.id, which, picture)
        except Exception:
            await asyncio.to_thread(self._files.forget, (name,))
            raise

    async def remove(self, me: Actor, which: Which) -> None:
        await self._store.write(_set, self._here, me.id, which, None)


def _picture(me: Actor, which: Which, name: str, made: Made, now: float) -> Picture:
    return Picture(
        id=new_id(),
        owner_id=me.id,
        name=name,
        media_type=made.media_type,
        bytes=len(made.content),
        width=made.width,
        height=made.height,
        alt="",
        object_id=me.id,
        position=POSITIONS[which],
        created_at=now,
        blurhash=made.blurhash,
    )


def _set(tx: Transaction, here: Here, me_id: int, which: Which, picture: Picture | None) -> None:
    """In place of the one before, whose file goes after the commit."""
    me = actors.by_id(tx, me_id)
    if me is None:
        raise NotFound("Il n’y a personne de ce nom ici.")
    for before in pictures.of_object(tx, me.id):
        if before.position == POSITIONS[which]:
            pictures.remove(tx, before.id)
    url = None
    if picture is not None:
        if pictures.bytes_of(tx, me.id) >= BYTES_MOST:
            raise Conflict("Vos images prennent toute la place prévue : retirez-en d’anciennes.")
        pictures.insert(tx, picture)
        url = here.addresses.media(picture.name)
    elif getattr(me, COLUMNS[which]) is None:
        return
    set_profile(tx, here, me, {COLUMNS[which]: url})
