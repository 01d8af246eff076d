"""What people are told, as tables (see `shapes`)."""

from __future__ import annotations

from typing import Any

from tests.mastodon.shapes.accounts import ACCOUNT
from tests.mastodon.shapes.house import REPORT
from tests.mastodon.shapes.kinds import ID, MOMENT, NUMBER, URL, null, optional
from tests.mastodon.shapes.posts import STATUS

KINDS = {
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
}

NOTIFICATION: dict[str, Any] = {
    "id": ID,
    "type": KINDS,
    "group_key": str,
    "created_at": MOMENT,
    "account": ACCOUNT,
    "status": optional(STATUS),
    "report": optional(REPORT),
}

PARTIAL_ACCOUNT = {
    "id": ID,
    "acct": str,
    "url": URL,
    "avatar": URL,
    "avatar_static": URL,
    "locked": bool,
    "bot": bool,
}

GROUP: dict[str, Any] = {
    "group_key": str,
    "notifications_count": int,
    "type": KINDS,
    "most_recent_notification_id": int,
    "page_min_id": optional(ID),
    "page_max_id": optional(ID),
    "latest_page_notification_at": optional(MOMENT),
    "sample_account_ids": [ID],
    "status_id": optional(ID),
    "report": optional(REPORT),
}

GROUPS: dict[str, Any] = {
    "accounts": [ACCOUNT],
    "partial_accounts": optional([PARTIAL_ACCOUNT]),
    "statuses": [STATUS],
    "notification_groups": [GROUP],
}

_RULE = {"accept", "filter", "drop"}

POLICY: dict[str, Any] = {
    "for_not_following": _RULE,
    "for_not_followers": _RULE,
    "for_new_accounts": _RULE,
    "for_private_mentions": _RULE,
    "for_limited_accounts": _RULE,
    "summary": {"pending_requests_count": int, "pending_notifications_count": int},
}

REQUEST: dict[str, Any] = {
    "id": ID,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "account": ACCOUNT,
    "notifications_count": NUMBER,
    "last_status": optional(STATUS),
}

CONVERSATION: dict[str, Any] = {
    "id": ID,
    "unread": bool,
    "accounts": [ACCOUNT],
    "last_status": null(STATUS),
}

MARKER: dict[str, Any] = {"last_read_id": ID, "version": int, "updated_at": MOMENT}

MARKERS = {"home": optional(MARKER), "notifications": optional(MARKER)}

PUSH: dict[str, Any] = {
    "id": ID,
    "endpoint": URL,
    "standard": bool,
    "alerts": {
        "mention": bool,
        "status": bool,
        "reblog": bool,
        "follow": bool,
        "follow_request": bool,
        "favourite": bool,
        "poll": bool,
        "update": bool,
        "quote": bool,
        "quoted_update": bool,
        "admin.sign_up": bool,
        "admin.report": bool,
    },
    "policy": {"all", "followed", "follower", "none"},
    "server_key": str,
}
