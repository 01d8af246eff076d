"""Which processors this process's threads run on.

With SQLite nearly all work is Python's, on one thread at a time: the event loop and the database
threads hand the interpreter's lock to each other. Where they do so across processors, each
handing over wakes the other processor; measured, that costs a quarter of the CPU of an incoming
activity and a fifth of the rate (``tests/benchmarks``). Threads and processes that work without
the lock should leave again.
"""

from __future__ import annotations

import os

_allowed: frozenset[int] = frozenset()  # before `stay_on_one_processor`; empty: never called


def stay_on_one_processor() -> None:
    """Keep this thread, and those that it starts from now on, on one of the processors allowed
    to the process. Several nodes on one machine choose by their process number. Linux only;
    elsewhere it does nothing."""
    global _allowed
    if not hasattr(os, "sched_setaffinity"):
        return
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) > 1:
        _allowed = frozenset(allowed)
        os.sched_setaffinity(0, {allowed[os.getpid() % len(allowed)]})


def all_processors() -> frozenset[int]:
    """Those that the process may use, whatever this thread is kept on; empty where unknown."""
    if _allowed or not hasattr(os, "sched_getaffinity"):
        return _allowed
    return frozenset(os.sched_getaffinity(0))


def use_processors(numbers: frozenset[int]) -> None:
    """For a thread or a child process that computes without the interpreter's lock."""
    if numbers and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, numbers)
