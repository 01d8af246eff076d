"""Where pictures, films and sounds lie: one directory of files with random names.

Each is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from node.errors import Unavailable
from node.media.films import ENDINGS

TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    **{ending: media_type for media_type, ending in ENDINGS.items()},
}
NAME: Final = re.compile(rf"[0-9a-f]{{32}}\.(?:{'|'.join(TYPES)})", re.ASCII)


def new_name(ending: str) -> str:
    """128 random bits: who was not told a name does not find it."""
    return f"{secrets.token_hex(16)}.{ending}"


class Files:
    """Blocking: off the event loop, but for `path` and `forget`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, name: str) -> Path | None:
        """Where the file of this name is, if it is a name of ours and the file is there."""
        if NAME.fullmatch(name) is None:
            return None
        path = self._directory / name[:2] / name
        return path if path.is_file() else None

    def write(self, name: str, content: bytes) -> None:
        """On disk when this returns. Raises Unavailable when the disk cannot take it."""
        if NAME.fullmatch(name) is None:
            raise ValueError("not a name of ours")
        path = self._directory / name[:2] / name
        part = path.with_name(f"{name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise Unavailable(
                "L’image ne peut pas être gardée pour le moment : essayez plus tard.",
                log=f"a picture was not written: {error}",
            ) from error

    def forget(self, names: Iterable[str]) -> None:
        for name in names:
            if NAME.fullmatch(name.removesuffix(".part")) is not None:
                with contextlib.suppress(OSError):
                    (self._directory / name[:2] / name).unlink(missing_ok=True)

    def older_than(self, before: float) -> Iterator[list[str]]:
        """Names of files (also half-written ones) last changed before then, in bundles."""
        bundle: list[str] = []
        for path in self._directory.glob("??/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before:
                    bundle.append(path.name)
            if len(bundle) >= 200:
                yield bundle
                bundle = []
        if bundle:
            yield bundle
