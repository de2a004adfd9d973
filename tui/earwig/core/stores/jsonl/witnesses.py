"""Tells by a few hashes whether what was read of a file is still in it, and if not, how much of it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from earwig.core.model.read_to import WITNESSED, ReadTo, Witness, digest_of_end
from earwig.core.system.opening import CannotOpen, opened, read_at

_LAST = 4
"""The last lines of what was read that each have a witness: the bot takes back and replaces these."""

_FURTHER = 4
"""Witnesses before those, each a quarter as far into the file as the next. The first line has one, too."""

_TAIL = 16 * 1024
"""Bytes in which the ends of the last lines are looked for."""

_NEAR = 4 * 1024
"""Bytes in which the end of one line is looked for."""


def settled(path: Path | str, read_to: ReadTo, *, take: bool) -> ReadTo:
    """Return how far a file holds what was read of it; with `take`, an offset without a witness gets some."""
    if not read_to.witnesses and not (take and read_to.position):
        return read_to
    try:
        with opened(path) as file:
            found = read_to.held(os.fstat(file).st_size, lambda offset: _digest(file, offset) or None)
            return found.witnessed(partial(_taken, file)) if take else found
    except CannotOpen:
        return read_to


def witnesses_of(path: Path | str, offset: int) -> tuple[Witness, ...]:
    """Return the witnesses for what a file holds before an offset; none where it cannot be read."""
    try:
        with opened(path) as file:
            return tuple(_taken(file, offset))
    except CannotOpen:
        return ()


def _taken(file: int, offset: int) -> Iterator[Witness]:
    """Read the witnesses for an offset, furthest first. Raises `CannotOpen`."""
    for place in _places(file, offset):
        digest = _digest(file, place)
        if digest:
            yield Witness(place, digest)


def _places(file: int, offset: int) -> Iterator[int]:
    """Find line starts to remember: the offset, some right before it, and some far before it."""
    yield offset
    place, start = offset, max(0, offset - _TAIL)
    before = read_at(file, offset - start, start)
    for _ in range(_LAST):
        newline = before.rfind(b"\n", 0, place - start - 1)
        if newline < 0:
            break
        place = start + newline + 1
        yield place
    for _ in range(_FURTHER):
        start = max(0, place // 4 - _NEAR)
        newline = read_at(file, place // 4 - start, start).rfind(b"\n")
        if newline < 0:
            break
        place = start + newline + 1
        yield place
    first = read_at(file, min(_NEAR, place), 0).find(b"\n") + 1
    if 0 < first < place:
        yield first


def _digest(file: int, offset: int) -> str:
    """Return the hash of what stands before an offset; empty where there is less."""
    size = min(WITNESSED, offset)
    data = read_at(file, size, offset - size)
    return digest_of_end(data) if data and len(data) == size else ""
