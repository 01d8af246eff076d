"""A node of the demo: `entraide serve`, which stops when the demo is gone, however it went.

The demo holds the other end of this process's standard input. A demo that is killed cannot stop
its nodes; the end of that input does.
"""

from __future__ import annotations

import os
import runpy
import signal
import threading


def _stop_with_the_demo() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_stop_with_the_demo, daemon=True).start()
    runpy.run_module("node", run_name="__main__", alter_sys=True)
