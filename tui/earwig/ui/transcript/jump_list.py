"""Where the reader was in a transcript, to go back there, and forward again."""

from __future__ import annotations

from earwig.core.model.entries import Entry
from earwig.core.named_tuple import NamedTuple

KEPT = 100


class Spot(NamedTuple):
    entry: Entry | None
    """None: wherever the newest message is, following."""

    row: int = 0
    """The row of the screen on which its first row was; negative: so many of its rows were above."""

    generation: int = 0
    """Of the file's past: in another one the entry may be elsewhere."""

    def is_at(self, other: Spot) -> bool:
        if self.entry is None or other.entry is None:
            return self.entry is other.entry
        return self.generation == other.generation and self.entry.identity == other.entry.identity


class JumpList:
    """The places that jumps left from; going back keeps those that are ahead, another jump drops them."""

    def __init__(self) -> None:
        self._spots: list[Spot] = []
        self._at = 0

    def clear(self) -> None:
        self._spots.clear()
        self._at = 0

    def leave(self, spot: Spot) -> None:
        del self._spots[self._at :]
        self._add(spot)
        self._at = len(self._spots)

    def _add(self, spot: Spot) -> None:
        if self._spots and self._spots[-1].is_at(spot):
            self._spots.pop()
        self._spots.append(spot)
        del self._spots[: max(0, len(self._spots) - KEPT)]

    def back(self, here: Spot) -> Spot | None:
        """Return the place before this one; `here` is remembered, to come forward again."""
        if self._at == len(self._spots):
            self._add(here)
            self._at = len(self._spots) - 1
        while self._at > 0:
            self._at -= 1
            if not self._spots[self._at].is_at(here):
                return self._spots[self._at]
        return None

    def forward(self) -> Spot | None:
        if self._at + 1 >= len(self._spots):
            return None
        self._at += 1
        return self._spots[self._at]
