"""What is the matter in a session: lines that the bot would skip, and turns that failed."""

from __future__ import annotations

from typing import NamedTuple


class Troubles(NamedTuple):
    """How much of it there is in all of a session; a tuple, because a folder may have 100,000."""

    bad_lines: int = 0
    failed: int = 0
    """Turns that the bot closed with a failure, a time-out or an interruption."""

    last_failed: int = 0
    """The number of the line that closes the last of them; 0: none did."""

    failed_ns: int = 0
    """When that was (Unix time, nanoseconds); 0: nobody knows, messages have no times of their own."""

    @property
    def any(self) -> bool:
        """Whether something is the matter."""
        return self.bad_lines > 0 or self.failed > 0


CLEAN = Troubles()
"""Nothing is the matter."""
