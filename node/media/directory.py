"""Files in a directory of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from node.errors import Unavailable
from node.media.files import BUNDLE, NAME, Elsewhere, Files


class Directory(Files):
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def find(self, name: str) -> Path | Elsewhere | None:
        if NAME.fullmatch(name) is None:
            return None
        path = self._directory / name[:2] / name
        return path if await asyncio.to_thread(path.is_file) else None

    def read(self, found: Elsewhere, start: int, stop: int) -> AsyncIterator[bytes]:
        raise NotImplementedError("what is here is read by its path")

    def write(self, name: str, content: bytes) -> None:
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
        bundle: list[str] = []
        for path in self._directory.glob("??/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before:
                    bundle.append(path.name)
            if len(bundle) >= BUNDLE:
                yield bundle
                bundle = []
        if bundle:
            yield bundle

    def close(self) -> None:
        """Nothing is open."""
