"""A session as text in a file, made step by step where somebody else must not wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from earwig.core.model.entries import Entry
from earwig.core.stores.jsonl.transcript import Transcript
from earwig.core.system.copies import Copy

Told = Callable[[Iterator[Entry]], Iterator[bytes]]
"""What makes text of entries."""

MOST = 256 * 1024 * 1024
"""Bytes of a session that are copied at most, the newest; of more than that, who reads has no use."""

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
        """`transcript` is for nobody else; `name` is a file's name of earwig's own."""
        self._transcript = transcript
        self._told = told
        self._most = most
        self._pieces: Iterator[bytes] | None = None
        self._at = self._start = 0
        self.copy = Copy(name)
        """The file."""

    @property
    def left_out(self) -> int:
        """Bytes of the session's beginning that are not in the copy."""
        return self._start

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return (self._at - self._start) / max(1, self._transcript.size - self._start)

    def step(self) -> bool:
        """Write some more; True when all is written."""
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
        beyond = self._transcript.size - self._most
        if beyond > 0:
            first = self._transcript.around(beyond, 0, 2)
            # The line that holds that byte may be a long one that began long before it.
            self._start = first.entries[1].position if len(first.entries) > 1 else first.start
        self._pieces = self._told(self._passing(self._transcript.entries(self._start)))

    def _passing(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self._at = entry.next
            yield entry
