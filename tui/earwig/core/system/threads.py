"""Whether this process may be copied: a copy has only the thread that asked for it."""

from __future__ import annotations

import os
import threading


def has_threads() -> bool:
    """Whether there is more than one thread, also of those that Python's `threading` knows nothing of."""
    try:
        return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208 - a third of a Path's time
    except OSError:  # a system without it
        return threading.active_count() > 1
