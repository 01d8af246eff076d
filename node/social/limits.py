"""How much somebody may write at once: what composers are told, and what is held to."""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = 5_000
"""Of a status with its content warning."""
URL_CHARACTERS: Final = 23
"""Every link counts as so many, however long it is."""
ATTACHMENTS: Final = 4
DESCRIPTION_CHARACTERS: Final = 1_500
POLL_OPTIONS: Final = 8
OPTION_CHARACTERS: Final = 100
POLL_SHORTEST_S: Final = 300
POLL_LONGEST_S: Final = 2_629_746
"""A month."""
PINS: Final = 5
SCHEDULED: Final = 300
SCHEDULED_A_DAY: Final = 25
SCHEDULE_AHEAD_S: Final = 300
"""What is to be published sooner than that is published by hand."""
MENTIONS: Final = 100
IMAGE_MATRIX: Final = 33_177_600
"""Pixels."""
FILM_FRAME_RATE: Final = 120
FILM_MATRIX: Final = 8_294_400
IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")
FILM_TYPES: Final = ("video/mp4", "video/webm", "video/quicktime")
SOUND_TYPES: Final = (
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/flac",
    "audio/mp4",
    "audio/aac",
    "audio/webm",
)
FEATURED_TAGS: Final = 10
FIELDS: Final = 4
"""Of a profile."""
FIELD_CHARACTERS: Final = 255
"""Of the name of one, and of its value."""
