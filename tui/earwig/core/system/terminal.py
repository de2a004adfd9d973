"""The terminal as a file of the system: read what it sends, and give it back in an emergency."""

from __future__ import annotations

import _thread
import os
import select
import sys
from contextlib import suppress
from typing import Any

_PIECE = 4096


def read_input(terminal: int, seconds: float) -> bytes | None:
    """Return input that comes within `seconds`; None without, nothing at its end. Raises `OSError`."""
    ready, _, _ = select.select([terminal], [], [], seconds)
    try:
        return os.read(terminal, _PIECE) if ready else None
    except BlockingIOError:  # another program that has the terminal open was quicker
        return None


def restore(terminal: int, attributes: list[Any] | None, sequences: bytes, seconds: float) -> None:
    """Set a terminal's attributes (`termios`), and send it sequences, which may take so many seconds.

    What cannot be done is left: there is nobody left to be told. Windows has no such attributes.
    """
    if sys.platform != "win32":
        import termios  # here: the thread might wait for ever for a lock that an import holds

    done = _thread.allocate_lock()
    done.acquire()

    def send() -> None:
        if sys.platform != "win32" and attributes is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(terminal, termios.TCSANOW, attributes)
        with suppress(OSError):
            os.write(terminal, sequences)
        done.release()

    _thread.start_new_thread(send, ())  # a terminal that takes nothing would hold this thread for ever
    done.acquire(timeout=seconds)
