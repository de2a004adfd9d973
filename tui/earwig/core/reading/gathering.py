"""Gathers pages of those entries of a session that are wanted, in small steps."""

from __future__ import annotations

from earwig.core.model.entries import Entry, Page, Position
from earwig.core.reading.walking import Walk, Wanted
from earwig.core.stores.protocols import SCANNED, Transcript

BUDGET = 4 * 1024 * 1024
"""The most bytes looked at for one page in one direction. A page that ends there says how far it looked."""


class Gathering:
    """Entries around a position where one begins: up to `before` that end there, up to `after` from it on.

    Its page fits to others as any page does: it reaches as far as was looked, whatever was found.
    """

    def __init__(
        self,
        transcript: Transcript,
        wanted: Wanted,
        position: Position,
        *,
        before: int,
        after: int,
        budget: int | None = None,
    ) -> None:
        self._transcript = transcript
        self._position = position
        self._budget = BUDGET if budget is None else budget
        self._up = Walk(transcript, position, wanted, forward=False) if before else None
        self._down = Walk(transcript, position, wanted, forward=True) if after else None
        self._before, self._after = before, after
        self._entries: list[Entry] = []
        self._start = self._stop = position
        self._generation = transcript.generation
        self._above = self._below = False

    def step(self, size: int = SCANNED) -> Page | None:
        """Look at some more lines; return the page once it is done, else None. Raises `CannotOpen`.

        Where the file's past has changed meanwhile, the page is empty and of the newer generation.
        """
        if self._down is not None:
            self._step_down(self._down, size)
        elif self._up is not None:
            self._step_up(self._up)
        generation = self._transcript.generation
        if generation != self._generation:
            return Page((), self._position, self._position, False, False, generation)
        if self._down is not None or self._up is not None:
            return None
        at_start = self._above or self._start == self._transcript.start
        return Page(tuple(self._entries), self._start, self._stop, at_start, self._below, generation)

    def _step_down(self, walk: Walk, size: int) -> None:
        found = walk.step(size)
        room = self._after - len(self._entries)
        self._stop = walk.at
        self._entries += found[:room]
        if len(found) > room:
            self._stop = found[room].position
        elif walk.done:
            self._below = True
        elif len(found) < room and walk.looked < self._budget:
            return
        self._down = None
        self._before += len(self._entries)

    def _step_up(self, walk: Walk) -> None:
        found = walk.step()
        room = self._before - len(self._entries)
        self._start = walk.at
        self._entries[:0] = found[max(0, len(found) - room) :]
        if len(found) > room:
            self._start = found[len(found) - room].position
        elif walk.done:
            self._above = True
        elif len(found) < room and walk.looked < self._budget:
            return
        self._up = None
