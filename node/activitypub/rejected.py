"""Remote nonsense as a value: what was refused and why, in words for the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: str
    status: int = 400
    """The HTTP status that a server may answer with."""
