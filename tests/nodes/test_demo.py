"""`entraide demo`, as a person runs it: a process of its own, with three nodes below it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from node.aid.proposals import propose
from node.aid.reach import in_reach
from node.aid.territory import Territory
from node.cli.demo.processes import choose_ports
from node.cli.demo.scenario import Quartier, read_scenario
from node.errors import ConfigError

PATIENCE_S = 120.0
"""The machine may be busy; a demo that works takes some ten seconds."""


@dataclass(frozen=True)
class Demo:
    process: subprocess.Popen[bytes]
    output: Path
    temporary: Path

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def below(self) -> list[psutil.Process]:
        """The processes that it started, and those that these started."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def end(self) -> int:
        return self.process.wait(timeout=PATIENCE_S)


@pytest.fixture
def directory() -> Iterator[Path]:
    """A short path: below it are Unix sockets, whose addresses hold 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        yield Path(name)


@contextmanager
def running(directory: Path, *options: str) -> Iterator[Demo]:
    temporary = directory / "temporary"
    temporary.mkdir()
    output = directory / "said.txt"
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8"}
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "node", "demo", "--base-port", "0", *options],
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=environment,
        )  # fmt: skip
    try:
        yield Demo(process, output, temporary)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def assert_gone(processes: list[psutil.Process], seconds: float) -> None:
    gone, alive = psutil.wait_procs(processes, timeout=seconds)
    for one in alive:
        one.kill()
    assert not alive, f"{len(gone)} ended, these stayed: {alive}"


def territory(quartier: Quartier) -> Territory:
    return Territory.from_circle(quartier.latitude, quartier.longitude, quartier.radius_m)


def test_quartiers_touch_like_in_lyon() -> None:
    """The Presqu'île lies between the two others, which do not touch."""
    croix_rousse, presquile, guillotiere = map(territory, read_scenario().quartiers)

    assert croix_rousse.adjacent(presquile)
    assert presquile.adjacent(guillotiere)
    assert not croix_rousse.adjacent(guillotiere)


def test_scenario_says_the_right_reach() -> None:
    """Where the scenario says that an announcement is seen is where its reach takes it."""
    scenario = read_scenario()
    home = scenario.quartiers[0]
    announcements = [
        *scenario.announcements(early=True),
        *scenario.announcements(early=False),
        (home, scenario.traveller),
        (home, scenario.followed),
    ]
    assert len({announcement.draft.topic for _, announcement in announcements}) >= 12
    assert {announcement.draft.purpose for _, announcement in announcements} == {"offer", "request"}
    for quartier, announcement in announcements:
        proposal = propose(
            announcement.draft,
            id=1,
            uri="http://127.0.0.1/objects/1",
            author_uri="http://127.0.0.1/users/amina",
            origin="127.0.0.1",
            now=0.0,
            centre=(quartier.latitude, quartier.longitude),
        )
        reached = {
            other.slug
            for other in scenario.quartiers
            if in_reach(
                proposal.reach,
                place=proposal.place,
                reach_m=proposal.reach_m,
                origin_territory=territory(quartier),
                home=other is quartier,
                candidate=territory(other),
            )
        }
        assert reached == announcement.seen_in, announcement.title


def test_taken_ports_are_refused_or_avoided() -> None:
    """A port asked for that is taken is told; without a wish, others are found."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="--base-port"):
            choose_ports(3, min(port, 65_533))
        found = [*choose_ports(3, None), *choose_ports(3, 0)]

    assert len(set(found)) >= 3
    assert port not in found


def test_demo_once_plays_checks_and_leaves(directory: Path) -> None:
    """`demo --once` checks every step, says how long each took, exits 0 and leaves nothing."""
    with running(directory, "--once") as demo:
        demo.wait_for("est ouvert")
        below = demo.below()
        assert demo.end() == 0, demo.said

        assert "16 étapes réussies sur 16" in demo.said
        assert "✗" not in demo.said
        assert "Guillotière affiche « Courses pour une voisine de 84 ans »" in demo.said
        assert "@amina@127.0.0.1:" in demo.said
        assert "bonjour-amina" in demo.said
        assert len(below) >= 3
        assert_gone(below, 5.0)
        assert not list(demo.temporary.glob("entraide-*"))


def test_demo_stays_up_and_tells(directory: Path) -> None:
    """The demo stays up, tells a node that dies, and Ctrl-C ends all of it within seconds."""
    data = directory / "kept"
    with running(directory, "--data-dir", str(data)) as demo:
        demo.wait_for("Les trois nœuds tournent.")
        below = demo.below()
        nodes = [one for one in below if "serve" in one.cmdline()]
        assert len(nodes) == 3
        nodes[2].kill()
        demo.wait_for("Le nœud de ")
        assert demo.process.poll() is None

        demo.process.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert demo.end() == 0, demo.said
        assert time.monotonic() - began < 15
        assert_gone(below, 1.0)
        assert (data / "croix-rousse" / "entraide.sqlite3").exists()


def test_demo_that_loses_a_node_fails_at_once(directory: Path) -> None:
    """A node that dies while the demo plays is told with its log, and the demo exits 1."""
    with running(directory, "--once") as demo:
        deadline = time.monotonic() + PATIENCE_S
        while not (nodes := [one for one in demo.below() if "serve" in one.cmdline()]):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        began = time.monotonic()
        nodes[0].kill()

        assert demo.end() == 1, demo.said
        assert time.monotonic() - began < 20
        assert "s’est arrêté tout seul (-9)" in demo.said
        assert ".log" in demo.said
        assert_gone(nodes, 1.0)


def test_interrupted_demo_leaves_no_process(directory: Path) -> None:
    """SIGTERM in the middle of the play ends the nodes, and nothing is kept."""
    with running(directory) as demo:
        demo.wait_for("est ouvert")
        below = demo.below()
        demo.process.terminate()

        assert demo.end() == 130, demo.said
        assert_gone(below, 1.0)
        assert not list(demo.temporary.glob("entraide-*"))


def test_killed_demo_leaves_no_process(directory: Path) -> None:
    """Even when the demo itself is killed, its nodes stop."""
    with running(directory, "--once", "--keep") as demo:
        demo.wait_for("est ouvert")
        below = demo.below()
        demo.process.kill()
        demo.end()

        assert_gone(below, 20.0)


def test_demo_refuses_a_used_directory(directory: Path) -> None:
    """What cannot be is told in one line, with exit code 2."""
    (directory / "something").touch()
    told = subprocess.run(
        [sys.executable, "-m", "node", "demo", "--once", "--data-dir", str(directory)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert told.returncode == 2
    assert "n’est pas vide" in told.stderr
