"""Many positions in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload

from earwig.core.model.entries import Position


class Positions(Sequence[Position]):
    """A list of positions. Each takes 8 bytes, unless one is too large for that."""

    def __init__(self) -> None:
        self._kept: array[int] | list[int] = array("Q")

    def append(self, position: Position) -> None:
        try:
            self._kept.append(position)
        except OverflowError:
            self._kept = [*self._kept, position]

    def pop(self) -> Position:
        return self._kept.pop()

    def cut(self, length: int) -> None:
        """Remove all positions but the first `length`."""
        del self._kept[length:]

    @overload
    def __getitem__(self, index: int) -> Position: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Position]: ...
    def __getitem__(self, index: int | slice) -> Position | Sequence[Position]:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)
