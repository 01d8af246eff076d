"""Pictures that people send, made harmless: each is decoded and drawn anew in a process of its
own, which may fall over without harm."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.affinity import all_processors
from node.errors import EntraideError, Invalid, TooLarge, Unavailable
from node.media.recognise import recognise

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
WAITING_MOST: Final = 16
ANSWER_MOST: Final = 32 * 1024 * 1024
HEAD_MOST: Final = 4096

ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Bounds:
    bytes: int = 16 * 1024 * 1024
    pixels: int = 33_000_000
    frames: int = 1_000
    side: int = 1_600
    """Longer ones are scaled down to it."""
    seconds: float = 10.0
    memory: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    content: bytes
    media_type: str
    width: int
    height: int
    blurhash: str | None = None
    small: bytes = b""
    """The same for lists; nothing where it is small itself."""
    small_type: str = ""

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]

    @property
    def small_ending(self) -> str:
        return ENDINGS[self.small_type]


class Workshop:
    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.tasks: set[asyncio.Task[Any]] = set()
        """Pictures that are made while their senders do not wait."""
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def make(self, content: bytes, *, side: int | None = None) -> Made:
        """The picture, turned as it was meant, at most `side` pixels long (less than the bounds
        say, where it is given), and nothing else.

        Raises TooLarge, Invalid with what to do, Unavailable when too many wait.
        """
        bounds = self.bounds
        if len(content) > bounds.bytes:
            raise too_large(bounds)
        kind = recognise(content)
        if kind is None:
            raise Invalid(
                "Ce fichier n’est pas une image que nous savons lire. Envoyez une image JPEG, "
                "PNG, WebP, GIF ou AVIF."
            )
        if self._waiting >= WAITING_MOST:
            raise Unavailable("Trop d’images arrivent à la fois : renvoyez-la dans un instant.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._ask(content, kind, min(side or bounds.side, bounds.side))
        finally:
            self._waiting -= 1

    async def _ask(self, content: bytes, kind: str, side: int) -> Made:
        bounds = self.bounds
        limits = {
            "kind": kind,
            "pixels": bounds.pixels,
            "frames": bounds.frames,
            "side": side,
            "seconds": bounds.seconds,
            "memory": bounds.memory,
            "processors": sorted(all_processors()),
        }
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "node.media.child",
            json.dumps(limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # It needs none of our settings, and some are secrets.
            env=environment_of_child(os.environ),
        )
        try:
            async with asyncio.timeout(bounds.seconds):
                told, body, small = await _exchange(child, content)
        except TimeoutError:
            log.info("a picture took longer than %.0f s", bounds.seconds)
            raise _refusal("too-much", bounds) from None
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            log.info("a picture ended the process that read it: %s", type(error).__name__)
            raise _refusal("broken", bounds) from None
        finally:
            await _end(child)
        refused = told.get("refused")
        if refused is not None:
            log.info("a picture was refused: %s %s", refused, told.get("log", ""))
            raise _refusal(str(refused), bounds)
        return Made(
            body,
            str(told["media_type"]),
            int(told["width"]),
            int(told["height"]),
            str(told["blurhash"])[:100],
            small,
            str(told["small_type"]),
        )


async def _exchange(
    child: asyncio.subprocess.Process, content: bytes
) -> tuple[dict[str, Any], bytes, bytes]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child has no pipes")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()
    head = await child.stdout.readuntil(b"\n")
    told: dict[str, Any] = json.loads(head[:HEAD_MOST])
    size, small = int(told["bytes"]), int(told["small_bytes"])
    types = {told.get("media_type", "image/png"), told.get("small_type") or "image/png"}
    if min(size, small) < 0 or size + small > ANSWER_MOST or not types <= ENDINGS.keys():
        raise ValueError("an answer that cannot be")
    if small and not told.get("small_type"):
        raise ValueError("an answer that cannot be")
    return told, await child.stdout.readexactly(size), await child.stdout.readexactly(small)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    # To the end: what is left in its pipes would keep the transport open.
    await child.communicate()


def environment_of_child(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith("ENTRAIDE_")
    }


def too_large(bounds: Bounds) -> TooLarge:
    return TooLarge(
        f"L’image est trop lourde : {bounds.bytes // (1024 * 1024)} Mio au plus. "
        "Réduisez-la, ou prenez-la à nouveau en plus petit."
    )


def _refusal(word: str, bounds: Bounds) -> EntraideError:
    match word:
        case "too-large":
            return Invalid(
                f"L’image a trop de points : {bounds.pixels // 1_000_000} millions au plus. "
                "Réduisez-la."
            )
        case "too-many-frames":
            return Invalid(
                f"Cette animation a plus de {bounds.frames} images. Envoyez-en une seule."
            )
        case "too-much":
            return Invalid(
                "Cette image est trop lourde à lire : réduisez-la, ou envoyez-la en JPEG."
            )
        case _:
            return Invalid("Cette image est abîmée ou incomplète. Envoyez-la à nouveau.")
