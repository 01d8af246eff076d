"""The process beside: reads a length and a document, writes a length and what it means.

Run as ``python -m node.transport.expander_child PROCESSORS`` by `Expander`; ends with its input.
"""

from __future__ import annotations

import resource
import signal
import sys

import orjson

from node.activitypub.jsonld import expand_and_compact
from node.activitypub.rejected import Rejected
from node.affinity import use_processors

MEMORY = 1024 * 1024 * 1024  # bytes of address space


def main() -> None:
    use_processors(frozenset(int(one) for one in sys.argv[1].split(",") if one))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    expand_and_compact({"type": "Note"})  # what PyLD loads at first use is not on anybody's time
    source, target = sys.stdin.buffer, sys.stdout.buffer
    target.write(b"\x00")
    target.flush()
    while len(head := source.read(4)) == 4:
        body = source.read(int.from_bytes(head, "big"))
        try:
            found = expand_and_compact(orjson.loads(body))
        except (RecursionError, MemoryError) as error:
            found = Rejected(f"JSON-LD: {type(error).__name__}")
        if isinstance(found, Rejected):
            answer = orjson.dumps({"rejected": found.reason, "status": found.status})
        else:
            answer = orjson.dumps({"document": found})
        target.write(len(answer).to_bytes(4, "big") + answer)
        target.flush()


if __name__ == "__main__":
    main()
