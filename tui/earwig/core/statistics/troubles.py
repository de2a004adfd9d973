"""Troubles of a session: lines that the bot would skip, and turns that failed."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple


class Troubles(NamedTuple):
    """Counts of the troubles in all of a session. A tuple, because a folder may have 100,000."""

    bad_lines: int = 0
    failed: int = 0
    """The number of turns that the bot closed with a failure, a time-out or an interruption."""

    last_failed: int = 0
    """The number of the line that closes the last failed turn; 0: none did."""

    failed_ns: int = 0
    """When that turn was closed (Unix time, nanoseconds); 0 where nobody knows: lines of a file have no
    times."""

    @property
    def any(self) -> bool:
        return self.bad_lines > 0 or self.failed > 0


CLEAN = Troubles()
