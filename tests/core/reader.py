"""A reader who follows one file page by page, as a view does."""

from __future__ import annotations

from pathlib import Path

from earwig.core.model.entries import Entry
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.stores.protocols import Change
from earwig.core.system.opening import CannotOpen
from tests.core.reference import entries_of

LONG = 1 << 60

Shown = list[tuple[object, ...]]
"""Offset, item and whether a newline ends it, line by line."""


class Reader:
    """What a view keeps while it follows: complete entries, and the last line while it has no newline."""

    def __init__(self, path: Path) -> None:
        self.transcript = FileTranscript(path, line_limit=LONG)
        self.complete: list[Entry] = []
        self.provisional: list[Entry] = []
        self.stop = 0
        self.generation = 0

    def look(self) -> Change:
        """Look at the file, and read on to its end. Raises `CannotOpen` unless the file is only gone."""
        change = self.transcript.refresh()
        self._take_back()
        while not self.transcript.absent:
            try:
                page = self.transcript.after(self.stop, 2)
            except CannotOpen as error:
                if not error.missing:
                    raise
                change = self.transcript.refresh()  # it went since the look above
                self._take_back()
                continue
            if page.generation != self.generation:
                self._take_back()
                continue
            self.complete += [entry for entry in page.entries if entry.complete]
            self.provisional = [entry for entry in page.entries if not entry.complete]
            self.stop = page.stop
            if page.at_end:
                break
        return change

    def _take_back(self) -> None:
        """Forget what a rewrite changed; what it left stays as it was read."""
        passed = self.transcript.generation - self.generation
        self.generation = self.transcript.generation
        if not passed:
            return
        same = self.transcript.unchanged_to if passed == 1 else 0
        self.complete = [entry for entry in self.complete if entry.next <= same]
        self.provisional = []
        self.stop = min(self.stop, same)

    @property
    def shown(self) -> Shown:
        """All that it would show now."""
        return places((*self.complete, *self.provisional))


def places(entries: tuple[Entry, ...] | list[Entry]) -> Shown:
    """Entries without their numbers, which come later."""
    return [(entry.position, entry.item, entry.complete) for entry in entries]


def fresh(data: bytes) -> Shown:
    """What a reader shows who reads the whole file now."""
    return places(entries_of(data))
