"""Finds the newest entries of a session from its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

from earwig.core.model.entries import Entry, Oversized, Position
from earwig.core.stores.protocols import Transcript

_PAGE = 256


class NewestStart(NamedTuple):
    """Where the newest entries that count begin."""

    position: Position
    found: int
    """The number of such entries from there on: fewer than asked for, if the session has no more."""


def start_of_newest(transcript: Transcript, count: int, counts: Callable[[Entry], bool]) -> NewestStart:
    """Return where the newest `count` entries that count begin; reads no more. Raises `CannotOpen`."""
    while True:
        start = _start_of_newest(transcript, count, counts)
        if start is not None:
            return start


def newest(transcript: Transcript, count: int, counts: Callable[[Entry], bool]) -> Iterator[Entry]:
    """Yield the entries, numbered, from the newest `count` that count on. Raises `CannotOpen`.

    To number them, the lines before them are counted, not decoded.
    """
    while True:
        start = start_of_newest(transcript, count, counts).position
        generation = transcript.generation
        count_lines_to(transcript, start)
        entries = transcript.entries(start)
        first = next(entries, None)
        if transcript.generation == generation:
            return chain(() if first is None else (first,), entries)


def count_lines_to(transcript: Transcript, position: Position) -> None:
    """Count the lines before a position, so that what follows has numbers. Raises `CannotOpen`."""
    while transcript.indexed < position and not transcript.index_step():
        pass


def exact(transcript: Transcript, entry: Entry) -> Entry:
    """Return the entry read whole, even if it is oversized. Raises `CannotOpen`."""
    if isinstance(entry.item, Oversized):
        return next(transcript.entries(entry.position), entry)
    return entry


def _start_of_newest(
    transcript: Transcript, count: int, counts: Callable[[Entry], bool]
) -> NewestStart | None:
    """As `start_of_newest`; None if the file's past changed meanwhile."""
    found = 0
    page = transcript.tail(min(count, _PAGE))
    generation = page.generation
    while True:
        for entry in reversed(page.entries):
            if found < count and counts(exact(transcript, entry)):
                found += 1
                if found == count:
                    return NewestStart(entry.position, found)
        if transcript.generation != generation:
            return None
        if page.at_start or count == 0:
            return NewestStart(page.stop if count == 0 else page.start, found)
        page = transcript.before(page.start, _PAGE)
