"""A node as its users run it: made by commands, served by a process of its own, on loopback."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.processes import ROOT, cpu_seconds, end, memory

AUTHOR: Final = "amina"
START_S: Final = 60.0
SETTINGS: Final = {
    "ENTRAIDE_LIMITS_RATE_LIMITS": "false",
    "ENTRAIDE_LIMITS_INBOX_PER_5MIN": "100000000",
}


class NodeProcess:
    """A folder with a node's settings and data, and at times a process that serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "entraide.toml"
        self.log = folder / "node.log"
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.ready_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """`init` and one account."""
        self.folder.mkdir(parents=True)
        place = ["--lat", "45.774", "--lon", "4.828", "--radius", "800"]
        self.command(
            "init", "--domain", f"127.0.0.1:{self.port}", "--name", "Croix-Rousse", *place,
            "--insecure-loopback",
        )  # fmt: skip
        password = ["--password", "correct horse battery staple"]
        self.command("account", "create", AUTHOR, "--email", "amina@example.org", *password)

    def copy(self, folder: Path) -> NodeProcess:
        """The same node at the same address, from a copy of its data; only one may run."""
        self.stop()
        shutil.copytree(self.folder, folder)
        twin = NodeProcess(folder)
        twin.port, twin.base = self.port, self.base
        return twin

    def command(self, *words: str) -> str:
        """Run a command beside the node; its output. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", "node", *words, "--config", str(self.config)],
            cwd=ROOT,
            env={**os.environ, **SETTINGS},
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        )
        return done.stdout.decode().strip()

    def start(self) -> float:
        """Serve; seconds from the start of the process until /health answers 200."""
        with self.log.open("ab") as log:
            began = time.monotonic()
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "node", "serve",
                    "--config", str(self.config), "--port", str(self.port),
                ],
                cwd=ROOT,
                env={**os.environ, **SETTINGS},
                stdout=log,
                stderr=log,
            )  # fmt: skip
        while time.monotonic() - began < START_S:
            if self._healthy():
                self.ready_s = time.monotonic() - began
                return self.ready_s
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        raise RuntimeError(f"The node does not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        if self._process is not None:
            end(self._process, gently=True)
            self._process = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the node is not running")
        return self._process.pid

    def cpu(self) -> float:
        return cpu_seconds(self.pid)

    def memory(self) -> dict[str, float]:
        return memory(self.pid)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept": "application/activity+json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def document(self, path: str) -> dict[str, Any]:
        status, body = self.get(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}: {body[:200]!r}")
        found: dict[str, Any] = json.loads(body)
        return found

    def metric(self, name: str) -> int:
        """One figure of /metrics, as ``entraide_statuses{origin="remote"}``."""
        text = self.get("/metrics")[1].decode()
        found = re.search(rf"^{re.escape(name)} ([0-9]+)$", text, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"/metrics does not tell {name}")
        return int(found[1])

    def wait_for(self, name: str, value: int, *, patience_s: float = 120.0) -> float:
        """Until a figure has a value; the machine's monotonic time then."""
        began = time.monotonic()
        while (now := self.metric(name)) != value:
            if time.monotonic() - began > patience_s:
                raise RuntimeError(f"{name} is {now} after {patience_s:.0f} s, not {value}")
            time.sleep(0.05)
        return time.monotonic()

    def complaints(self) -> int:
        """Lines of warnings and errors in its log."""
        text = self.log.read_text() if self.log.exists() else ""
        return len(re.findall(r"^\S+ \S+ (?:WARNING|ERROR|CRITICAL)", text, re.MULTILINE))

    def _healthy(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
