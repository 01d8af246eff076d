"""`python -m tests.benchmarks [names…] [--quick] [--json FILE]`: measure a whole node."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks import (
    cold_start,
    delivery,
    front,
    growth,
    help,
    inbox,
    machine,
    memory,
    streaming,
    timelines,
)
from tests.benchmarks.bench import Bench, Benchmark
from tests.benchmarks.report import Figure, as_json, as_table, better

BENCHMARKS: Final[dict[str, Benchmark]] = {
    "machine": machine.run,
    "inbox": inbox.run,
    "delivery": delivery.run,
    "growth": growth.run,
    "help": help.run,
    "front": front.run,
    "cold_start": cold_start.run,
    "memory": memory.run,
    "streaming": streaming.run,
    "timelines": timelines.run,
}


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    reader.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all when none")
    reader.add_argument("--quick", action="store_true", help="a tenth of the size")
    reader.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = reader.parse_args()
    if unknown := set(asked.names) - BENCHMARKS.keys():
        reader.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    names = [name for name in BENCHMARKS if name in asked.names or not asked.names]
    figures: list[Figure] = []
    failed = []
    with tempfile.TemporaryDirectory(prefix="entraide-bench-") as folder:
        bench = Bench(Path(folder), asked.quick, _say)
        for name in names:
            _say(f"{name} …")
            try:
                figures += BENCHMARKS[name](bench)
            except (RuntimeError, OSError) as error:
                failed.append(f"{name}: {error}")
                _say(failed[-1])
        if "machine" in names[:-1]:
            _say("machine, again: its limits are the better of both")
            figures = better(figures, machine.run(bench))
    print(as_table(figures))
    for line in failed:
        print(f"failed: {line}")
    if asked.json is not None:
        told = {"quick": asked.quick, "figures": as_json(figures), "failed": failed}
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if failed else 0


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
