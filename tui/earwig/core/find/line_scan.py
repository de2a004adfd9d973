"""Finds the lines of a block that may hold what is looked for, by their bytes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from earwig.core.find.byte_patterns import BytePattern

Scan = Callable[[bytes | bytearray, int], Sequence[int]]
"""A function that returns the ends of those lines, each with its newline, in the first bytes of a block that
may match."""

_NONE: tuple[int, ...] = ()


LineScan = Callable[[], Scan]
"""A pattern that is ready to scan: a function that returns a scan of its own for one thread."""


def line_scan(pattern: BytePattern) -> LineScan:
    """Return the fastest scan that there is here for a pattern."""
    if not pattern.expression:
        return lambda: _every_end
    try:
        return hyperscan_lines(pattern)
    except (ImportError, NotSupported):
        return portable_lines(pattern)


class NotSupported(Exception):
    """Raised where the library cannot scan for a pattern: it is too large."""


def _every_end(block: bytes | bytearray, size: int) -> list[int]:
    return [match.end() for match in re.compile(rb"\n").finditer(block, 0, size)]


def hyperscan_lines(pattern: BytePattern) -> LineScan:
    """Return scans by Hyperscan (on ARM, Vectorscan), which lets other threads run meanwhile.

    Raises `ImportError` where there is no such library, and `NotSupported`.
    """
    import hyperscan

    # With the rest of its line, a match is reported once a line, where the line ends.
    expression = b"(?:" + pattern.expression + rb")[^\n]*\n"
    database = hyperscan.Database()
    try:
        database.compile(
            expressions=[expression], flags=[hyperscan.HS_FLAG_CASELESS if pattern.folded else 0]
        )
    except hyperscan.error as error:
        raise NotSupported from error
    scan: Callable[..., object] = database.scan  # of any buffer, though it says of texts only

    def scanner() -> Scan:
        scratch: Any = hyperscan.Scratch(database)  # memory of its own to work with
        found: list[int] = []
        note = found.append

        def note_end(_pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
            note(end)

        def ends(block: bytes | bytearray, size: int) -> Sequence[int]:
            scan(memoryview(block)[:size], note_end, scratch=scratch)
            if not found:
                return _NONE
            taken = found.copy()
            found.clear()
            return taken

        return ends

    return scanner


def portable_lines(pattern: BytePattern) -> LineScan:
    """Return a scan by Python's own expressions, which every system has: right, and several times slower."""
    find = re.compile(pattern.expression, re.IGNORECASE if pattern.folded else 0).search

    def ends(block: bytes | bytearray, size: int) -> list[int]:
        found: list[int] = []
        end = 0
        while match := find(block, end, size):
            end = block.find(b"\n", match.end(), size) + 1
            found.append(end)
        return found

    return lambda: ends
