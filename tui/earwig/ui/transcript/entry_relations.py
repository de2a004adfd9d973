"""What the entries that are held have to do with one another, kept up with what is held."""

from __future__ import annotations

from operator import is_

from earwig.core.content.entry_relations import NO_RELATION, EntryRelation, RelationFacts, Relations, facts_of
from earwig.core.model.entries import Entry
from earwig.ui.transcript.viewport import WINDOW, Viewport


class EntryRelations:
    """Relates the entries of a viewport; what is appended costs only itself, and nothing is read twice."""

    def __init__(self, view: Viewport) -> None:
        self._view = view
        self.ended = False
        """Whether the session was ended by force: what is not answered will not be."""

        self._relations = Relations()
        self._related: list[Entry] = []
        self._changes = -1
        """How often the viewport had changed what it holds by then."""

        self._facts: dict[tuple[int, int, int, bool], RelationFacts | None] = {}

    def of(self, entry: Entry) -> EntryRelation:
        """Return what it has to do with its neighbours, as far as those are held."""
        if not self._view.entries:
            return NO_RELATION
        if self._changes != self._view.changes:
            self._keep_up()
        return self._relations.relation(entry.identity, at_end=self._view.at_end, ended=self.ended)

    def end(self, *, ended: bool) -> bool:
        """Know whether the session was ended by force; returns whether that is news."""
        news, self.ended = ended != self.ended, ended
        return news

    def clear(self) -> None:
        self._related = []
        self._changes = -1
        self._facts.clear()

    def _keep_up(self) -> None:
        entries, related = self._view.entries, self._related
        known = len(related) if len(related) <= len(entries) and all(map(is_, related, entries)) else 0
        if not known:
            self._relations = Relations()
        for entry in entries[known:]:
            self._relations.follow(entry, self._facts_of(entry))
        self._related, self._changes = list(entries), self._view.changes
        if len(self._facts) > 2 * WINDOW:
            self._facts = {self._key(it): self._facts_of(it) for it in entries}

    def _facts_of(self, entry: Entry) -> RelationFacts | None:
        key = self._key(entry)
        if key not in self._facts:
            self._facts[key] = facts_of(entry)
        return self._facts[key]

    @staticmethod
    def _key(entry: Entry) -> tuple[int, int, int, bool]:
        return entry.identity, *entry.fingerprint
