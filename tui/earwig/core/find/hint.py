"""Tells a store what is looked for, so that it need not decode what cannot match."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from earwig.core.find.line_scan import Scan, line_scan
from earwig.core.find.matcher import Findable


class Hint:
    """A query that the thread that uses it makes ready when it first does. For one thread."""

    def __init__(self, query: Findable) -> None:
        self.query = query
        """What is looked for, for a store whose contents are no JSON."""

    def line_ends(self, block: bytes | bytearray, size: int) -> Sequence[int]:
        """Return the ends of the whole lines of JSON in the first `size` bytes of a block that may match."""
        return self._scan(block, size)

    @cached_property
    def _scan(self) -> Scan:
        return line_scan(self.query.byte_pattern())()
