"""That something hostile comes to an end. How fast things are is measured, not tested."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

ENOUGH_S = 30.0


@contextlib.contextmanager
def ends() -> Iterator[None]:
    """What is read in proportion to its size takes milliseconds; what is not, far more of the
    processor's time than this."""
    began = time.process_time()
    yield
    assert time.process_time() - began < ENOUGH_S, "it takes out of all proportion"
