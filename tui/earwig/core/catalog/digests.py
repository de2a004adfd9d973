"""A set of 64-bit numbers in some ten bytes each. Python's own takes ten megabytes for 100,000."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

FEWEST = 64
MOST = 512 * 1024
"""The most slots of a table. What does not fit into four fifths of the largest is left out."""

_BYTES = 8


class Digests:
    """A hash table with open addressing. A number is in the first free slot from the one that it names."""

    def __init__(self, places: bytes = bytes(FEWEST * _BYTES)) -> None:
        """`places`: what another one gave as its own. Raises `ValueError` for anything else."""
        count = len(places) // _BYTES
        if len(places) % _BYTES or count & (count - 1) or not FEWEST <= count <= MOST:
            raise ValueError("not a table of digests")
        self._places = array("Q", places)
        self._count = count - self._places.count(0)
        if self._count > _room(count):
            raise ValueError("a table of digests with too few free places")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return filter(None, self._places)

    def __contains__(self, digest: int) -> bool:
        return self._places[self._place_of(digest)] == digest != 0

    def add(self, digest: int) -> None:
        """Add a number, unless it is 0 or the table is full."""
        place = self._place_of(digest)
        if self._places[place] == digest:
            return
        if self._count >= _room(len(self._places)):
            if len(self._places) >= MOST:
                return
            self._grow()
            place = self._place_of(digest)
        self._places[place] = digest
        self._count += 1

    def _place_of(self, digest: int) -> int:
        """Return where it is, or else the free place in which it belongs: there always is one."""
        places = self._places
        mask = len(places) - 1
        place = digest & mask
        while (there := places[place]) and there != digest:
            place = place + 1 & mask
        return place

    def _grow(self) -> None:
        before, self._places = self._places, array("Q", bytes(2 * _BYTES * len(self._places)))
        for digest in filter(None, before):
            self._places[self._place_of(digest)] = digest

    @property
    def places(self) -> bytes:
        """The whole table as bytes, to be kept."""
        return self._places.tobytes()


def _room(places: int) -> int:
    """How many numbers a table has room for: with more, to look for one that is not there would take long."""
    return places * 4 // 5
