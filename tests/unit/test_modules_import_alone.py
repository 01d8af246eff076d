"""Every module imports by itself: no order of imports that happens to work, nothing opened."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = ("node.__main__",)  # imported all the same, below, as the command itself
SHARES = 4

# One interpreter tries many modules: before each, all of its own layer of `node` and of those above
# is forgotten. What lies below, and knows nothing of it, stays as libraries do: that is where the
# time goes.
PROGRAM = """
import importlib, json, socket, sys, threading, traceback

def refuse(*args, **kwargs):
    raise RuntimeError("a socket is opened at import")

socket.socket.bind = socket.socket.connect = refuse
threads = threading.active_count()
failed = 0
layers = json.loads(sys.argv[1])

def layer(name):
    return layers.get(name.split(".")[1] if "." in name else "", len(layers))

for name in sys.argv[2:]:
    for loaded in [m for m in sys.modules if m == "node" or m.startswith("node.")]:
        if layer(loaded) >= layer(name):
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


def layers() -> dict[str, int]:
    """How high each package of node/ lies, as the linter of imports is told."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [told] = [one["layers"] for one in contracts["contracts"] if one["type"] == "layers"]
    return {
        package: height
        for height, names in enumerate(reversed(told))
        for package in re.findall(r"\w+", names)
    }


def height(name: str) -> int:
    return layers().get(name.partition(".")[2].partition(".")[0], 0)


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
    upward = sorted(modules()[share::SHARES], key=height)
    done = run("-c", PROGRAM, json.dumps(layers()), *upward)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_that_does_not_import_is_told() -> None:
    """The check above can fail: a module that is not there is named."""
    done = run("-c", PROGRAM, json.dumps(layers()), "node.clock", "node.nowhere")
    assert done.returncode == 1
    assert "node.nowhere does not import alone" in done.stdout
    assert "node.clock" not in done.stdout


def test_the_command_starts_from_nothing() -> None:
    """`python -m node --version` works in a fresh interpreter, and opens nothing."""
    done = run("-m", "node", "--version")
    assert done.returncode == 0, done.stderr
    assert "entraide" in done.stdout
