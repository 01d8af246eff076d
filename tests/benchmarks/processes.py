"""Processes that are measured and processes that measure: started, asked, and ended by their id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Helper:
    """A process of ours that takes a JSON line and answers with one."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.{module}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, **job: Any) -> dict[str, Any]:
        """Raises RuntimeError when the process ended instead of answering."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"A helper ended at the job {job.get('do')}.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end(self._process)


def end(process: subprocess.Popen[bytes], *, gently: bool = False) -> None:
    """End a process that we started and wait until it is gone."""
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(40 if gently else 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    if process.stdout is not None:
        process.stdout.close()


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    found = [pid]
    for one in found:
        for task in _list(Path(f"/proc/{one}/task")):
            try:
                found += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its living descendants, and those it has buried."""
    ticks = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(value) for value in fields[11:15])
    return ticks / TICKS


class Others:
    """How busy all that is not ours keeps the machine, from its making on: a figure taken while
    others work is worth less, and should say so."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ours, self._idle = cpu_seconds(os.getpid()), _idle_seconds()

    def share(self) -> float:
        """Of all cores, 0 to 1."""
        span = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        ours = cpu_seconds(os.getpid()) - self._ours
        return min(max(1 - (_idle_seconds() - self._idle + ours) / span, 0.0), 1.0)


def _idle_seconds() -> float:
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) / TICKS


def memory(pid: int) -> dict[str, float]:
    """RSS, PSS and USS in MB, of a process and its descendants together."""
    total = {"rss": 0.0, "pss": 0.0, "uss": 0.0}
    names = {"Rss": "rss", "Pss": "pss", "Private_Clean": "uss", "Private_Dirty": "uss"}
    for one in family(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            name, _, value = line.partition(":")
            if name in names:
                total[names[name]] += int(value.split()[0]) / 1024
    return total


def _list(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
