"""What somebody set about their posting and their profile, as it is kept beside the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

QuotePolicy = Literal["public", "followers", "nobody"]

PRIVACIES: Final = ("public", "unlisted", "private", "direct")
MEDIA: Final = ("default", "show_all", "hide_all")


@dataclass(frozen=True, slots=True)
class Preferences:
    privacy: str = "public"
    """Of what they post, when they do not say."""
    sensitive: bool = False
    language: str = ""
    """Of what they post; none: that of the account."""
    quote_policy: str = "public"
    hide_collections: bool = False
    """Whether whom they follow, and who follows them, is nobody's business."""
    attribution_domains: tuple[str, ...] = ()
    """Sites that may name them as the author of what is there."""
    note: str | None = None
    """The presentation as it was typed; None where it was not typed with an app."""
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of the profile, as typed."""
    reading_media: str = "default"
    reading_spoilers: bool = False


def read(stored: Mapping[str, Any]) -> Preferences:
    """Of the JSON beside an account; what is not there is as it is for everybody."""
    known = {name: value for name, value in stored.items() if name in Preferences.__slots__}
    if "attribution_domains" in known:
        known["attribution_domains"] = tuple(known["attribution_domains"])
    if "fields" in known:
        known["fields"] = tuple((str(name), str(value)) for name, value in known["fields"])
    return Preferences(**known)
