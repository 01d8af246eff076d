"""Films and sounds, which are passed on as they are, but for where and by whom they were taken.

They are known by their first bytes. Of ISO media files (ISO 14496-12: MP4, QuickTime, M4A) the
boxes with the place and the maker's words are emptied, and size and length are read; nothing else
of them is looked at, so that nothing of ours can stumble.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ENDINGS: Final = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
}
_SOUND_BRANDS: Final = (b"M4A ", b"M4B ", b"F4A ")
_PICTURE_BRANDS: Final = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
_INSIDE: Final = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})
_TELLING: Final = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes in which cameras write place, names and serial numbers."""
_BOXES_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Film:
    content: bytes
    media_type: str
    width: int = 0
    height: int = 0
    seconds: float | None = None


def media_type(content: bytes) -> str | None:
    """What it begins as; None for what is not passed on."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        if brand in _PICTURE_BRANDS:
            return None
        if brand in _SOUND_BRANDS:
            return "audio/mp4"
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in content[:64] else None
    if content.startswith(b"OggS"):
        return "audio/ogg"
    if content.startswith(b"fLaC"):
        return "audio/flac"
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return "audio/wav"
    if content.startswith(b"ID3"):
        return "audio/mpeg"
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:
        return "audio/mpeg"
    return None


def read(content: bytes) -> Film | None:
    """None for what is no film and no sound that is passed on."""
    kind = media_type(content)
    if kind is None:
        return None
    if content[4:8] != b"ftyp":
        return Film(content, kind)
    return _cleaned(content, kind)


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Of what is in it."""
    end: int


def _cleaned(content: bytes, kind: str) -> Film:
    clean = bytearray(content)
    width = height = 0
    seconds: float | None = None
    for box in _boxes(content, 0, len(content), depth=0):
        if box.kind in _TELLING:
            clean[box.start - 4 : box.start] = b"free"
            clean[box.start : box.end] = bytes(box.end - box.start)
        elif box.kind == b"mvhd":
            seconds = _length(content[box.start : box.end]) or seconds
        elif box.kind == b"tkhd" and box.end - box.start >= 84:
            across = int.from_bytes(content[box.end - 8 : box.end - 6], "big")
            down = int.from_bytes(content[box.end - 4 : box.end - 2], "big")
            if across * down > width * height:
                width, height = across, down
    return Film(bytes(clean), kind, width, height, seconds)


def _boxes(content: bytes, start: int, end: int, *, depth: int) -> Iterator[_Box]:
    """Those of a file and of the boxes that hold what is looked for; a broken one ends it."""
    at = start
    for _ in range(_BOXES_MOST):
        size = int.from_bytes(content[at : at + 4], "big")
        kind, head = content[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        # What is emptied is renamed just before its content: only where the head is short.
        if head == 8 or kind not in _TELLING:
            yield _Box(kind, at + head, at + size)
        if kind in _INSIDE and depth < 6:
            yield from _boxes(content, at + head, at + size, depth=depth + 1)
        at += size
        if at >= end:
            return


def _length(header: bytes) -> float | None:
    """Of a movie header: seconds."""
    if len(header) < 20:
        return None
    if header[0] == 1:
        scale, units = header[20:24], header[24:32]
    else:
        scale, units = header[12:16], header[16:20]
    ticks = int.from_bytes(scale, "big")
    return int.from_bytes(units, "big") / ticks if ticks else None
