"""What the entries that are held have to do with one another, kept up with what is held."""

from __future__ import annotations

from earwig.core.content.relations import NO_TIE, Facts, Relations, Tie, facts_of
from earwig.core.transcript.entries import Entry
from earwig.ui.viewport import WINDOW, Viewport

_Held = tuple[int, int, int, Entry, Entry]


class Ties:
    """Relates the entries of a viewport; what is appended costs only itself, and nothing is read twice."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self._relations = Relations()
        self._held: _Held | None = None
        """What is related: the list, how many of it, its generation, its first and last."""

        self._facts: dict[tuple[int, int, bool, int], Facts | None] = {}

    def of(self, entry: Entry) -> Tie:
        """What it has to do with its neighbours, as far as those are held."""
        entries = self._view.entries
        if not entries:
            return NO_TIE
        held = self._held
        # The window changes at its ends, or becomes another one: to compare those costs less than to be told.
        if (
            held is None
            or held[0] != id(entries)
            or held[1] != len(entries)
            or held[3] is not entries[0]
            or held[4] is not entries[-1]
            or held[2] != self._view.generation
        ):
            self._keep_up()
        return self._relations.tie(entry.identity, at_end=self._view.at_end)

    def clear(self) -> None:
        """Forget another session's."""
        self._held = None
        self._facts.clear()

    def _keep_up(self) -> None:
        entries, generation = self._view.entries, self._view.generation
        held = self._held
        known = 0
        if held is not None and held[0] == id(entries) and held[2] == generation:
            count = held[1]
            same = count <= len(entries) and entries[0] is held[3] and entries[count - 1] is held[4]
            known = count if same else 0
        if not known:
            self._relations = Relations()
        for entry in entries[known:]:
            self._relations.follow(entry, self._facts_of(entry))
        self._held = id(entries), len(entries), generation, entries[0], entries[-1]
        if len(self._facts) > 2 * WINDOW:
            self._facts = {self._key(it): self._facts_of(it) for it in entries}

    def _facts_of(self, entry: Entry) -> Facts | None:
        key = self._key(entry)
        if key not in self._facts:
            self._facts[key] = facts_of(entry)
        return self._facts[key]

    def _key(self, entry: Entry) -> tuple[int, int, bool, int]:
        return entry.identity, entry.length, entry.complete, self._view.generation
