"""Where steps are made: on this machine, as many at once as it has cores.

A `concurrent.futures.Executor` is all the conductor asks for, so that another kind can take its
place. Threads do here: encoding is a program of its own, and mastering spends its time in calls
that let other threads run.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor


def cores() -> int:
    """The processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def here(workers: int = 0) -> Executor:
    """An executor on this machine; `workers` 0 means one a core."""
    return ThreadPoolExecutor(workers or cores(), thread_name_prefix="make")
