"""What all benchmarks share: a folder, sizes, and the steps of sending traffic to a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.node import NodeProcess
from tests.benchmarks.processes import Helper, Others
from tests.benchmarks.report import Figure
from tests.benchmarks.traffic import make_keys

KEYS: Final = 20
REMOTE: Final = 'entraide_statuses{origin="remote"}'


@dataclass(slots=True)
class Bench:
    """One run of the benchmarks."""

    folder: Path
    quick: bool
    say: Callable[[str], None]
    kept: dict[str, Any] = field(default_factory=dict)
    """What one benchmark made and others look at too: the node with many statuses."""

    @property
    def keys(self) -> Path:
        path = self.folder / "keys.json"
        if not path.exists():
            make_keys(path, KEYS)
        return path

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Burst:
    """What a node did with a burst of activities."""

    sent: int
    accepted: int
    seconds: float
    """From the first byte sent until all accepted ones were applied."""
    cpu: float
    """Seconds of the node's processes."""
    latency: dict[str, float]
    """Milliseconds until the 202: p50, p95, p99, max."""
    statuses: dict[str, int]
    load_cpu: float
    others: float
    """Share of the machine, 0 to 1, that was busy with what is not ours."""

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / max(self.accepted, 1)


def open_sinks(bench: Bench, sinks: Helper, servers: int, *, shared_inbox: bool) -> list[str]:
    answer = sinks.ask(do="open", keys=str(bench.keys), servers=servers, shared_inbox=shared_inbox)
    return [str(one) for one in answer["servers"]]


def prepare(
    bench: Bench,
    load: Helper,
    node: NodeProcess,
    name: str,
    count: int,
    senders: Iterable[tuple[str, int]],
    *,
    what: str = "create",
    scheme: str = "rsa",
) -> int:
    """Have requests signed; the bytes of one of them."""
    answer = load.ask(
        do="prepare",
        name=name,
        what=what,
        count=count,
        senders=list(senders),
        scheme=scheme,
        keys=str(bench.keys),
        inbox=f"{node.base}/inbox",
        target=f"{node.base}/users/amina",
    )
    return int(answer["bytes"])


def burst(
    load: Helper,
    node: NodeProcess,
    name: str,
    start: int,
    stop: int,
    *,
    connections: int = 64,
    rate: float | None = None,
) -> Burst:
    """Post prepared Creates and wait until they are applied."""
    before, cpu, others = node.metric(REMOTE), node.cpu(), Others()
    told = load.ask(
        do="post",
        name=name,
        start=start,
        stop=stop,
        url=f"{node.base}/inbox",
        connections=connections,
        rate=rate,
    )
    accepted = int(told["statuses"].get("202", 0))
    if node.metric(REMOTE) == before + accepted:
        applied = float(told["ended"])
    else:
        applied = node.wait_for(REMOTE, before + accepted)
    return Burst(
        sent=stop - start,
        accepted=accepted,
        seconds=applied - float(told["began"]),
        cpu=node.cpu() - cpu,
        latency=told["latency"],
        statuses=told["statuses"],
        load_cpu=float(told["cpu"]),
        others=others.share(),
    )


Benchmark = Callable[[Bench], list[Figure]]
