"""What every format does: a head, then one piece for each line, then an end."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from earwig.export.facts import Facts
from earwig.export.message import ExportedMessage


class Bad(NamedTuple):
    """A line that is no message."""

    reason: str
    raw: str | None
    """What it holds, decoded; None if that is left out."""

    size: int
    """Bytes."""

    unfinished: bool = False
    time: float | None = None
    """When it was stored (Unix time, seconds), where the store knows that."""


class Writer(Protocol):
    """Makes the pieces of a document, in order; the head last of all, once everything is known."""

    def head(self, facts: Facts) -> str:
        """Return what stands before the first line."""

    def message(self, message: ExportedMessage) -> str:
        """Return a message."""

    def bad(self, number: int | None, line: Bad) -> str:
        """Return a line that the bot would skip, or that is still being written."""

    def foot(self) -> str:
        """Return what stands behind the last line."""
