"""Writes a session as text into a file, step by step, so that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from earwig.core.model.entries import Entry
from earwig.core.stores.protocols import Transcript
from earwig.core.system.copies import Copy

Told = Callable[[Iterator[Entry]], Iterator[bytes]]
"""A function that makes text of entries."""

MOST = 256 * 1024 * 1024
"""The most bytes of a session that are copied, the newest. More is of no use to a reader."""

_STEP = 0.008
"""Seconds of a step."""

_PIECES = 64


class SessionCopy:
    """Writes what `told` makes of the entries. May raise `CannotOpen` and `CannotWrite`."""

    def __init__(
        self,
        transcript: Transcript,
        told: Told,
        name: str,
        *,
        most: int = MOST,
    ) -> None:
        """Take ownership of `transcript`: do not share it. `name` is the name of a file of earwig's own."""
        self._transcript = transcript
        self._told = told
        self.most = most
        """Bytes of the session that are copied at most."""

        self._pieces: Iterator[bytes] | None = None
        self._at = self._start = 0
        self.copy = Copy(name)

    @property
    def is_cut(self) -> bool:
        """Whether the copy lacks the session's beginning, and has only its newest bytes."""
        return self._start > self._transcript.start

    @property
    def share(self) -> float:
        """The part of the session that is done, from 0 to 1."""
        return (self._at - self._start) / max(1, self._transcript.end - self._start)

    def step(self) -> bool:
        """Write some more; return whether all is written."""
        if self._pieces is None:
            self._begin()
        end = time.monotonic() + _STEP
        while time.monotonic() < end:
            pieces = list(islice(self._pieces or (), _PIECES))
            self.copy.add(pieces)
            if len(pieces) < _PIECES:
                return True
        return False

    def _begin(self) -> None:
        self._transcript.refresh()
        self._at = self._start = self._transcript.start
        start = self._transcript.position_before(self._transcript.end, self.most)
        if start is not None and start > self._start:
            # What starts there may be a long one, of which just the end is among the newest.
            first = self._transcript.after(start, 2)
            self._start = first.entries[1].position if len(first.entries) > 1 else start
        self._pieces = self._told(self._passing(self._transcript.entries(self._start)))

    def _passing(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self._at = entry.next
            yield entry
