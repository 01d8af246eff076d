"""Bells wake workers: inside a process, and on SQLite between processes that share the file.

Each process binds a Unix datagram socket in a directory beside the database. To ring is to send
the bell's name to every socket there; nobody polls. Calls, which carry words, go the same way:
whoever finds a queue full says so with the next that gets through. PostgreSQL has NOTIFY instead
(postgres.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import socket
import stat
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

from node.store.transaction import CALLING

log = logging.getLogger(__name__)

_PATH_BYTES = 100  # sun_path holds 108 with its NUL, 104 on BSD
# A full queue refuses datagrams, so a name may be missing. The kernel keeps at least ten
# (net.unix.max_dgram_qlen): whoever finds that many waiting rings every bell.
_MAYBE_OVERFLOWED = 10
_MISSED = CALLING + CALLING  # in place of a call: some before it were lost
_DATAGRAM_NAMES = 400


class Bell:
    """One listener of one bell. A ring between two waits is remembered."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 – a quiet end, not an error
        """True when rung since the last wait, False after `timeout` seconds without a ring."""
        if not self._rung.is_set():
            try:
                async with asyncio.timeout(timeout):
                    await self._rung.wait()
            except TimeoutError:
                return False
        self._rung.clear()
        return True


class Bells:
    """All listeners of this process. Only the event loop's thread touches it."""

    def __init__(self) -> None:
        self._listeners: dict[str, weakref.WeakSet[Bell]] = {}

    def bell(self, name: str) -> Bell:
        """A new listener; it is forgotten when the caller lets go of it."""
        bell = Bell()
        self._listeners.setdefault(name, weakref.WeakSet()).add(bell)
        return bell

    def ring(self, names: Iterable[str]) -> None:
        for name in names:
            listeners = self._listeners.get(name)
            if listeners is None:
                continue
            for bell in listeners:
                bell.ring()
            if not listeners:
                del self._listeners[name]

    def ring_all(self) -> None:
        """When rings may have been missed."""
        self.ring(list(self._listeners))


class SocketBells:
    """The datagram socket of this process beside a SQLite database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._own: Path | None = None
        self._directory = -1  # of the sockets, opened
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._behind: set[str] = set()  # peers that missed a call, by the names of their sockets

    def open(
        self,
        loop: asyncio.AbstractEventLoop,
        ring: Callable[[Iterable[str]], None],
        ring_all: Callable[[], None],
        call: Callable[[str], None],
        missed: Callable[[], None],
    ) -> None:
        """Begin to listen. Without a usable directory a warning is logged and work goes on:
        workers then see other processes' work when their own next due time comes.
        """
        endpoint = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            endpoint.setblocking(False)
            self._own, self._directory = _bind(endpoint, self._database)
        except OSError as error:
            endpoint.close()
            log.warning("Other processes cannot wake this one (%s): %s", self._database, error)
            return
        self._socket = endpoint
        self._loop = loop
        loop.add_reader(endpoint, self._receive, endpoint, ring, ring_all, call, missed)

    def close(self) -> None:
        endpoint, own, loop = self._socket, self._own, self._loop
        if endpoint is None or own is None or loop is None:
            return
        self._socket = None
        loop.remove_reader(endpoint)
        endpoint.close()
        os.close(self._directory)
        with contextlib.suppress(OSError):
            own.unlink(missing_ok=True)
            own.parent.rmdir()  # unless others are there

    def send(self, names: list[str]) -> None:
        """Ring and call in the other processes; from any one thread, without ever blocking."""
        endpoint, own = self._socket, self._own
        if endpoint is None or own is None:
            return
        try:
            peers = os.listdir(own.parent)
        except OSError as error:
            log.warning("The bells of other processes cannot be found: %s", error)
            return
        if len(peers) < 2:
            return
        self._behind.intersection_update(peers)
        for peer in peers:
            if peer != own.name:
                self._tell(endpoint, names, own.parent / peer)

    def _tell(self, endpoint: socket.socket, names: list[str], peer: Path) -> None:
        for start in range(0, len(names), _DATAGRAM_NAMES):
            part = names[start : start + _DATAGRAM_NAMES]
            calls = any(name.startswith(CALLING) for name in part)
            if peer.name in self._behind:
                part = [_MISSED, *part]
            if _send(endpoint, "\n".join(part).encode(), peer, self._directory):
                self._behind.discard(peer.name)
            elif calls:
                self._behind.add(peer.name)

    @staticmethod
    def _receive(
        endpoint: socket.socket,
        ring: Callable[[Iterable[str]], None],
        ring_all: Callable[[], None],
        call: Callable[[str], None],
        missed: Callable[[], None],
    ) -> None:
        names: set[str] = set()
        calls: list[str] = []
        count = 0
        while count < 10_000:
            try:
                message = endpoint.recv(65_536)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                return
            count += 1
            for name in message.decode("utf-8", "replace").split("\n"):
                if name.startswith(CALLING):
                    calls.append(name)
                else:
                    names.add(name)
        for one in calls:
            if one == _MISSED:
                missed()
            else:
                call(one.removeprefix(CALLING))
        if count >= _MAYBE_OVERFLOWED:
            ring_all()
        else:
            ring(names)


def _send(endpoint: socket.socket, message: bytes, peer: Path, directory: int) -> bool:
    try:
        endpoint.sendto(message, _address(peer, directory))
    except ConnectionRefusedError:  # nobody is bound: left behind by a process that was killed
        with contextlib.suppress(OSError):
            peer.unlink()
    except OSError as error:
        # Full (it will ring everything, see above), or gone in the meantime.
        if error.errno not in (errno.EAGAIN, errno.ENOBUFS, errno.ENOENT):
            log.warning("A process cannot be woken: %s", error)
        return False
    return True


def _bind(endpoint: socket.socket, database: Path) -> tuple[Path, int]:
    """The path that the socket got, and its directory, opened."""
    tries = 5
    while True:
        beside = _directory_of(database)
        own = beside / f"{os.getpid()}.{secrets.token_hex(4)}"
        directory = -1
        try:
            directory = os.open(beside, os.O_RDONLY | os.O_DIRECTORY)
            endpoint.bind(_address(own, directory))
        except OSError as error:
            if directory >= 0:
                os.close(directory)
            # The last other process may have taken the directory away in this very moment.
            tries -= 1
            if isinstance(error, FileNotFoundError) and tries:
                continue
            with contextlib.suppress(OSError):
                beside.rmdir()
            raise
        return own, directory


def _address(path: Path, directory: int) -> str:
    """A socket's address, however long its path is: by the opened directory where the system
    names those (Linux)."""
    if len(os.fsencode(path)) <= _PATH_BYTES:
        return str(path)
    return f"/proc/self/fd/{directory}/{path.name}"


def _directory_of(database: Path) -> Path:
    """`<database>.bells`, for every process the same whatever its environment is. Raises
    PermissionError when it belongs to someone else.
    """
    beside = database.with_name(database.name + ".bells")
    owner = database.stat().st_uid
    with contextlib.suppress(FileExistsError):
        beside.mkdir(mode=0o700)
        if os.geteuid() == 0:  # the administrator's command must not lock the node out
            os.chown(beside, owner, database.stat().st_gid)
    found = beside.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
        raise PermissionError(errno.EPERM, "belongs to someone else", str(beside))
    if stat.S_IMODE(found.st_mode) & 0o077:
        beside.chmod(0o700)
    return beside
