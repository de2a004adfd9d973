"""What a shell does with its jobs, seen from one of them."""

from __future__ import annotations

import os
import signal


def is_in_foreground(terminal: int) -> bool:
    """Whether the terminal of this handle is for this program now, and not for another job of its shell."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True  # not the controlling terminal: nobody else's job either


def stop() -> None:
    """Stop this process until it is continued."""
    os.kill(os.getpid(), signal.SIGSTOP)
