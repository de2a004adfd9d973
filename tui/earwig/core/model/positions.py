"""Many positions in little room."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload

from earwig.core.model.entries import Position


class Positions(Sequence[Position]):
    """A list of positions: 8 bytes each, unless one does not fit in these."""

    def __init__(self) -> None:
        self._kept: array[int] | list[int] = array("Q")

    def append(self, position: Position) -> None:
        """Add one."""
        try:
            self._kept.append(position)
        except OverflowError:
            self._kept = [*self._kept, position]

    def pop(self) -> Position:
        """Remove the last one, and return it."""
        return self._kept.pop()

    def cut(self, length: int) -> None:
        """Remove all but the first `length`."""
        del self._kept[length:]

    @overload
    def __getitem__(self, index: int) -> Position: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Position]: ...
    def __getitem__(self, index: int | slice) -> Position | Sequence[Position]:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)
