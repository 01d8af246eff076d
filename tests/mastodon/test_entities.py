"""The tables of entities say what Mastodon's documentation says, field by field.

`data/entities.json` is what docs.joinmastodon.org has of each entity: what each field is, whether
it may be null or be left out, since when there is it. Where a table differs, it is told here why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.mastodon.shapes import (
    DATE,
    ENTITIES,
    MOMENT,
    URL,
    depends,
    null,
    optional,
    text,
)

Field = dict[str, Any]

_READ: Final[dict[str, dict[str, Field]]] = json.loads(
    (Path(__file__).parent / "data" / "entities.json").read_text()
)
PARENTS: Final = {
    "CredentialAccount": "Account",
    "MutedAccount": "Account",
    "CredentialApplication": "Application",
    "Trends::Link": "PreviewCard",
}
"""They have what these have, and more."""
DOCUMENTED: Final = {
    entity: _READ.get(PARENTS.get(entity, ""), {}) | fields for entity, fields in _READ.items()
}
OURS: Final = (4, 5)

NEVER: Final = {
    "AccountWarning": "what a mediator does to somebody is told in a letter of the quartier",
    "Admin::CanonicalEmailBlock": "there is no such list",
    "Admin::Cohort": "nobody is counted",
    "Admin::Dimension": "nobody is counted",
    "Admin::Dimension::Data": "nobody is counted",
    "Admin::DomainAllow": "there is no such list",
    "Admin::EmailDomainBlock": "there is no such list",
    "Admin::IpBlock": "there is no such list",
    "Admin::Measure": "nobody is counted",
    "Admin::Tag": "of the trends of moderators, which are not here",
    "AnnualReport": "nobody is ranked",
    "Appeal": "it is answered to the letter",
    "AsyncRefresh": "an alpha of 4.4",
    "CohortData": "nobody is counted",
    "IdentityProof": "removed in Mastodon 3.5: the list is empty",
    "RelationshipSeveranceEvent": "a server that is blocked takes nobody's ties away unseen",
    "TermsOfService": "there are none: 404",
    "Translation": "nothing is sent to a translator: 404",
    "Translation::Attachment": "nothing is sent to a translator: 404",
    "Translation::Poll": "nothing is sent to a translator: 404",
    "Translation::Poll::Option": "nothing is sent to a translator: 404",
    "V1::NotificationPolicy": "of the alpha before 4.3",
    "WrappedAnnualReports": "nobody is ranked",
    # They stand inside of another table.
    "Announcement::Account": "it is a Status::Mention",
    "Announcement::Status": "in ANNOUNCEMENT",
    "Reaction": "in ANNOUNCEMENT",
}
"""Entities that no answer has."""

ABSENT: Final = {
    "Notification.event": NEVER["RelationshipSeveranceEvent"],
    "Notification.moderation_warning": NEVER["AccountWarning"],
    "NotificationGroup.event": NEVER["RelationshipSeveranceEvent"],
    "NotificationGroup.moderation_warning": NEVER["AccountWarning"],
    "FilterResult.filter": "without its keywords and statuses, which the documentation allows",
    "MediaAttachment.meta": "by the type: looked at below",
    "Status.text": "only of what was deleted: DELETED_STATUS",
}
"""Fields that no table has as they are documented."""

BEYOND: Final = {
    "Account.moved.moved": "who moved twice is told once",
    "Application.vapid_key": "as Mastodon answers, though deprecated",
    "MediaAttachment.preview_remote_url": "Mastodon answers it",
    "MediaAttachment.text_url": "Mastodon answers it, null",
    "Preferences.posting:default:quote_policy": "of 4.5, told with source[quote_policy]",
    "Preferences.reading:autoplay:gifs": "Mastodon answers it",
    "PreviewCard.language": "Mastodon answers it",
    "PreviewCard.image_description": "Mastodon answers it",
    "ScheduledStatus.params/allowed_mentions": "Mastodon answers it",
    "ScheduledStatus.params/quoted_status_id": "Mastodon answers it",
    "ScheduledStatus.params/quote_approval_policy": "Mastodon answers it",
    "V1::Instance.configuration": "the same as that of Instance",
    "WebPushSubscription.alerts/quote": "a kind of 4.5",
    "WebPushSubscription.alerts/quoted_update": "a kind of 4.5",
    "WebPushSubscription.policy": "Mastodon answers it",
}
"""Fields that are not documented in their place, and why an app may see them."""

OTHERWISE: Final = {
    "NotificationGroup.most_recent_notification_id": "an integer in the examples and in Mastodon",
    "ScheduledStatus.params/application_id": "an integer or its text",
    "ScheduledStatus.params/in_reply_to_id": "an integer or its text",
    "ScheduledStatus.params/scheduled_at": "documented as nothing but null",
    "PreviewCard.author_url": "empty where there is none",
    "PreviewCard.provider_url": "empty where there is none",
    "PreviewCard.embed_url": "empty where there is none",
    "PreviewCardAuthor.url": "empty where there is none",
    "PreviewCard.published_at": "null where nobody knows it, as Mastodon answers",
}
"""Fields of another type than the documentation's, or null where it does not say so."""


def unpacked(kind: Any) -> tuple[Any, bool, bool]:
    """What is inside, whether it may be null, whether it may be left out."""
    may_miss = isinstance(kind, optional)
    inner = kind.kind if isinstance(kind, optional) else kind
    may_null = isinstance(inner, null)
    return (inner.kind if isinstance(inner, null) else inner), may_null, may_miss


def table(kind: Any) -> dict[str, Any]:
    """The fields of an entity; of one that depends on a word, those that all have."""
    if isinstance(kind, depends):
        return next(iter(kind.tables.values()))
    assert isinstance(kind, dict)
    return kind


def found(kind: Any, path: str) -> Any:
    """The kind of a field, down its path; None where no table has it."""
    for name in path.replace("[]", "/[]").split("/"):
        inside, _, _ = unpacked(kind)
        if name == "[]":
            if not isinstance(inside, list):
                return None
            kind = inside[0]
        elif name in (fields := table(inside)):
            kind = fields[name]
        else:
            return None
    return kind


def is_documented(kind: Any, field: Field) -> bool:
    inside, _, _ = unpacked(kind)
    if field.get("many"):
        if not isinstance(inside, list):
            return False
        inside, _, _ = unpacked(inside[0])
    match field["is"]:
        case "text":
            return inside is str or isinstance(inside, text | set)
        case "url":
            return inside is URL
        case "moment":
            return inside is MOMENT
        case "date":
            return inside is DATE
        case "integer":
            return inside is int
        case "number":
            return inside in (int, (int, float))
        case "boolean":
            return inside is bool
        case "object":
            return inside is dict or isinstance(inside, dict)
        case "word":
            return isinstance(inside, set) and inside <= set(field["words"])
        case entity:
            wanted = {
                name for name, one in DOCUMENTED[entity].items() if not one.get("optional")
                and not later(one) and "/" not in name
            }  # fmt: skip
            return table(inside).keys() >= wanted - {"text"}


def place(entity: str, path: str) -> str:
    """How a field is named above: by the entity that had it first."""
    parent = PARENTS.get(entity, "")
    return f"{entity if path in _READ[entity] or not parent else parent}.{path}"


def later(field: Field) -> bool:
    since = tuple(int(part) for part in field.get("since", "0").split("."))
    return since[:2] > OURS


FIELDS: Final = [
    (entity, name, field)
    for entity, fields in DOCUMENTED.items()
    if entity in ENTITIES
    for name, field in fields.items()
]


def test_each_documented_entity_has_a_table_or_is_never_answered() -> None:
    assert DOCUMENTED.keys() == ENTITIES.keys() | NEVER.keys()
    assert not ENTITIES.keys() & NEVER.keys()


def test_each_documented_field_is_in_its_table_as_it_is_documented() -> None:
    for entity, name, field in FIELDS:
        at, kind = place(entity, name), found(ENTITIES[entity], name)
        if at in ABSENT or field.get("removed"):
            continue
        if kind is None:
            assert later(field), f"{at} is missing"
            continue
        if at in OTHERWISE:
            continue
        _, may_null, may_miss = unpacked(kind)
        assert is_documented(kind, field), (at, kind, field)
        assert not may_null or field.get("null", False), f"{at} may be null in the table alone"
        assert not may_miss or field.get("optional", False), f"{at} may miss in the table alone"


def inside_of(kind: Any, at: str) -> Iterator[str]:
    """The paths of the fields of an object that is no entity of its own."""
    inside, _, _ = unpacked(kind)
    if isinstance(inside, list):
        inside, at = inside[0], f"{at}[]"
    if isinstance(inside, dict):
        for name, one in inside.items():
            yield f"{at}/{name}"
            yield from inside_of(one, f"{at}/{name}")


def of_documentation(entity: str, name: str) -> bool:
    """Whether a path is documented, is above one that is, or is inside of an entity."""
    fields = DOCUMENTED[entity]
    if name in fields or any(path.startswith(f"{name}/") for path in fields):
        return True
    above = name.rpartition("/")[0].removesuffix("[]")
    while above and above not in fields:
        above = above.rpartition("/")[0].removesuffix("[]")
    return above != "" and fields[above]["is"][0].isupper()


def test_no_table_allows_what_nobody_documents() -> None:
    for entity, kind in ENTITIES.items():
        paths = [path for name, one in table(kind).items()
                 for path in (name, *inside_of(one, name))]  # fmt: skip
        for path in paths:
            at = place(entity, path)
            known = of_documentation(entity, path) or at.startswith(tuple(BEYOND))
            assert known, f"{at} is documented nowhere"
