"""What a file is, by its first bytes: names and declared types are the sender's word."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["jpeg", "png", "gif", "webp", "avif"]

KINDS: Final[tuple[Kind, ...]] = ("jpeg", "png", "gif", "webp", "avif")
"""What is taken. SVG is a program as much as a picture, and HEIC nobody here can read."""

_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})


def recognise(content: bytes) -> Kind | None:
    """The kind of picture that a file begins as; None for anything else.

    Whoever decodes it still checks every byte: a file may begin as one thing and be another.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and _AVIF_BRANDS.intersection(_brands(content)):
        return "avif"
    return None


def _brands(content: bytes) -> list[bytes]:
    """Of an ISO media file (ISO 14496-12 §4.3): the major one and those it says it is fit for."""
    size = min(int.from_bytes(content[:4], "big"), 256, len(content))
    return [content[8:12], *(content[at : at + 4] for at in range(16, size - 3, 4))]
