"""One open connection: who listens, to what, and how an event is written to it.

Frames are made once for all who get the same, and written to the transport as they are: a
connection has no queue and no task of its own beside what the system keeps for it. Whoever does
not read is cut off when what waits for them grows too long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Literal

import orjson

from node.mastodon.method import Grant
from node.mastodon.streams.channels import Key

WAITING_MOST: Final = 512 * 1024
"""Bytes that wait for a reader."""
LAST_WORD_S: Final = 1.0
GOING_AWAY: Final = 1001
POLICY: Final = 1008
PULSE: Final = b":thump\n"

Kind = Literal["ws", "sse"]


class Line:
    """Used from the event loop only."""

    __slots__ = ("_ended", "_write", "channels", "grant", "hash", "kind", "on_end", "transport")

    def __init__(self, kind: Kind, hash: str, transport: asyncio.WriteTransport) -> None:
        self.kind: Kind = kind
        self.hash = hash
        self.transport = transport
        self.grant: Grant | None = None
        self.channels: dict[Key, tuple[str, ...]] = {}
        self.on_end: Callable[[], None] | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        return self._ended or self.transport.is_closing()

    @property
    def account_id(self) -> int | None:
        person = self.grant.person if self.grant is not None else None
        return person.actor.id if person is not None else None

    def write(self, frame: bytes) -> None:
        if self.ended:
            return
        if self.transport.get_write_buffer_size() + len(frame) > WAITING_MOST:
            self.cut()
            return
        self.transport.write(frame)

    def pulse(self) -> None:
        """So that what stands between does not take it for dead; WebSockets ping themselves."""
        if self.kind == "sse":
            self.write(chunk(PULSE))

    def end(self, code: int, reason: str) -> None:
        """Say why, and close when that is written."""
        if self._ended:
            return
        self._ended = True
        if not self.transport.is_closing():
            if self.kind == "ws":
                self.transport.write(frame(8, code.to_bytes(2, "big") + reason.encode()[:120]))
            self.transport.close()
            # Closing waits until what was written is read: not for ever.
            asyncio.get_running_loop().call_later(LAST_WORD_S, self.transport.abort)
        self._tell_end()

    def cut(self) -> None:
        """Nothing more is written: it would not be read."""
        if not self._ended:
            self._ended = True
            self.transport.abort()
            self._tell_end()

    def _tell_end(self) -> None:
        if self.on_end is not None:
            self.on_end()


def frame(opcode: int, data: bytes) -> bytes:
    """An unmasked, unfragmented frame of a server (RFC 6455, 5.2)."""
    length = len(data)
    if length < 126:
        head = bytes((0x80 | opcode, length))
    elif length < 65_536:
        head = bytes((0x80 | opcode, 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big")
    return head + data


def chunk(data: bytes) -> bytes:
    """Of a body whose length is not known (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def message(kind: Kind, label: Sequence[str], event: str, payload: str | None) -> bytes:
    """An event as it goes over the wire; some have no payload."""
    if kind == "sse":
        return chunk(f"event: {event}\ndata: {payload}\n\n".encode())
    told: dict[str, object] = {"stream": list(label), "event": event}
    if payload is not None:
        told["payload"] = payload
    return frame(1, orjson.dumps(told))


def error(text: str, status: int) -> bytes:
    return frame(1, orjson.dumps({"error": text, "status": status}))
