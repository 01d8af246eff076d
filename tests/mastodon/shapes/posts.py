"""Posts and what belongs to them, as tables (see `shapes`)."""

from __future__ import annotations

from typing import Any

from tests.mastodon.shapes.accounts import ACCOUNT, EMOJI, HISTORY, TAG
from tests.mastodon.shapes.kinds import ID, MOMENT, SIZE, URL, depends, null, optional

_SIZE = {"width": int, "height": int, "size": SIZE, "aspect": (int, float)}
_FOCUS = {"x": (int, float), "y": (int, float)}
_PICTURE = {"original": optional(_SIZE), "small": optional(_SIZE), "focus": optional(_FOCUS)}
_SOUND = {
    "length": optional(str),
    "duration": optional((int, float)),
    "audio_encode": optional(str),
    "audio_bitrate": optional(str),
    "audio_channels": optional(str),
    "small": optional(_SIZE),
    "focus": optional(_FOCUS),
    "original": optional(
        {"duration": optional((int, float)), "bitrate": optional(int)},
    ),
}
_FILM = _SOUND | {
    "fps": optional((int, float)),
    "width": optional(int),
    "height": optional(int),
    "size": optional(SIZE),
    "aspect": optional((int, float)),
    "original": optional(
        {
            "width": int,
            "height": int,
            "frame_rate": optional(str),
            "duration": optional((int, float)),
            "bitrate": optional(int),
        }
    ),
}


def _media(kind: str, meta: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": ID,
        "type": {kind},
        "url": null(URL),
        "preview_url": null(URL),
        "remote_url": null(URL),
        "preview_remote_url": null(URL),
        "text_url": null(URL),
        "meta": meta,
        "description": null(str),
        "blurhash": null(str),
    }


MEDIA = {
    "unknown": _media("unknown", {"focus": optional(_FOCUS)}),
    "image": _media("image", _PICTURE),
    "gifv": _media("gifv", _FILM),
    "video": _media("video", _FILM),
    "audio": _media("audio", _SOUND),
}
MEDIA_ATTACHMENT = depends("type", MEDIA)

POLL_OPTION = {"title": str, "votes_count": null(int)}
POLL = {
    "id": ID,
    "expires_at": null(MOMENT),
    "expired": bool,
    "multiple": bool,
    "votes_count": int,
    "voters_count": null(int),
    "options": [POLL_OPTION],
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
        "poll": null(
            {
                "options": [str],
                "expires_in": int,
                "multiple": optional(bool),
                "hide_totals": optional(bool),
            }
        ),
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

CARD_AUTHOR = {"name": str, "url": str, "account": null(ACCOUNT)}
PREVIEW_CARD: dict[str, Any] = {
    "url": URL,
    "title": str,
    "description": str,
    "language": null(str),
    "type": {"link", "photo", "video", "rich"},
    "authors": [CARD_AUTHOR],
    "author_name": str,
    "author_url": str,
    "provider_name": str,
    "provider_url": str,
    "html": str,
    "width": int,
    "height": int,
    "image": null(URL),
    "image_description": str,
    "embed_url": str,
    "blurhash": null(str),
    "published_at": null(str),
}

TREND_LINK = PREVIEW_CARD | {"history": HISTORY}

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
QUOTE_APPROVAL = {
    "automatic": [_WHO],
    "manual": [_WHO],
    "current_user": {"automatic", "manual", "denied", "unknown"},
}
MENTION = {"id": ID, "username": str, "url": URL, "acct": str}
STATUS_TAG = {"name": str, "url": URL}
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
    "mentions": [MENTION],
    "tags": [STATUS_TAG],
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
    "card": null(PREVIEW_CARD),
    "language": null(str),
    "edited_at": null(MOMENT),
    "quote_approval": QUOTE_APPROVAL,
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

DELETED_STATUS = OWN_STATUS | {"text": str}
"""What it was written as comes with it, for whoever writes it anew."""

STATUS_EDIT = {
    "content": str,
    "spoiler_text": str,
    "sensitive": bool,
    "created_at": MOMENT,
    "account": ACCOUNT,
    "poll": optional({"options": [{"title": str}]}),
    "media_attachments": [MEDIA_ATTACHMENT],
    "emojis": [EMOJI],
    "quote": optional(null(QUOTE)),
}

STATUS_SOURCE = {"id": ID, "text": str, "spoiler_text": str}

CONTEXT = {"ancestors": [STATUS], "descendants": [STATUS]}

SEARCH = {"accounts": [ACCOUNT], "statuses": [STATUS], "hashtags": [TAG]}
