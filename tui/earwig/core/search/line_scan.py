"""Finds the lines of a block that may match: by Hyperscan where there is one, else by Python's `re`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from earwig.core.search.candidates import candidates_of
from earwig.core.search.query import SearchQuery

LineScan = Callable[[bytes], Iterator[tuple[int, int]]]
"""For whole lines, each ended by a newline: where the candidates begin and end, newlines not included."""


def scan_for(query: SearchQuery, *, portable: bool = False) -> LineScan:
    """What finds the lines that may match. Not for two threads at once."""
    found = candidates_of(query)
    if found is None:
        return _every_line
    pattern, fold = found
    return (None if portable else _hyperscan(pattern, fold=fold)) or _portable(pattern, fold=fold)


def _every_line(block: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(block):
        stop = block.index(b"\n", start)
        yield start, stop
        start = stop + 1


def _portable(pattern: bytes, *, fold: bool) -> LineScan:
    search = re.compile(pattern, re.IGNORECASE if fold else 0).search

    def lines(block: bytes) -> Iterator[tuple[int, int]]:
        at = 0
        while found := search(block, at):
            start = block.rfind(b"\n", 0, found.start()) + 1
            stop = block.index(b"\n", found.start())
            yield start, stop
            at = stop + 1

    return lines


def _hyperscan(pattern: bytes, *, fold: bool) -> LineScan | None:
    """None where it is not installed, or does not take the pattern.

    In bytes: told that text is UTF-8, it may do anything with what is not. What it reports are ends of
    matches, each once: with the rest of the line behind the pattern, one a line.
    """
    try:
        import hyperscan
    except ImportError:
        return None
    try:
        database = hyperscan.Database()
        flags = hyperscan.HS_FLAG_CASELESS if fold else 0
        database.compile(expressions=[pattern + rb"[^\n]*\n"], ids=[0], elements=1, flags=[flags])
    except hyperscan.error:
        return None

    def lines(block: bytes) -> Iterator[tuple[int, int]]:
        stops: list[int] = []

        def ended(_id: int, _start: int, stop: int, _flags: int, _context: object) -> None:
            stops.append(stop - 1)

        database.scan(block, match_event_handler=ended)
        for stop in stops:
            yield block.rfind(b"\n", 0, stop) + 1, stop

    return lines
