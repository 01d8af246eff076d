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

APPLICATION = {
    "id": optional(ID),
    "name": str,
    "website": null(URL),
    "scopes": [str],
    "redirect_uri": str,
    "redirect_uris": [str],
    "vapid_key": optional(str),
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

# ── statuses ─────────────────────────────────────────────────────────────────────────────────

_SIZE = {
    "width": optional(int),
    "height": optional(int),
    "size": optional(str),
    "aspect": optional((int, float)),
}
MEDIA_ATTACHMENT = {
    "id": ID,
    "type": {"unknown", "image", "gifv", "video", "audio"},
    "url": null(URL),
    "preview_url": null(URL),
    "remote_url": null(URL),
    "preview_remote_url": null(URL),
    "text_url": null(URL),
    "meta": {
        "original": optional(_SIZE),
        "small": optional(_SIZE),
        "focus": optional({"x": (int, float), "y": (int, float)}),
    },
    "description": null(str),
    "blurhash": null(str),
}

POLL = {
    "id": ID,
    "expires_at": null(MOMENT),
    "expired": bool,
    "multiple": bool,
    "votes_count": int,
    "voters_count": null(int),
    "options": [{"title": str, "votes_count": null(int)}],
    "emojis": [EMOJI],
    "voted": optional(bool),
    "own_votes": optional([int]),
}

_FILTER = {
    "id": ID,
    "title": str,
    "context": [{"home", "notifications", "public", "thread", "account"}],
    "expires_at": null(MOMENT),
    "filter_action": {"warn", "hide", "blur"},
}
FILTER_KEYWORD = {"id": ID, "keyword": str, "whole_word": bool}
FILTER_STATUS = {"id": ID, "status_id": ID}
FILTER = _FILTER | {"keywords": [FILTER_KEYWORD], "statuses": [FILTER_STATUS]}
FILTER_RESULT = {
    "filter": _FILTER,
    "keyword_matches": null([str]),
    "status_matches": null([ID]),
}
V1_FILTER = {
    "id": ID,
    "phrase": str,
    "context": [{"home", "notifications", "public", "thread", "account"}],
    "expires_at": null(MOMENT),
    "irreversible": bool,
    "whole_word": bool,
}

SCHEDULED_STATUS = {
    "id": ID,
    "scheduled_at": MOMENT,
    "params": {
        "text": str,
        "poll": null(dict),
        "media_ids": null([ID]),
        "sensitive": null(bool),
        "spoiler_text": null(str),
        "visibility": {"public", "unlisted", "private", "direct"},
        "in_reply_to_id": null((int, str)),
        "language": null(str),
        "application_id": (int, str),
        "scheduled_at": null(MOMENT),
        "idempotency": null(str),
        "with_rate_limit": bool,
        "allowed_mentions": optional(null([ID])),
        "quoted_status_id": optional(null(ID)),
        "quote_approval_policy": optional(null(str)),
    },
    "media_attachments": [MEDIA_ATTACHMENT],
}

_QUOTE_STATE = {
    "pending",
    "accepted",
    "rejected",
    "revoked",
    "deleted",
    "unauthorized",
    "blocked_account",
    "blocked_domain",
    "muted_account",
}
SHALLOW_QUOTE = {"state": _QUOTE_STATE, "quoted_status_id": null(ID)}
_WHO = {"public", "followers", "following", "unsupported_policy"}
_STATUS: dict[str, Any] = {
    "id": ID,
    "uri": URL,
    "created_at": MOMENT,
    "account": ACCOUNT,
    "content": str,
    "visibility": {"public", "unlisted", "private", "direct"},
    "sensitive": bool,
    "spoiler_text": str,
    "media_attachments": [MEDIA_ATTACHMENT],
    "application": optional({"name": str, "website": null(URL)}),
    "mentions": [{"id": ID, "username": str, "url": URL, "acct": str}],
    "tags": [{"name": str, "url": URL}],
    "emojis": [EMOJI],
    "reblogs_count": int,
    "favourites_count": int,
    "replies_count": int,
    "quotes_count": int,
    "url": null(URL),
    "in_reply_to_id": null(ID),
    "in_reply_to_account_id": null(ID),
    "reblog": null(dict),
    "poll": null(POLL),
    "card": null(dict),
    "language": null(str),
    "edited_at": null(MOMENT),
    "quote_approval": {
        "automatic": [_WHO],
        "manual": [_WHO],
        "current_user": {"automatic", "manual", "denied", "unknown"},
    },
    "favourited": optional(bool),
    "reblogged": optional(bool),
    "muted": optional(bool),
    "bookmarked": optional(bool),
    "pinned": optional(bool),
    "filtered": optional([FILTER_RESULT]),
}
QUOTE = {
    "state": _QUOTE_STATE,
    "quoted_status": null(_STATUS | {"quote": null(SHALLOW_QUOTE)}),
}
_WHOLE = _STATUS | {"quote": null(QUOTE)}
STATUS = _WHOLE | {"reblog": null(_WHOLE)}
"""As it is given to anybody; to somebody who is signed in it says more."""
OWN_STATUS = STATUS | {
    name: kind.kind
    for name, kind in _STATUS.items()
    if isinstance(kind, optional) and name not in ("application", "pinned")
}

STATUS_EDIT = {
    "content": str,
    "spoiler_text": str,
    "sensitive": bool,
    "created_at": MOMENT,
    "account": ACCOUNT,
    "poll": optional({"options": [{"title": str}]}),
    "media_attachments": [MEDIA_ATTACHMENT],
    "emojis": [EMOJI],
}

STATUS_SOURCE = {"id": ID, "text": str, "spoiler_text": str}

CONTEXT = {"ancestors": [STATUS], "descendants": [STATUS]}

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

SEARCH = {"accounts": [ACCOUNT], "statuses": [STATUS], "hashtags": [TAG]}

# ── for mediators ────────────────────────────────────────────────────────────────────────────

ADMIN_ACCOUNT = {
    "id": ID,
    "username": str,
    "domain": null(str),
    "created_at": MOMENT,
    "email": str,
    "ip": null(str),
    "ips": [dict],
    "locale": str,
    "invite_request": null(str),
    "role": ROLE,
    "confirmed": bool,
    "approved": bool,
    "disabled": bool,
    "sensitized": bool,
    "silenced": bool,
    "suspended": bool,
    "account": ACCOUNT,
    "created_by_application_id": optional(ID),
    "invited_by_account_id": optional(ID),
}

ADMIN_REPORT = {
    "id": ID,
    "action_taken": bool,
    "action_taken_at": null(MOMENT),
    "category": {"spam", "legal", "violation", "other"},
    "comment": str,
    "forwarded": bool,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "account": ADMIN_ACCOUNT,
    "target_account": ADMIN_ACCOUNT,
    "assigned_account": null(ADMIN_ACCOUNT),
    "action_taken_by_account": null(ADMIN_ACCOUNT),
    "statuses": [STATUS],
    "rules": [RULE],
}

ADMIN_DOMAIN_BLOCK = {
    "id": str,
    "domain": str,
    "digest": text("a SHA-256", re.compile(r"[0-9a-f]{64}").fullmatch),
    "created_at": MOMENT,
    "severity": {"noop", "silence", "suspend"},
    "reject_media": bool,
    "reject_reports": bool,
    "private_comment": null(str),
    "public_comment": null(str),
    "obfuscate": bool,
}
