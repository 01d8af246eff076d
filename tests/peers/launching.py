"""Processes of the product that start in no time: one process imports it once, and is forked for
each command. What the command does, and what it is to signals, is the same; `tests/nodes/test_demo`
and `test_docs_are_true` start it as a shell would.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

_kitchen = multiprocessing.get_context("forkserver")
_kitchen.set_forkserver_preload(["tests.peers.launching", "node.__main__"])


class Launched:
    """A command that was started: like asyncio's Process, as far as tests need it."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative number of the signal that ended it."""
        return self._process.exitcode

    async def wait(self) -> int:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def launch(
    *arguments: str, cwd: Path, environment: Mapping[str, str], stdout: Path, stderr: Path
) -> Launched:
    """`entraide arguments…`, which adds to the files `stdout` and `stderr`."""
    process = _kitchen.Process(
        target=_run,
        args=(arguments, str(cwd), dict(environment), str(stdout), str(stderr)),
        daemon=True,
    )
    process.start()
    return Launched(process)


def _run(
    arguments: tuple[str, ...], cwd: str, environment: dict[str, str], stdout: str, stderr: str
) -> None:
    from node.app import Root
    from node.cli import entraide

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    for path, stream in ((stdout, 1), (stderr, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = ["entraide", *arguments]
    entraide(args=arguments, obj=Root(), prog_name="entraide")
