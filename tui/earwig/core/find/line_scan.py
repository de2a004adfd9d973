"""Finds the lines of a block that may hold what is looked for, by their bytes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from earwig.core.find.byte_patterns import BytePattern

Scan = Callable[[bytes | bytearray, int], Sequence[int]]
"""A function that returns the ends of those lines, each with its newline, in the first bytes of a block that
may match."""

_NONE: tuple[int, ...] = ()


class LineScan(Protocol):
    """A pattern that is ready to scan."""

    def scanner(self) -> Scan:
        """Return a scan of its own for one thread."""


def line_scan(pattern: BytePattern) -> LineScan:
    """Return the fastest scan that there is here for a pattern."""
    if not pattern.expression:
        return EveryLine()
    try:
        return HyperscanLines(pattern)
    except (ImportError, NotSupported):
        return PortableLines(pattern)


class NotSupported(Exception):
    """Raised where the library cannot scan for a pattern: it is too large."""


class EveryLine:
    """Finds every line."""

    def scanner(self) -> Scan:
        return _every_end


def _every_end(block: bytes | bytearray, size: int) -> list[int]:
    return [match.end() for match in re.compile(rb"\n").finditer(block, 0, size)]


class HyperscanLines:
    """Scans by Hyperscan (on ARM, Vectorscan), which lets other threads run meanwhile."""

    def __init__(self, pattern: BytePattern) -> None:
        """Raises `ImportError` where there is no such library, `NotSupported`."""
        import hyperscan

        # With the rest of its line, a match is reported once a line, where the line ends.
        expression = b"(?:" + pattern.expression + rb")[^\n]*\n"
        flags = hyperscan.HS_FLAG_CASELESS if pattern.folded else 0
        self._database = hyperscan.Database()
        try:
            self._database.compile(expressions=[expression], flags=[flags])
        except hyperscan.error as error:
            raise NotSupported from error
        self._new_scratch: Callable[[], Any] = lambda: hyperscan.Scratch(self._database)

    def scanner(self) -> Scan:
        """As `LineScan`; each has memory of its own to work with."""
        scan: Callable[..., object] = self._database.scan  # of any buffer, though it says of texts only
        scratch = self._new_scratch()
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


class PortableLines:
    """Scans by Python's own expressions, which every system has: correct, and several times slower."""

    def __init__(self, pattern: BytePattern) -> None:
        flags = re.IGNORECASE if pattern.folded else 0
        self._find = re.compile(pattern.expression, flags).search

    def scanner(self) -> Scan:
        return self._ends

    def _ends(self, block: bytes | bytearray, size: int) -> list[int]:
        found: list[int] = []
        end = 0
        while match := self._find(block, end, size):
            end = block.find(b"\n", match.end(), size) + 1
            found.append(end)
        return found
