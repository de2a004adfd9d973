"""What is typed, line by line, without holding up what else there is to wait for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

LONGEST = 1_000
"""Characters of a line that are taken; nobody types more."""

_CHUNK = 4096


class TypedLines(threading.Thread):
    """Hands over each line that is typed, then None.

    Reads the descriptor and not `sys.stdin`: a thread that waits inside that keeps Python from ending.
    """

    def __init__(self, give: Callable[[str | None], None]) -> None:
        super().__init__(name="earwig-typed", daemon=True)
        self._give = give

    def run(self) -> None:
        """Read to the end, or until the terminal is gone."""
        left = b""
        while data := self._read():
            *lines, left = (left + data).split(b"\n")
            for line in lines:
                self._give(self._text(line))
            left = left[: LONGEST * 4]
        if left:
            self._give(self._text(left))
        self._give(None)

    @staticmethod
    def _read() -> bytes:
        try:
            return b"" if sys.stdin is None else os.read(sys.stdin.fileno(), _CHUNK)
        except (OSError, ValueError):  # the terminal is gone; or there is no file behind it
            return b""

    @staticmethod
    def _text(line: bytes) -> str:
        return line.decode("utf-8", "replace")[:LONGEST].strip()
