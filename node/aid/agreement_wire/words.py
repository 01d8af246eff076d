"""The names and bounds that both directions share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from node.aid.agreements import Event

TEXT_MAX: Final = 5_000
HEARD_MOST: Final = 100
STEPS: Final[Mapping[str, Event]] = {
    "handed over": Event.HAND_OVER,
    "returned": Event.GIVE_BACK,
    "confirmed": Event.CONFIRM,
    "no-show": Event.NO_SHOW,
    "disputed": Event.DISPUTE,
}
"""``name`` of a Document → the step that it states."""
NAMES: Final = {event: name for name, event in STEPS.items()}
