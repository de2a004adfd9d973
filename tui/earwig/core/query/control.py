"""Controls a running search, in all the processes that work on it."""

from __future__ import annotations

import mmap

_CANCELLED, _COUNTS_ONLY = 0, 1


class SearchControl:
    """Two switches in memory that copies of this process share with it. Each can only be turned on."""

    def __init__(self, *, counts_only: bool = False) -> None:
        self._switches = mmap.mmap(-1, 2)
        self._switches[_COUNTS_ONLY] = counts_only

    def is_cancelled(self) -> bool:
        return bool(self._switches[_CANCELLED])

    @property
    def counts_only(self) -> bool:
        """Whether matching lines are only counted from now on, and no hits made of them."""
        return bool(self._switches[_COUNTS_ONLY])

    def cancel(self) -> None:
        self._switches[_CANCELLED] = True

    def count_only(self) -> None:
        """Make no more hits."""
        self._switches[_COUNTS_ONLY] = True
