"""Looks for entries of a session from a place in one direction, a block at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from earwig.core.model.entries import LINE_LIMIT, Entry, Item, Position
from earwig.core.stores.protocols import SCANNED, Scanned, Transcript

if TYPE_CHECKING:  # most sessions are shown before anybody looks for something
    from earwig.core.find.hint import Hint

Wanted = Callable[[Item], object]
"""A function whose result is true for an item that is wanted."""


class Walk:
    """Finds entries that are wanted, step by step. A step costs about the same wherever the next one is.

    `at` is the position up to which (backwards: down to which) all has been looked at. An entry has its
    line's number where the lines before it are counted.
    """

    def __init__(
        self,
        transcript: Transcript,
        at: Position,
        wanted: Wanted,
        *,
        forward: bool,
        hint: Hint | None = None,
        limit: int = LINE_LIMIT,
    ) -> None:
        """`hint` spares the decoding of what cannot match: none of it is wanted."""
        self._transcript = transcript
        self._wanted = wanted
        self._hint = hint
        self._limit = limit
        self.forward = forward
        self.at = at
        self.looked = 0
        self.generation = transcript.generation
        self.done = not forward and at <= transcript.start
        """Whether there is no more in this direction, for now."""

    @property
    def outdated(self) -> bool:
        """Whether the past has changed since: `at`, and what was found, belong to another text."""
        return self._transcript.generation != self.generation

    def step(self, size: int = SCANNED) -> list[Entry]:
        """Return what is wanted of the next entries, in order; nothing if `done` or `outdated`.

        The last entry, while it is not ended, is looked at when all others are, and `at` stays before it.
        Raises `CannotOpen`.
        """
        if self.done or self.outdated:
            return []
        return self._step_down(size) if self.forward else self._step_up()

    def _step_down(self, size: int) -> list[Entry]:
        start = self.at
        scanned = self._transcript.scan(start, size, hint=self._hint, limit=self._limit)
        if self.outdated:
            return []
        if scanned.next == start:
            self.done = True
            return self._open_at(start) if start < self._transcript.end else []
        self.at = scanned.next
        self.looked += scanned.size
        return self._pick(scanned)

    def _step_up(self) -> list[Entry]:
        stop = self.at
        scanned = self._transcript.scan_before(stop, hint=self._hint, limit=self._limit)
        if self.outdated:
            return []
        self.at = scanned.start
        self.looked += scanned.size
        self.done = scanned.start in (self._transcript.start, stop)
        return self._pick(scanned)

    def _open_at(self, position: Position) -> list[Entry]:
        """Return the entry at a position, if it is wanted: one that is not ended yet."""
        page = self._transcript.after(position, 1)
        return [entry for entry in page.entries if self._wanted(entry.item)]

    def _pick(self, scanned: Scanned) -> list[Entry]:
        wanted = self._wanted
        picked = [at for at, item in enumerate(scanned.items) if item is not None and wanted(item)]
        if not picked:
            return []
        number = self._transcript.numbers_of([scanned.start])[0]
        return [] if self.outdated else scanned.entries(picked, number)
