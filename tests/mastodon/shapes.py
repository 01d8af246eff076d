"""The entities of Mastodon's documentation for 4.5, as tables: every field, its type, whether it
may be null and whether it may be left out. Written from docs.joinmastodon.org/entities.

    check(answer, ACCOUNT)          # AssertionError with the path of what does not fit
    check(answers, [ACCOUNT])

A kind is: a type; a table of fields; `[kind]` for a list of any length; a set of the words that
are allowed; `null(kind)`; and, for a field, `optional(kind)`. A field that no table knows does not
fit: apps are told nothing that is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_URL = re.compile(r"(?:https?|wss?)://[^\s]+", re.ASCII)


@dataclass(frozen=True)
class null:  # noqa: N801 — read as a word of the table
    kind: Any


@dataclass(frozen=True)
class optional:  # noqa: N801
    kind: Any


@dataclass(frozen=True)
class text:  # noqa: N801
    """A string of some form."""

    about: str
    fits: Callable[[str], object]


ID = text("an id", lambda one: one.isdigit() and str(int(one)) == one)
MOMENT = text("a time", _MOMENT.fullmatch)
DATE = text("a date", _DATE.fullmatch)
URL = text("an absolute URL", _URL.fullmatch)
NUMBER = text("a number as text", str.isdigit)


def check(value: Any, kind: Any, at: str = "answer") -> None:
    match kind:
        case null(inner):
            if value is not None:
                check(value, inner, at)
        case text(about, fits):
            assert isinstance(value, str), f"{at} is {value!r}, not {about}"
            assert fits(value), f"{at} is {value!r}, not {about}"
        case dict():
            assert isinstance(value, dict), f"{at} is {value!r}, not an object"
            _check_fields(value, kind, at)
        case list():
            assert isinstance(value, list), f"{at} is {value!r}, not a list"
            for number, one in enumerate(value):
                check(one, kind[0], f"{at}[{number}]")
        case set() | frozenset():
            assert value in kind, f"{at} is {value!r}, not one of {sorted(kind)}"
        case type():
            # True is an int to Python, and to no app
            fits_type = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
            assert fits_type, f"{at} is {value!r}, not {kind.__name__}"
        case tuple():
            assert isinstance(value, kind), f"{at} is {value!r}"
            assert not isinstance(value, bool), f"{at} is {value!r}"
        case _:
            raise TypeError(f"{kind!r} is no kind")


def _check_fields(value: dict[str, Any], table: dict[str, Any], at: str) -> None:
    for name, kind in table.items():
        if isinstance(kind, optional):
            if name in value:
                check(value[name], kind.kind, f"{at}.{name}")
        else:
            assert name in value, f"{at}.{name} is missing"
            check(value[name], kind, f"{at}.{name}")
    unknown = value.keys() - table.keys()
    assert not unknown, f"{at} has what nobody documents: {sorted(unknown)}"


# ── accounts ─────────────────────────────────────────────────────────────────────────────────

EMOJI: dict[str, Any] = {
    "shortcode": str,
    "url": URL,
    "static_url": URL,
    "visible_in_picker": bool,
    "category": null(str),
}

FIELD = {"name": str, "value": str, "verified_at": null(MOMENT)}

BADGE = {"id": str, "name": str, "color": str}

_ACCOUNT: dict[str, Any] = {
    "id": ID,
    "username": str,
    "acct": str,
    "url": null(URL),
    "uri": URL,
    "display_name": str,
    "note": str,
    "avatar": URL,
    "avatar_static": URL,
    "header": URL,
    "header_static": URL,
    "locked": bool,
    "fields": [FIELD],
    "emojis": [EMOJI],
    "bot": bool,
    "group": bool,
    "discoverable": null(bool),
    "indexable": bool,
    "noindex": optional(null(bool)),
    "memorial": optional(bool),
    "suspended": optional(bool),
    "limited": optional(bool),
    "created_at": MOMENT,
    "last_status_at": null(DATE),
    "statuses_count": int,
    "followers_count": int,
    "following_count": int,
    "hide_collections": null(bool),
    "roles": null([BADGE]),
}
ACCOUNT = _ACCOUNT | {"moved": optional(null(_ACCOUNT))}

ROLE = {"id": str, "name": str, "color": str, "permissions": NUMBER, "highlighted": bool}

CREDENTIAL_ACCOUNT = ACCOUNT | {
    "source": {
        "note": str,
        "fields": [FIELD],
        "privacy": {"public", "unlisted", "private", "direct"},
        "sensitive": bool,
        "language": str,
        "follow_requests_count": int,
        "hide_collections": null(bool),
        "discoverable": null(bool),
        "indexable": bool,
        "attribution_domains": [str],
        "quote_policy": {"public", "followers", "nobody"},
    },
    "role": ROLE,
}

MUTED_ACCOUNT = ACCOUNT | {"mute_expires_at": null(MOMENT)}

RELATIONSHIP = {
    "id": ID,
    "following": bool,
    "showing_reblogs": bool,
    "notifying": bool,
    "languages": null([str]),
    "followed_by": bool,
    "blocking": bool,
    "blocked_by": bool,
    "muting": bool,
    "muting_notifications": bool,
    "muting_expires_at": null(MOMENT),
    "requested": bool,
    "requested_by": bool,
    "domain_blocking": bool,
    "endorsed": bool,
    "note": str,
}

PREFERENCES = {
    "posting:default:visibility": {"public", "unlisted", "private", "direct"},
    "posting:default:sensitive": bool,
    "posting:default:language": null(str),
    "posting:default:quote_policy": {"public", "followers", "nobody"},
    "reading:expand:media": {"default", "show_all", "hide_all"},
    "reading:expand:spoilers": bool,
    "reading:autoplay:gifs": bool,
}

FAMILIAR_FOLLOWERS = {"id": ID, "accounts": [ACCOUNT]}

LIST = {
    "id": ID,
    "title": str,
    "replies_policy": {"followed", "list", "none"},
    "exclusive": bool,
}

TAG = {
    "id": str,
    "name": str,
    "url": URL,
    "history": [{"day": NUMBER, "uses": NUMBER, "accounts": NUMBER}],
    "following": optional(bool),
    "featuring": optional(bool),
}

FEATURED_TAG = {
    "id": ID,
    "name": str,
    "url": URL,
    "statuses_count": NUMBER,
    "last_status_at": null(DATE),
}

# ── the node ─────────────────────────────────────────────────────────────────────────────────

RULE = {
    "id": str,
    "text": str,
    "hint": optional(str),
    "translations": optional(dict),
}

_CONFIGURATION: dict[str, Any] = {
    "accounts": {
        "max_display_name_length": int,
        "max_note_length": int,
        "max_featured_tags": int,
        "max_pinned_statuses": int,
        "max_profile_fields": int,
        "profile_field_name_limit": int,
        "profile_field_value_limit": int,
    },
    "statuses": {
        "max_characters": int,
        "max_media_attachments": int,
        "characters_reserved_per_url": int,
    },
    "media_attachments": {
        "description_limit": int,
        "image_size_limit": int,
        "image_matrix_limit": int,
        "video_size_limit": int,
        "video_frame_rate_limit": int,
        "video_matrix_limit": int,
        "supported_mime_types": [str],
    },
    "polls": {
        "max_options": int,
        "max_characters_per_option": int,
        "min_expiration": int,
        "max_expiration": int,
    },
}
_ACCESS = {"public", "authenticated", "disabled"}
_FEEDS = {"local": _ACCESS, "remote": _ACCESS}

INSTANCE = {
    "domain": str,
    "title": str,
    "version": str,
    "source_url": URL,
    "description": str,
    "usage": {"users": {"active_month": int}},
    "thumbnail": {
        "url": URL,
        "blurhash": optional(str),
        "versions": optional({"@1x": URL, "@2x": URL}),
    },
    "icon": [{"src": URL, "size": text("a size", re.compile(r"\d+x\d+").fullmatch)}],
    "languages": [str],
    "configuration": _CONFIGURATION
    | {
        "urls": {
            "streaming": URL,
            "status": null(URL),
            "about": URL,
            "privacy_policy": null(URL),
            "terms_of_service": null(URL),
        },
        "vapid": {"public_key": str},
        "translation": {"enabled": bool},
        "timelines_access": {
            "live_feeds": _FEEDS,
            "hashtag_feeds": _FEEDS,
            "trending_link_feeds": _FEEDS,
        },
        "limited_federation": bool,
    },
    "registrations": {
        "enabled": bool,
        "approval_required": bool,
        "reason_required": null(bool),
        "message": null(str),
        "min_age": null(int),
        "url": null(URL),
    },
    "api_versions": {"mastodon": int},
    "contact": {"email": str, "account": null(ACCOUNT)},
    "rules": [RULE],
}

V1_INSTANCE = {
    "uri": str,
    "title": str,
    "short_description": str,
    "description": str,
    "email": str,
    "version": str,
    "urls": {"streaming_api": URL},
    "stats": {"user_count": int, "status_count": int, "domain_count": int},
    "thumbnail": null(URL),
    "languages": [str],
    "registrations": bool,
    "approval_required": bool,
    "invites_enabled": bool,
    "configuration": _CONFIGURATION,
    "contact_account": null(ACCOUNT),
    "rules": [RULE],
}

DOMAIN_BLOCK = {
    "domain": str,
    "digest": text("a SHA-256", re.compile(r"[0-9a-f]{64}").fullmatch),
    "severity": {"silence", "suspend"},
    "comment": optional(str),
}

PAGE_OF_WORDS = {"updated_at": MOMENT, "content": str}

WEEK = {"week": NUMBER, "statuses": NUMBER, "logins": NUMBER, "registrations": NUMBER}

SUGGESTION = {
    "source": {"staff", "past_interactions", "global"},
    "sources": [
        {
            "featured",
            "most_followed",
            "most_interactions",
            "similar_to_recently_followed",
            "friends_of_friends",
        }
    ],
    "account": ACCOUNT,
}

REPORT = {
    "id": ID,
    "action_taken": bool,
    "action_taken_at": null(MOMENT),
    "category": {"spam", "legal", "violation", "other"},
    "comment": str,
    "forwarded": bool,
    "created_at": MOMENT,
    "status_ids": null([ID]),
    "rule_ids": null([ID]),
    "target_account": ACCOUNT,
}

SEARCH = {"accounts": [ACCOUNT], "statuses": [dict], "hashtags": [TAG]}
