"""What mediators see, as tables (see `shapes`)."""

from __future__ import annotations

from typing import Any

from tests.mastodon.shapes.accounts import ACCOUNT, ROLE
from tests.mastodon.shapes.house import RULE
from tests.mastodon.shapes.kinds import ID, MOMENT, SHA256, null, optional
from tests.mastodon.shapes.posts import STATUS

ADMIN_IP = {"ip": str, "used_at": MOMENT}

ADMIN_ACCOUNT: dict[str, Any] = {
    "id": ID,
    "username": str,
    "domain": null(str),
    "created_at": MOMENT,
    "email": str,
    "ip": null(str),
    "ips": [ADMIN_IP],
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
    "id": str,  # not guaranteed to be a number: it is the domain
    "domain": str,
    "digest": SHA256,
    "created_at": MOMENT,
    "severity": {"noop", "silence", "suspend"},
    "reject_media": bool,
    "reject_reports": bool,
    "private_comment": null(str),
    "public_comment": null(str),
    "obfuscate": bool,
}
