"""The Account entity, and CredentialAccount, which is one's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from node.activitypub.html import plain_text
from node.mastodon.entities.emoji import emoji
from node.mastodon.entities.times import maybe, moment
from node.outbox.here import Here
from node.social import preferences
from node.social.accounts import Actor
from node.store import accounts as accounts_store
from node.store import actors, relations, silences, tallies
from node.store.accounts import Account
from node.store.tallies import ActorTally
from node.store.transaction import Transaction

DAY_S: Final = 86_400
NOBODY: Final = ActorTally()

# Which of them have which permissions: those of Mastodon that there is something for here.
_VIEWS: Final = 0x4 | 0x8 | 0x10 | 0x20 | 0x200 | 0x400
_ROLES: Final[Mapping[str, tuple[str, str, int]]] = {
    "member": ("-99", "", 0x10000),
    "mediator": ("2", "Médiation", _VIEWS | 0x10000),
    "admin": ("3", "Administration", 0x1 | _VIEWS | 0x10000),
}
COLOUR: Final = "#2d6a4f"


def accounts(tx: Transaction, here: Here, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """By id; in a constant number of queries. Who was deleted is left out."""
    return of_actors(tx, here, actors.by_ids(tx, set(ids)).values())


def one(tx: Transaction, here: Here, actor: Actor) -> dict[str, Any]:
    return of_actors(tx, here, (actor,))[actor.id]


def listed(tx: Transaction, here: Here, ids: Sequence[int]) -> list[dict[str, Any]]:
    """In the order of the ids."""
    found = accounts(tx, here, ids)
    return [found[identifier] for identifier in ids if identifier in found]


def of_actors(tx: Transaction, here: Here, found: Collection[Actor]) -> dict[int, dict[str, Any]]:
    wanted = {actor.id: actor for actor in found if not actor.gone}
    moved = actors.by_uris(tx, {one.moved_to for one in wanted.values() if one.moved_to})
    everybody = wanted | {one.id: one for one in moved.values() if not one.gone}
    ids = list(everybody)
    about = _About(
        tallies.of_actors(tx, ids),
        accounts_store.people(tx, [one.id for one in everybody.values() if one.local]),
        silences.among(tx, ids),
    )
    told = {}
    for actor in wanted.values():
        told[actor.id] = _account(here, actor, about)
        new = moved.get(actor.moved_to or "")
        if new is not None and new.id in everybody and not actor.suspended:
            told[actor.id]["moved"] = _account(here, new, about)
    return told


@dataclass(frozen=True, slots=True)
class _About:
    tallies: Mapping[int, ActorTally]
    people: Mapping[int, tuple[str, Mapping[str, Any]]]
    silenced: set[int]


def _account(here: Here, actor: Actor, about: _About) -> dict[str, Any]:
    tally = about.tallies.get(actor.id, NOBODY)
    role, set_ = about.people.get(actor.id, ("member", {}))
    shown = not actor.suspended
    made = {
        "id": str(actor.id),
        "username": actor.username,
        "acct": actor.username if actor.local else actor.handle,
        "url": actor.url or actor.uri,
        "uri": actor.uri,
        "display_name": actor.name if shown else "",
        "note": actor.summary if shown else "",
        **_pictures(here, actor),
        "locked": actor.manually_approves,
        "fields": _fields(actor) if shown else [],
        "emojis": [emoji(one) for one in actor.emojis] if shown else [],
        "bot": actor.bot or actor.type in ("Application", "Service"),
        "group": actor.type == "Group",
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        # The day only, as Mastodon has it
        "created_at": moment(actor.created_at // DAY_S * DAY_S),
        "last_status_at": _day(tally.last_status_at),
        "statuses_count": tally.statuses,
        "followers_count": tally.followers,
        "following_count": tally.following,
        "hide_collections": bool(set_.get("hide_collections", False)) if actor.local else None,
        "roles": [_badge(role)] if actor.local and role != "member" else [],
    }
    if actor.local:
        made["noindex"] = not actor.indexable
    if actor.suspended:
        made["suspended"] = True
    if actor.id in about.silenced:
        made["limited"] = True
    return made


def _pictures(here: Here, actor: Actor) -> dict[str, str]:
    found = missing_pictures(here)
    if actor.suspended:
        return found
    if actor.icon_url:
        found |= {"avatar": actor.icon_url, "avatar_static": actor.icon_url}
    if actor.header_url:
        found |= {"header": actor.header_url, "header_static": actor.header_url}
    return found


def missing_pictures(here: Here) -> dict[str, str]:
    """Addresses all the same: apps ask for what is there."""
    base = here.settings.base_url
    avatar, header = f"{base}/avatars/original/missing.png", f"{base}/headers/original/missing.png"
    return {"avatar": avatar, "avatar_static": avatar, "header": header, "header_static": header}


def _fields(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "name": field["name"],
            "value": field["value"],
            "verified_at": maybe(field.get("verified_at")),
        }
        for field in actor.fields
    ]


def _day(seconds: float | None) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


# ── roles ────────────────────────────────────────────────────────────────────────────────────


def _badge(role: str) -> dict[str, str]:
    identifier, name, _ = _ROLES[role]
    return {"id": identifier, "name": name, "color": COLOUR}


def role_entity(role: str) -> dict[str, Any]:
    """What one may do, for oneself."""
    identifier, name, permissions = _ROLES[role]
    return {
        "id": identifier,
        "name": name,
        "color": COLOUR if name else "",
        "permissions": str(permissions),
        "highlighted": bool(name),
    }


# ── one's own ────────────────────────────────────────────────────────────────────────────────


def credential(tx: Transaction, here: Here, actor: Actor, account: Account) -> dict[str, Any]:
    """CredentialAccount."""
    set_ = preferences.read(account.preferences)
    typed = dict(set_.fields)
    return one(tx, here, actor) | {
        "source": {
            "note": plain_text(actor.summary) if set_.note is None else set_.note,
            "fields": [
                field | {"value": typed.get(field["name"], plain_text(field["value"]))}
                for field in _fields(actor)
            ],
            "privacy": set_.privacy,
            "sensitive": set_.sensitive,
            "language": set_.language,
            "follow_requests_count": relations.requests_count(tx, actor.id),
            "hide_collections": set_.hide_collections,
            "discoverable": actor.discoverable,
            "indexable": actor.indexable,
            "attribution_domains": list(set_.attribution_domains),
            "quote_policy": set_.quote_policy,
        },
        "role": role_entity(account.role),
    }
