"""The product as what it is: a process, driven by its command line and its address alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.peers.launching import Launched, launch

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
STOP_S = 35.0
COMMAND_S = 90.0
LOG_TAIL = 6000


class CommandFailed(AssertionError):
    """A command that ended with another exit code than 0."""

    def __init__(self, arguments: tuple[str, ...], code: int, stdout: str, stderr: str) -> None:
        super().__init__(f"entraide {' '.join(arguments)}: exit code {code}\n{stdout}\n{stderr}")
        self.code = code
        self.stdout = stdout
        self.stderr = stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NodeProcess:
    """A node of one quartier with its own directory, database and port.

    ``environment`` are variables over those of the tests (no rate limits, a fast retry schedule).
    As a context manager it is initialised and started, and stopped at the end; the end of its
    log is printed then, which pytest shows with a failed test.
    """

    def __init__(
        self,
        directory: Path,
        *,
        name: str = "Croix-Rousse",
        latitude: float = 45.774,
        longitude: float = 4.828,
        radius_m: int = 800,
        host: str = "127.0.0.1",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.name = name
        self.port = free_port()
        self.domain = f"{host}:{self.port}"
        self.base = f"http://{self.domain}"
        self.config = directory / "entraide.toml"
        self.log = directory / "stderr.log"
        self._place = (latitude, longitude, radius_m)
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ENTRAIDE_")
        } | {
            "ENTRAIDE_LIMITS_RATE_LIMITS": "false",
            "ENTRAIDE_FEDERATION_RETRY_SCALE": "0.001",
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self._process: Launched | None = None

    async def __aenter__(self) -> Self:
        await self.init()
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.stop()
        finally:
            # pytest shows what is printed with a test that failed, and only then.
            print(f"--- {self.name} ({self.domain}) ---\n{self.log_tail()}")

    # ── the process ──────────────────────────────────────────────────────────────────────────

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def init(self) -> None:
        """`entraide init`, into this node's own directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        latitude, longitude, radius = self._place
        await self.cli(
            "init",
            "--domain", self.domain,
            "--name", self.name,
            "--lat", str(latitude),
            "--lon", str(longitude),
            "--radius", str(radius),
            "--data-dir", str(self.directory / "data"),
            "--insecure-loopback",
        )  # fmt: skip

    async def start(self) -> float:
        """`entraide serve`; back when GET /health answers 200, with the seconds that it took."""
        began = time.monotonic()
        self._process = self._launch("serve", "--port", str(self.port))
        try:
            if await self._is_ready(began):
                return time.monotonic() - began
        except BaseException:
            await self.kill()
            raise
        await self.kill()
        raise AssertionError(f"{self.name} did not become ready:\n{self.log_tail()}")

    async def _is_ready(self, began: float) -> bool:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0)) as session:
            while time.monotonic() - began < START_S and self.running:
                if await _is_healthy(session, f"{self.base}/health"):
                    return True
                await asyncio.sleep(0.05)
        return False

    async def stop(self) -> None:
        """SIGTERM; SIGKILL and a failure when it does not end in time."""
        if not self.running:
            return
        os.kill(self.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._wait(), STOP_S)
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"{self.name} did not end on SIGTERM") from None

    async def kill(self) -> None:
        """SIGKILL: no time to say anything."""
        if self.running:
            os.kill(self.pid, signal.SIGKILL)
            await self._wait()

    async def _wait(self) -> None:
        assert self._process is not None
        await self._process.wait()

    def log_tail(self) -> str:
        if not self.log.exists():
            return "(no log)"
        return self.log.read_text(errors="replace")[-LOG_TAIL:]

    # ── commands ─────────────────────────────────────────────────────────────────────────────

    async def cli(self, *arguments: str) -> str:
        """Run a command on this node; its standard output. Raises CommandFailed."""
        with tempfile.TemporaryDirectory(dir=self.directory) as directory:
            out, err = Path(directory, "out"), Path(directory, "err")
            process = self._launch(*arguments, stdout=out, stderr=err)
            try:
                code = await asyncio.wait_for(process.wait(), COMMAND_S)
            except (TimeoutError, asyncio.CancelledError):
                process.kill()
                await process.wait()
                raise
            told, complaint = _text(out), _text(err)
        if code != 0:
            raise CommandFailed(arguments, code, told, complaint)
        return told.strip()

    def _launch(
        self, *arguments: str, stdout: Path | None = None, stderr: Path | None = None
    ) -> Launched:
        return launch(
            *arguments, "--config", str(self.config),
            cwd=ROOT, environment=self._environment,
            stdout=stdout or self.log, stderr=stderr or self.log,
        )  # fmt: skip

    async def account(self, name: str, *, kind: str = "resident", role: str = "member") -> str:
        """A new account; its actor's id."""
        await self.cli(
            "account", "create", name, "--email", f"{name}@example.org",
            "--password", "une phrase assez longue", "--kind", kind, "--role", role,
        )  # fmt: skip
        return f"{self.base}/users/{name}"

    async def token(self, name: str, *, scopes: str = "read write follow push") -> str:
        return await self.cli("token", name, "--scopes", scopes)

    async def publish(
        self,
        author: str,
        *,
        title: str,
        purpose: str = "request",
        topic: str = "care.groceries",
        **options: str,
    ) -> str:
        """A new proposal; its id. Options as on the command line, with _ for -."""
        more = [
            part
            for name, value in options.items()
            for part in (f"--{name.replace('_', '-')}", value)
        ]
        return await self.cli(
            "proposal", "publish", "--author", author, "--purpose", purpose, "--topic", topic,
            "--title", title, *more,
        )  # fmt: skip

    async def proposals(self, *options: str) -> list[dict[str, Any]]:
        """What the node shows now."""
        listed = json.loads(await self.cli("proposal", "list", "--json", *options))
        assert isinstance(listed, list)
        return listed

    async def neighbours(self) -> list[dict[str, Any]]:
        listed = json.loads(await self.cli("neighbour", "list", "--json"))
        assert isinstance(listed, list)
        return listed

    async def join(self, other: NodeProcess) -> None:
        """Become neighbours: this one asks, the other accepts, and both know it."""
        await self.cli("neighbour", "add", other.base)
        await other.until_neighbour(self, "asked")
        await other.cli("neighbour", "accept", self.base)
        await self.until_neighbour(other, "joined")
        await other.until_neighbour(self, "joined")

    # ── waiting ──────────────────────────────────────────────────────────────────────────────

    async def until_neighbour(
        self, other: NodeProcess, state: str, *, within_s: float = 60.0
    ) -> dict[str, Any]:
        """Until another node is a neighbour in this state, as this one sees it."""
        deadline = time.monotonic() + within_s
        while True:
            listed = await self.neighbours()
            for one in listed:
                if one["domain"] == other.domain and one["state"] == state:
                    return one
            assert time.monotonic() < deadline, (
                f"{other.name} is not {state!r} at {self.name} after {within_s} s: {listed}"
            )
            await asyncio.sleep(0.1)

    async def until_shows(
        self,
        proposal: str,
        fits: Callable[[dict[str, Any]], bool] = lambda line: True,
        *,
        within_s: float = 60.0,
    ) -> dict[str, Any]:
        """Until a proposal is shown once and fits; AssertionError when it is shown twice."""
        deadline = time.monotonic() + within_s
        while True:
            listed = await self.proposals()
            found = [line for line in listed if line["id"] == proposal]
            assert len(found) <= 1, f"{self.name} shows {proposal} {len(found)} times"
            if found and fits(found[0]):
                return found[0]
            assert time.monotonic() < deadline, (
                f"{self.name} does not show {proposal} as wanted after {within_s} s: {listed}"
            )
            await asyncio.sleep(0.1)

    async def until_hidden(self, proposal: str, *, within_s: float = 60.0) -> None:
        """Until a proposal is shown no more."""
        deadline = time.monotonic() + within_s
        while any(line["id"] == proposal for line in await self.proposals()):
            assert time.monotonic() < deadline, f"{self.name} still shows {proposal}"
            await asyncio.sleep(0.1)


async def _is_healthy(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
