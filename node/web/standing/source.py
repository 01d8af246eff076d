"""The source of the program that runs here, as its licence (AGPL-3.0, section 13) promises it to
everybody who uses it over the network: packed from the program itself, so that it is the same."""

from __future__ import annotations

import asyncio
import gzip
import io
import tarfile
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from aiohttp import web

import node
from node import __version__
from node.web.site.visit import Visit

PACKAGE = Path(node.__file__).parent
BESIDE = ("LICENSE", "README.md", "README.en.md", "pyproject.toml", "constraints.txt", "Makefile")
"""In a checkout; of what is installed, the licence and its description."""


async def source(visit: Visit) -> web.Response:
    """GET /source.tar.gz."""
    body = await asyncio.to_thread(packed)
    return web.Response(
        body=body,
        content_type="application/gzip",
        headers={
            "Content-Disposition": f'attachment; filename="entraide-{__version__}.tar.gz"',
            "Cache-Control": "public, max-age=3600",
        },
    )


@cache
def packed() -> bytes:
    """A tar.gz of the package, without what machines made of it."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w") as archive,
    ):
        for path in [*sorted(PACKAGE.rglob("*")), *_beside()]:
            if path.is_file() and "__pycache__" not in path.parts:
                _put(archive, path)
    return buffer.getvalue()


def _put(archive: tarfile.TarFile, path: Path) -> None:
    inside = path.relative_to(PACKAGE.parent) if path.is_relative_to(PACKAGE) else Path(path.name)
    content = path.read_bytes()
    entry = tarfile.TarInfo(f"entraide-{__version__}/{inside.as_posix()}")
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))


def _beside() -> list[Path]:
    here = [PACKAGE.parent / name for name in BESIDE]
    if (PACKAGE.parent / "pyproject.toml").exists():
        return [path for path in here if path.is_file()]
    try:
        told = distribution("entraide").files or []
    except PackageNotFoundError:
        return []
    return [Path(str(one.locate())) for one in told if one.name in ("LICENSE", "METADATA")]
