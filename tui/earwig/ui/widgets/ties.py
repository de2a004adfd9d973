"""What the entries that are held have to do with one another, kept up with what is held."""

from __future__ import annotations

from collections.abc import Mapping

from earwig.core.content.relations import NO_TIE, Facts, Tie, facts_of, relate
from earwig.core.transcript.entries import Entry
from earwig.ui.viewport import WINDOW, Viewport


class Ties:
    """Relates the entries of a viewport anew when they have changed, and never looks twice into one."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self._of: object = None
        self._ties: Mapping[int, Tie] = {}
        self._facts: dict[tuple[int, int, bool, int], Facts | None] = {}

    def of(self, entry: Entry) -> Tie:
        """What it has to do with its neighbours, as far as those are held."""
        view = self._view
        entries = view.entries
        if not entries:
            return NO_TIE
        first, last = entries[0], entries[-1]
        # The window changes at its ends, or becomes another one: to compare those costs less than to be told.
        held = (len(entries), first.identity, *self._key(last), view.at_end)
        if held != self._of:
            self._of = held
            self._ties = relate(entries, at_end=view.at_end, facts=self._facts_of)
            if len(self._facts) > 2 * WINDOW:
                self._facts = {self._key(it): self._facts_of(it) for it in entries}
        return self._ties.get(entry.identity, NO_TIE)

    def _facts_of(self, entry: Entry) -> Facts | None:
        key = self._key(entry)
        if key not in self._facts:
            self._facts[key] = facts_of(entry)
        return self._facts[key]

    def _key(self, entry: Entry) -> tuple[int, int, bool, int]:
        return entry.identity, entry.length, entry.complete, self._view.generation

    def clear(self) -> None:
        """Forget another session's."""
        self._of, self._ties = None, {}
        self._facts.clear()
