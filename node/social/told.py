"""What apps are told: the standard kinds of notifications, and what of help stands for which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from node.errors import Invalid
from node.social.notifications import Kind


class Told(StrEnum):
    """As apps name them."""

    MENTION = "mention"
    STATUS = "status"
    REBLOG = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    QUOTE = "quote"
    QUOTED_UPDATE = "quoted_update"
    ADMIN_SIGN_UP = "admin.sign_up"
    ADMIN_REPORT = "admin.report"


STANDARD: Final = frozenset(one.value for one in Told)
"""Kinds that are told in apps only: no mail goes of them, and the account's own news of help does
not list them."""

HELP: Final[Mapping[Kind, Told]] = MappingProxyType(
    {
        Kind.AGREEMENT_PROPOSED: Told.UPDATE,
        Kind.AGREEMENT_ACCEPTED: Told.UPDATE,
        Kind.AGREEMENT_REFUSED: Told.UPDATE,
        Kind.AGREEMENT_WITHDRAWN: Told.UPDATE,
        Kind.AGREEMENT_CANCELLED: Told.UPDATE,
        Kind.AGREEMENT_HANDED_OVER: Told.UPDATE,
        Kind.AGREEMENT_RETURNED: Told.UPDATE,
        Kind.AGREEMENT_CONFIRMED: Told.UPDATE,
        Kind.AGREEMENT_NO_SHOW: Told.UPDATE,
        Kind.AGREEMENT_DISPUTED: Told.UPDATE,
        Kind.AGREEMENT_SETTLED: Told.UPDATE,
        Kind.CONTACT_REVEALED: Told.UPDATE,
        Kind.PROPOSAL_EXPIRING: Told.UPDATE,
        Kind.PROPOSAL_EXPIRED: Told.UPDATE,
        Kind.PROPOSAL_ASKS: Told.UPDATE,
        Kind.PROPOSAL_PUBLISHED: Told.UPDATE,
        Kind.PROPOSAL_REMOVED: Told.UPDATE,
        Kind.PROPOSAL_REOPENED: Told.UPDATE,
        Kind.REFERRAL_ASKED: Told.UPDATE,
        Kind.REFERRAL_ACCEPTED: Told.UPDATE,
        Kind.REFERRAL_DECLINED: Told.UPDATE,
        Kind.SUGGESTION: Told.STATUS,
    }
)
"""About a proposal, which is a status. What a note of the quartier says already (see
`actions.telling_apps`) is not told again."""

GROUPED: Final = frozenset({Told.FAVOURITE, Told.REBLOG, Told.FOLLOW, Told.ADMIN_SIGN_UP})
GROUP_HOURS: Final = 12

State = Literal["shown", "waiting", "said"]
"""In the list; in the request of somebody who is not let in; said by a note already."""


def kinds_of(wanted: Collection[str]) -> set[str]:
    """The kinds that are stored for standard ones."""
    return {name for name in wanted if name in STANDARD} | {
        kind.value for kind, stands in HELP.items() if stands in wanted
    }


def standard(kind: str) -> str | None:
    """As apps name it; None for what they are not told."""
    if kind in STANDARD:
        return kind
    stands = HELP.get(Kind(kind))
    return None if stands is None else stands.value


def group_key(kind: str, object_id: int | None, now: float) -> str:
    """What is told as one; "" for what stands alone."""
    if kind not in GROUPED:
        return ""
    span = int(now // (GROUP_HOURS * 3600))
    about = f"-{object_id}" if object_id is not None else ""
    return f"{kind}{about}-{span}"


# ── who is let in ────────────────────────────────────────────────────────────────────────────

Rule = Literal["accept", "filter", "drop"]
RULES: Final = ("accept", "filter", "drop")
FOR: Final = (
    "for_not_following",
    "for_not_followers",
    "for_new_accounts",
    "for_private_mentions",
    "for_limited_accounts",
)
DEFAULT_POLICY: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "for_not_following": "accept",
        "for_not_followers": "accept",
        "for_new_accounts": "accept",
        "for_private_mentions": "filter",
        "for_limited_accounts": "filter",
    }
)
"""As Mastodon's: whoever writes to somebody in private, unasked, waits."""
UNFILTERED: Final = frozenset(
    {Told.POLL, Told.UPDATE, Told.QUOTED_UPDATE, Told.ADMIN_SIGN_UP, Told.ADMIN_REPORT}
)
NEW_ACCOUNT_S: Final = 30 * 86_400.0
NEW_FOLLOWER_S: Final = 3 * 86_400.0


def check_policy(wanted: Mapping[str, str | None]) -> dict[str, str]:
    """Those that are given; raises Invalid."""
    found = {}
    for name, rule in wanted.items():
        if rule is None:
            continue
        if name not in FOR or rule not in RULES:
            raise Invalid(f"{name} is accept, filter or drop.")
        found[name] = rule
    return found


def judge(policy: Mapping[str, str], applies: Collection[str]) -> Rule:
    """The sternest of the rules that apply to somebody."""
    rules = {policy.get(name, "accept") for name in applies}
    if "drop" in rules:
        return "drop"
    return "filter" if "filter" in rules else "accept"
