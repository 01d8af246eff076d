"""What a node weighs, idle and after many statuses."""

from __future__ import annotations

from tests.benchmarks.bench import Bench
from tests.benchmarks.growth import grown
from tests.benchmarks.report import Figure


def run(bench: Bench) -> list[Figure]:
    return grown(bench).memory
