"""Every module imports by itself: no order of imports that happens to work, nothing opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = ("node.__main__",)  # imported all the same, below, as the command itself
SHARES = 4

# One interpreter tries many modules: before each, all of `node` is forgotten. What libraries
# loaded stays, which is where the time goes.
PROGRAM = """
import importlib, socket, sys, threading, traceback

def refuse(*args, **kwargs):
    raise RuntimeError("a socket is opened at import")

socket.socket.bind = socket.socket.connect = refuse
threads = threading.active_count()
failed = 0
for name in sys.argv[1:]:
    for loaded in [m for m in sys.modules if m == "node" or m.startswith("node.")]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
        if threading.active_count() > threads:
            raise RuntimeError("a thread is started at import")
    except BaseException:
        failed += 1
        print(f"{name} does not import alone:")
        traceback.print_exc(limit=-3, file=sys.stdout)
sys.exit(1 if failed else 0)
"""


def modules() -> list[str]:
    """All modules below node/, but migrations, which Alembic loads with a context of its own."""
    names = []
    for path in sorted((ROOT / "node").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith("node.store.migrations.") and name not in SKIPPED:
            names.append(name)
    return names


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("share", range(SHARES))
def test_modules_import_alone(share: int) -> None:
    """Each module imports first of all of ours, without a warning, a thread or a socket."""
    done = run("-c", PROGRAM, *modules()[share::SHARES])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_that_does_not_import_is_told() -> None:
    """The check above can fail: a module that is not there is named."""
    done = run("-c", PROGRAM, "node.clock", "node.nowhere")
    assert done.returncode == 1
    assert "node.nowhere does not import alone" in done.stdout
    assert "node.clock" not in done.stdout


def test_the_command_starts_from_nothing() -> None:
    """`python -m node --version` works in a fresh interpreter, and opens nothing."""
    done = run("-m", "node", "--version")
    assert done.returncode == 0, done.stderr
    assert "entraide" in done.stdout
