"""What a shell does with its jobs, seen from one of them."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress


def is_in_foreground(terminal: int) -> bool:
    """Whether the terminal of this handle is for this program now, and not for another job of its shell."""
    if sys.platform != "win32":
        with suppress(OSError):  # not the controlling terminal: nobody else's job either
            return os.tcgetpgrp(terminal) == os.getpgrp()
    return True


def stop() -> None:
    """Stop this process until it is continued; nothing on Windows, where no process is."""
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGSTOP)
