"""Where pictures, films and sounds lie, under random names: what every place for them can do."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from node.media.films import ENDINGS

TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    **{ending: media_type for media_type, ending in ENDINGS.items()},
}
NAME: Final = re.compile(rf"[0-9a-f]{{32}}\.(?:{'|'.join(TYPES)})", re.ASCII)
BUNDLE: Final = 200


def new_name(ending: str) -> str:
    """128 random bits: who was not told a name does not find it."""
    return f"{secrets.token_hex(16)}.{ending}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that is not on this machine."""

    name: str
    bytes: int


class Files(Protocol):
    """Each file is written whole or not at all. What cannot be done now raises Unavailable."""

    async def find(self, name: str) -> Path | Elsewhere | None:
        """None for what is no name of ours, and for a file that is not there."""

    def read(self, found: Elsewhere, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`, in pieces of some 64 KiB."""

    def write(self, name: str, content: bytes) -> None:
        """Kept for good when this returns. Blocking: off the event loop."""

    def forget(self, names: Iterable[str]) -> None:
        """At once; what then still lies there is found by `older_than`."""

    def older_than(self, before: float) -> Iterator[list[str]]:
        """Names of files (also half-written ones) last changed before then, in bundles.
        Blocking: off the event loop."""

    def close(self) -> None:
        """Blocking: off the event loop."""
