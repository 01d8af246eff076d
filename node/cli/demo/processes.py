"""The nodes of the demo: a process each, with its own settings, port and database."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from node.cli.demo.scenario import Quartier
from node.errors import ConfigError

HOST = "127.0.0.1"
FIRST_PORT = 8001
STOP_S = 5.0
"""How long a node may take to stop before it is killed."""

SETTINGS = """\
# Un nœud de la démonstration d'Entraide : sur cette machine seulement.
[node]
domain = {domain}
name = {name}
latitude = {latitude}
longitude = {longitude}
radius_m = {radius_m}
data_dir = {data_dir}

[server]
host = {host}
port = {port}
stop_seconds = 4

[federation]
insecure_loopback = true

[limits]
# Les trois nœuds ont la même adresse : ils se gêneraient.
rate_limits = false
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A quartier and where its node is."""

    quartier: Quartier
    port: int
    config: Path
    log: Path

    @property
    def slug(self) -> str:
        return self.quartier.slug

    @property
    def name(self) -> str:
        return self.quartier.name

    @property
    def domain(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.domain}"


def write_site(quartier: Quartier, port: int, directory: Path) -> Site:
    """Its settings, in a file."""
    site = Site(
        quartier, port, directory / f"{quartier.slug}.toml", directory / f"{quartier.slug}.log"
    )
    site.config.write_text(
        SETTINGS.format(
            domain=json.dumps(site.domain),
            name=json.dumps(quartier.name, ensure_ascii=False),
            latitude=quartier.latitude,
            longitude=quartier.longitude,
            radius_m=quartier.radius_m,
            data_dir=json.dumps(quartier.slug),
            host=json.dumps(HOST),
            port=port,
        ),
        encoding="utf-8",
    )
    return site


def choose_ports(count: int, base: int | None) -> list[int]:
    """`count` ports: from `base` on, or 8001, 8002… when they are free, or any that are.

    A base of 0 asks for any: demos that start in the same second do not meet there.
    """
    wanted = range(base or FIRST_PORT, (base or FIRST_PORT) + count)
    if base != 0 and _free(wanted):
        return list(wanted)
    if base:
        raise ConfigError(
            f"Un des ports {wanted[0]} à {wanted[-1]} est déjà pris : choisissez un autre "
            "--base-port, ou n’en donnez pas."
        )
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def _free(ports: range) -> bool:
    with contextlib.ExitStack() as stack:
        for port in ports:
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((HOST, port))
            except (OSError, OverflowError):
                return False
    return True


class Nodes:
    """The running processes. Whatever happens, none outlives this context."""

    def __init__(self) -> None:
        self._processes: dict[str, Process] = {}
        self._watches: list[asyncio.Task[None]] = []
        self._deaths: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    async def __aenter__(self) -> Nodes:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, site: Site) -> None:
        # Settings of the environment are for other nodes: with one ENTRAIDE_DATABASE_URL all
        # three would share a database.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ENTRAIDE_")}
        with site.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "node.cli.demo.child", "serve", "--config", str(site.config),
                stdin=PIPE, stdout=log, stderr=STDOUT, env=environment,
            )  # fmt: skip
        self._processes[site.slug] = process
        self._watches.append(asyncio.create_task(self._watch(site.slug, process)))

    @property
    def living(self) -> int:
        return sum(process.returncode is None for process in self._processes.values())

    async def death(self) -> tuple[str, int]:
        """Wait until a node ends by itself: its slug and exit code. Each is told once."""
        return await self._deaths.get()

    async def _watch(self, slug: str, process: Process) -> None:
        self._deaths.put_nowait((slug, await process.wait()))

    async def stop(self) -> None:
        """SIGTERM to all, and SIGKILL to those that are still there after `STOP_S`.

        From here on a death is no news.
        """
        for watch in self._watches:
            watch.cancel()
        living = [one for one in self._processes.values() if one.returncode is None]
        for process in living:
            _signal(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*(process.wait() for process in living))
        except TimeoutError:
            pass
        finally:
            self.kill()
            for process in living:
                await process.wait()

    def kill(self) -> None:
        for process in self._processes.values():
            if process.returncode is None:
                _signal(process, signal.SIGKILL)


def _signal(process: Process, which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(which)
