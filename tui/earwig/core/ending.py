"""An end that comes for certain."""

from __future__ import annotations

import os
import threading


def end_within(seconds: float, status: int) -> None:
    """End the process with `status` when the time is up, if it has not ended in good order by then.

    For a program that was told to end and whose terminal is gone: what writes to it may wait for ever.
    """
    timer = threading.Timer(seconds, os._exit, (status,))
    timer.daemon = True
    timer.start()
