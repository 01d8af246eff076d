"""Nothing may slow down while the database grows; what a grown node weighs, how it starts."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.bench import Bench, burst, open_sinks, prepare
from tests.benchmarks.node import AUTHOR, NodeProcess
from tests.benchmarks.processes import Helper
from tests.benchmarks.report import Figure, Goal

OWN = 6  # proposals of its own, so that there is something to read

TIMES = 3  # each is measured so often, and the best counts: others use the machine too
STEADY = Goal(0.9, "at least")
IDLE_MB = Goal(100, "below", "115 to 119")
READY = Goal(2.0, "below", "1.25 to 2.0")


@dataclass(frozen=True, slots=True)
class Grown:
    """The node that grew, stopped, and the figures that were taken on the way."""

    node: NodeProcess
    statuses: int
    growth: list[Figure]
    memory: list[Figure]
    ready: list[Figure]


def grown(bench: Bench) -> Grown:
    """Grow a node once for all benchmarks of a run."""
    if "grown" not in bench.kept:
        bench.kept["grown"] = _grow(bench)
    made: Grown = bench.kept["grown"]
    return made


def run(bench: Bench) -> list[Figure]:
    return grown(bench).growth


def _grow(bench: Bench) -> Grown:
    node = NodeProcess(bench.folder / "growth")
    with Helper("sinks") as sinks, Helper("load") as load:
        node.make()
        for number in range(OWN):
            node.command(
                "proposal", "publish", "--author", AUTHOR, "--purpose", "offer", "--topic",
                "care.groceries", "--title", f"Courses le jeudi, {number}", "--expires", "3d",
            )  # fmt: skip
        servers = open_sinks(bench, sinks, 20, shared_inbox=False)
        try:
            return _steps(bench, node, load, servers)
        finally:
            node.stop()


def _steps(bench: Bench, node: NodeProcess, load: Helper, servers: list[str]) -> Grown:
    marks = [0, bench.size(5000, 500), bench.size(20000, 2000)]
    probe, warm = bench.size(600, 150), 300
    total = warm + marks[-1] + TIMES * probe
    bench.say(f"signing {total} activities")
    senders = [(server, number) for number, server in enumerate(servers)]
    prepare(bench, load, node, "grow", total, senders)
    ready = [_ready("empty", node)]
    memory = _weight("idle, empty", node, IDLE_MB)
    burst(load, node, "grow", 0, warm)
    at = warm
    rates: list[tuple[float, ...]] = []
    for mark in marks:
        if at < mark:
            bench.say(f"growing to {mark} statuses")
            burst(load, node, "grow", at, mark)
            at = mark
        parts = [
            burst(load, node, "grow", at + n * probe, at + (n + 1) * probe) for n in range(TIMES)
        ]
        at += TIMES * probe
        rate, cpu = max(one.rate for one in parts), min(one.cpu_ms for one in parts)
        rates.append((mark, rate, cpu, *_reading(load, node, bench.size(1500, 400))))
    memory += _weight(f"with {at} statuses, after the burst", node, None)
    node.stop()
    ready.append(_ready(f"with {at} statuses", node))
    memory += _weight(f"idle, with {at} statuses, started anew", node, IDLE_MB)
    node.stop()
    return Grown(node, at, _growth(rates), memory, ready)


def _reading(load: Helper, node: NodeProcess, reads: int) -> tuple[float, float, float, float]:
    """Outbox pages per second and ms of CPU of each; objects, likewise."""
    page = f"{node.base}/users/{AUTHOR}/outbox?page=true"
    first = node.document(f"/users/{AUTHOR}/outbox?page=true")["orderedItems"][0]
    found: list[float] = []
    for url in (page, first["object"]["id"]):
        rates, cpus = [], []
        for _ in range(TIMES):
            cpu = node.cpu()
            told = load.ask(do="get", url=url, count=reads, connections=16)
            if told["statuses"] != {"200": reads}:
                raise RuntimeError(f"{url} answers {told['statuses']}")
            rates.append(reads / (told["ended"] - told["began"]))
            cpus.append(1000 * (node.cpu() - cpu) / reads)
        found += [max(rates), min(cpus)]
    return found[0], found[1], found[2], found[3]


def _growth(rates: list[tuple[float, ...]]) -> list[Figure]:
    names = (
        ("activities applied", "/s"),
        ("CPU of an activity", "ms"),
        ("outbox pages read", "/s"),
        ("CPU of an outbox page", "ms"),
        ("objects read", "/s"),
        ("CPU of an object", "ms"),
    )
    figures = []
    for column, (name, unit) in enumerate(names, 1):
        figures += [
            Figure("growth", f"{name} at {row[0]:.0f} statuses", row[column], unit) for row in rates
        ]
        first, last = rates[0][column], rates[-1][column]
        kept = first / last if unit == "ms" else last / first
        figures.append(
            Figure("growth", f"{name}: kept at {rates[-1][0]:.0f} statuses", kept, "of 1", STEADY)
        )
    return figures


def _ready(name: str, node: NodeProcess) -> Figure:
    """The middle of five starts; the last one goes on running."""
    times = []
    for _ in range(5):
        node.stop()
        times.append(node.start())
    note = f"from exec to /health 200, five starts, {min(times):.2f} to {max(times):.2f} s"
    return Figure("cold_start", f"ready, {name}", sorted(times)[2], "s", READY, note=note)


def _weight(name: str, node: NodeProcess, goal: Goal | None) -> list[Figure]:
    found = node.memory()
    note = f"PSS {found['pss']:.0f} MB, USS {found['uss']:.0f} MB, with child processes"
    return [Figure("memory", f"resident (RSS), {name}", found["rss"], "MB", goal, note=note)]
