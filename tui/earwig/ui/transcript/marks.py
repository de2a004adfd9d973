"""The matches of a text that is looked for, in the rows that are on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.model.entries import Entry, RemovedEntry
from earwig.ui.transcript.screenful import OnScreen

if TYPE_CHECKING:
    from earwig.ui.rendering.found_text import Hit, Piece

NEAR = 4
"""Rows beside the screen in which a text that is broken at its edge is looked for."""

KNOWN = 2000
"""Entries of which it is remembered what matches in them say."""

_Key = tuple[int, int, bool]


class MatchMarks:
    """Finds the marks in the drawn rows; what matches in an entry's text is told by who reads that."""

    def __init__(self, on_screen: OnScreen) -> None:
        self._viewport, self._cache, self._screenful = on_screen
        self._texts: dict[_Key, tuple[str, ...]] = {}
        self._wanted: set[_Key] = set()
        self._pieces: dict[tuple[int, int], tuple[Piece, ...]] = {}

    def clear(self) -> None:
        self._texts.clear()
        self._wanted.clear()
        self._pieces.clear()

    def learn(self, entry: Entry, texts: tuple[str, ...]) -> None:
        if len(self._texts) > KNOWN:
            self._texts.clear()
        self._wanted.discard(entry.fingerprint)
        self._texts[entry.fingerprint] = texts

    def hits(self, entry: Entry, low: int = 0, high: int | None = None) -> list[Hit]:
        """Return where the matches are in an entry's rows, without its header and the remarks at its end."""
        texts = self._texts.get(entry.fingerprint)
        if not texts:
            return []
        from earwig.ui.rendering.found_text import DrawnText  # loaded with the first text that is found

        block = self._cache.block(entry)
        stop = len(block.rows) - block.below
        high = stop if high is None else min(high, stop)
        low = max(1, low)
        rows = ["" if at == block.mark else block.rows[at].text for at in range(low, high)]
        return [tuple((row + low, piece) for row, piece in hit) for hit in DrawnText(rows).hits(texts)]

    def cells(self, entry: Entry, match: int) -> tuple[int, int, int] | None:
        """Return where a match's first row has it, from and to, and that row's cells; None: not drawn."""
        hits = self.hits(entry)
        if not hits:
            return None
        row, piece = hits[min(match, len(hits) - 1)][0]
        return piece.start, piece.stop, self._cache.block(entry).rows[row].cell_length

    def pieces(self, index: int, row: int) -> tuple[Piece, ...]:
        """Return the matches in a row that was on the screen at the last `update`."""
        return self._pieces.get((index, row), ())

    def update(self, current: tuple[Entry, int] | None) -> list[Entry]:
        """Mark the rows on the screen; returns the entries there of which the matches are wanted now.

        `current` is the entry with the match that the reader is at, and which of its matches that is.
        """
        self._pieces = {}
        unknown: list[Entry] = []
        rows: dict[int, list[int]] = {}
        for index, row in self._screenful.rows:
            rows.setdefault(index, []).append(row)
        for index, seen in rows.items():
            entry = self._viewport.entries[index]
            if isinstance(entry.item, RemovedEntry):
                continue
            if entry.fingerprint not in self._texts:
                unknown.append(entry)
            self._mark(index, entry, seen[0], seen[-1], current)
        fresh = [entry for entry in unknown if entry.fingerprint not in self._wanted]
        self._wanted.update(entry.fingerprint for entry in fresh)
        return fresh

    def _mark(self, index: int, entry: Entry, first: int, last: int, at: tuple[Entry, int] | None) -> None:
        current: Hit = ()
        if at is not None and at[0][:3] == entry[:3]:
            hits = self.hits(entry)
            current = hits[min(at[1], len(hits) - 1)] if hits else ()
        else:
            hits = self.hits(entry, first - NEAR, last + NEAR + 1)
        for hit in hits:
            for row, piece in hit:
                if first <= row <= last:
                    shown = piece._replace(current=hit is current)
                    self._pieces[index, row] = (*self._pieces.get((index, row), ()), shown)
