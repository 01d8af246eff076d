"""What a node says of itself, as tables (see `shapes`)."""

from __future__ import annotations

from typing import Any

from tests.mastodon.shapes.accounts import ACCOUNT, EMOJI
from tests.mastodon.shapes.kinds import ID, MOMENT, NUMBER, SHA256, SIZE, URL, null, optional
from tests.mastodon.shapes.posts import MENTION, STATUS_TAG

RULE: dict[str, Any] = {
    "id": str,
    "text": str,
    "hint": str,
    "translations": dict,
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
_FEEDS = {"local": _ACCESS - {"disabled"}, "remote": _ACCESS}

ICON = {"src": URL, "size": SIZE}

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
    "icon": [ICON],
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
            "live_feeds": {"local": _ACCESS, "remote": _ACCESS},
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
    "digest": SHA256,
    "severity": {"silence", "suspend"},
    "comment": optional(str),
}

PAGE_OF_WORDS = {"updated_at": MOMENT, "content": str}

WEEK = {"week": NUMBER, "statuses": NUMBER, "logins": NUMBER, "registrations": NUMBER}

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

ANNOUNCEMENT: dict[str, Any] = {
    "id": ID,
    "content": str,
    "starts_at": null(MOMENT),
    "ends_at": null(MOMENT),
    "all_day": bool,
    "published_at": MOMENT,
    "updated_at": MOMENT,
    "read": optional(bool),
    "mentions": [MENTION],
    "statuses": [{"id": ID, "url": URL}],
    "tags": [STATUS_TAG],
    "emojis": [EMOJI],
    "reactions": [
        {
            "name": str,
            "count": int,
            "me": optional(bool),
            "url": optional(URL),
            "static_url": optional(URL),
        }
    ],
}

ERROR = {"error": str, "error_description": optional(str)}

# ── answers that have no name ────────────────────────────────────────────────────────────────

COUNT = {"count": int}
MERGED = {"merged": bool}
OEMBED = {
    "type": {"rich"},
    "version": {"1.0"},
    "title": str,
    "author_name": str,
    "author_url": URL,
    "provider_name": str,
    "provider_url": URL,
    "cache_age": int,
    "html": str,
    "width": int,
    "height": null(int),
}
USER_INFO = {
    "iss": URL,
    "sub": URL,
    "name": str,
    "preferred_username": str,
    "profile": URL,
    "picture": URL,
}
AUTHORIZATION_SERVER = {
    "issuer": URL,
    "service_documentation": URL,
    "authorization_endpoint": URL,
    "token_endpoint": URL,
    "app_registration_endpoint": URL,
    "revocation_endpoint": URL,
    "userinfo_endpoint": URL,
    "scopes_supported": [str],
    "response_types_supported": [{"code"}],
    "response_modes_supported": [{"query", "fragment", "form_post"}],
    "grant_types_supported": [{"authorization_code", "client_credentials"}],
    "token_endpoint_auth_methods_supported": [{"client_secret_basic", "client_secret_post"}],
    "code_challenge_methods_supported": [{"S256"}],
}
