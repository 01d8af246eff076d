"""Times as apps read them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(seconds: float) -> str:
    """``2026-11-22T18:00:00.000Z``."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def maybe(seconds: float | None) -> str | None:
    return None if seconds is None else moment(seconds)
