"""Activities accepted and applied at the shared inbox, CPU of each, and how long a 202 takes."""

from __future__ import annotations

from tests.benchmarks.bench import Bench, Burst, burst, open_sinks, prepare
from tests.benchmarks.node import NodeProcess
from tests.benchmarks.processes import Helper
from tests.benchmarks.report import Figure, Goal

RATE = Goal(1000, "at least", "116")
CPU = Goal(1.0, "at most", "9.2")
LATENCY = Goal(100, "at most", "341")
MODERATE = 300.0
TIMES = 3


def run(bench: Bench) -> list[Figure]:
    node = NodeProcess(bench.folder / "inbox")
    with Helper("sinks") as sinks, Helper("load") as load:
        node.make()
        servers = open_sinks(bench, sinks, 20, shared_inbox=False)
        node.start()
        try:
            return _measure(bench, node, load, servers)
        finally:
            node.stop()


def _measure(bench: Bench, node: NodeProcess, load: Helper, servers: list[str]) -> list[Figure]:
    one = [(servers[0], 0)]
    many = [(server, number) for number, server in enumerate(servers)]
    warm, full, less = 400, bench.size(1500, 300) * TIMES, bench.size(800, 200) * TIMES
    paced = int(MODERATE * (10 if not bench.quick else 3))
    bench.say(f"signing {warm + 2 * full + 2 * less + paced} activities")
    prepare(bench, load, node, "one", full, one)
    size = prepare(bench, load, node, "many", warm + full + 2 * less + paced, many)
    bench.say(f"posting them, {size} bytes each with headers")
    burst(load, node, "many", 0, warm)
    figures: list[Figure] = []
    at = warm
    single = _best(load, node, "one", 0, full, 64)
    figures += _rated("1 sender, 64 connections", single)
    for connections, count in ((64, full), (32, less), (128, less)):
        result = _best(load, node, "many", at, count, connections)
        at += count
        figures += _rated(f"20 senders, {connections} connections", result)
    result = burst(load, node, "many", at, at + paced, connections=128, rate=MODERATE)
    figures += _answered(f"202 at {MODERATE:.0f}/s", result)
    complaints = node.complaints()
    if complaints:
        figures.append(Figure("inbox", "warnings and errors in the log", complaints, "lines"))
    return figures


def _best(
    load: Helper, node: NodeProcess, name: str, start: int, count: int, connections: int
) -> Burst:
    """The fastest of three parts: what others do with the machine slows down some of them."""
    part = count // TIMES
    return max(
        (
            burst(load, node, name, at, at + part, connections=connections)
            for at in range(start, start + count, part)
        ),
        key=lambda one: one.rate,
    )


def _rated(name: str, result: Burst) -> list[Figure]:
    note = f"{result.accepted} of {result.sent} in {result.seconds:.2f} s"
    refused = {status: many for status, many in result.statuses.items() if status != "202"}
    if refused:
        note += f", else {refused}"
    share = result.load_cpu / result.seconds
    note += f"; load generator {100 * share:.0f} % of a core; {_meanwhile(result)}"
    return [
        Figure(
            "inbox", f"{name}: applied", result.rate, "/s", RATE,
            limit="bare aiohttp, POST answered 202", note=note,
        ),
        Figure("inbox", f"{name}: CPU of each", result.cpu_ms, "ms", CPU),
        *_answered(f"{name}: 202", result),
    ]  # fmt: skip


def _answered(name: str, result: Burst) -> list[Figure]:
    times = result.latency
    note = f"p50 {times['p50']} ms, p95 {times['p95']} ms, most {times['max']} ms"
    if result.accepted != result.sent:
        note += f"; answers {result.statuses}"
    note += f"; {_meanwhile(result)}"
    return [Figure("inbox", f"{name} p99", times["p99"], "ms", LATENCY, note=note)]


def _meanwhile(result: Burst) -> str:
    return f"others {100 * result.others:.0f} % of the machine"
