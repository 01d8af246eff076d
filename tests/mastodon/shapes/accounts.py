"""Accounts and what belongs to them, as tables (see `shapes`)."""

from __future__ import annotations

from typing import Any

from tests.mastodon.shapes.kinds import DATE, ID, MOMENT, NUMBER, URL, null, optional

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

APPLICATION: dict[str, Any] = {
    "id": ID,
    "name": str,
    "website": null(URL),
    "scopes": [str],
    "redirect_uri": str,
    "redirect_uris": [str],
    "vapid_key": str,
}
CREDENTIAL_APPLICATION = APPLICATION | {
    "client_id": str,
    "client_secret": str,
    "client_secret_expires_at": int,
}

TOKEN = {"access_token": str, "token_type": {"Bearer"}, "scope": str, "created_at": int}

FAMILIAR_FOLLOWERS = {"id": ID, "accounts": [ACCOUNT]}

LIST = {
    "id": ID,
    "title": str,
    "replies_policy": {"followed", "list", "none"},
    "exclusive": bool,
}

HISTORY = [{"day": NUMBER, "uses": NUMBER, "accounts": NUMBER}]

TAG = {
    "id": str,
    "name": str,
    "url": URL,
    "history": HISTORY,
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
