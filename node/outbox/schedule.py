"""What becomes of a delivery after a try: a decision is a value, made from the answer alone.

Source: limits.md "Delivering": again after 1 min, 5 min, 15 min, 1 h, 3 h, then every 6 h to
7 days, ±20 %; Retry-After obeyed up to 24 h; 404, 410 and other 4xx are final, but not 401,
408, 425 and 429.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

STEPS_S = (60.0, 300.0, 900.0, 3600.0, 10_800.0)
LAST_STEP_S = 21_600.0
GIVE_UP_S = 7 * 86_400.0
RETRY_AFTER_MOST_S = 86_400.0
TRANSIENT_4XX = frozenset({401, 408, 425, 429})


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, slots=True)
class Again:
    at: float


@dataclass(frozen=True, slots=True)
class Dead:
    """Given up: kept and listed. `refused` means that the server said no for good."""

    reason: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody lives at that inbox any more."""

    gone: bool
    """True for 410: the actor says so itself."""


Decision = Done | Again | Dead | Nobody


def pause_after(attempts: int, *, scale: float, jitter: float | None = None) -> float:
    """Seconds to wait after the `attempts`-th failure (1 for the first)."""
    step = STEPS_S[attempts - 1] if attempts <= len(STEPS_S) else LAST_STEP_S
    spread = random.uniform(0.8, 1.2) if jitter is None else jitter  # noqa: S311 - not a secret
    return step * spread * scale


def decide(
    *,
    status: int | None,
    retry_after: float | None,
    attempts: int,
    created_at: float,
    now: float,
    scale: float,
) -> Decision:
    """The decision after a try that answered `status` (None: no answer at all).

    `attempts` counts the failures before this one; `retry_after` is in seconds.
    """
    if status is not None and 200 <= status < 300:
        return Done()
    if status in (404, 410):
        return Nobody(gone=status == 410)
    if status is not None and 400 <= status < 500 and status not in TRANSIENT_4XX:
        return Dead(f"the server refused it with {status}", refused=True)
    if now - created_at > GIVE_UP_S * scale:
        return Dead("no success within 7 days", refused=False)
    pause = pause_after(attempts + 1, scale=scale)
    if retry_after is not None and status in (429, 503):
        pause = max(pause, min(retry_after, RETRY_AFTER_MOST_S) * scale)
    return Again(now + pause)


def counts_against_host(status: int | None) -> bool:
    """Whether an answer says that the server is unwell (and not only this inbox)."""
    return status is None or status >= 500 or status in (408, 425, 429)
