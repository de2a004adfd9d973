"""What the reader has folded and unfolded."""

from __future__ import annotations

from collections.abc import Callable, Set

from earwig.core.content.entry_relations import EntryRelation
from earwig.ui.rendering.shape import Level, Shape

_NEXT = {Level.LINE: Level.FULL, Level.FULL: Level.HIDDEN, Level.HIDDEN: Level.LINE}


class FoldState:
    """A state for all entries, and the entries of which the reader wants it otherwise, by their identity."""

    def __init__(self) -> None:
        self.tools = Level.LINE
        self.all_folded = False
        self.ruled: int | None = None
        """The position of the line above which a blank row is kept for the ruler; None: there is no ruler."""

        self.changes = 0
        self._texts: set[int] = set()
        self._quiet: set[int] = set()
        self._items: set[int] = set()

    def clear(self) -> None:
        """Forget the entries of another session, and keep the state."""
        self.changes += 1
        self.ruled = None
        self._texts.clear()
        self._quiet.clear()
        self._items.clear()

    def rewritten(self, place_of: Callable[[int], int | None]) -> None:
        """Keep the entries that are still there, by where they are now; see `moved`."""
        self.changes += 1
        self._texts = moved(self._texts, place_of)
        self._quiet = moved(self._quiet, place_of)
        self._items = moved(self._items, place_of)

    def next_level(self) -> None:
        self.changes += 1
        self.tools = _NEXT[self.tools]
        self._items.clear()

    def toggle_all(self) -> None:
        self.changes += 1
        self.all_folded = not self.all_folded
        self._texts.clear()

    def is_folded(self, identity: int) -> bool:
        return self.all_folded != (identity in self._texts)

    def shape(self, identity: int, relation: EntryRelation) -> Shape:
        level = self._level(identity, relation)
        tight = level is Level.LINE and relation.next_call is not None
        if tight and self.ruled is not None and relation.next_call is not None:
            tight = not identity < self.ruled <= relation.next_call
        if relation.turn is not None:
            relation = relation._replace(turn=None)  # the header alone tells of it
        return Shape(level, identity in self._quiet, relation, relation.run == identity, tight)

    def leader(self, identity: int, relation: EntryRelation) -> int:
        """Return the entry together with which an entry is folded: its call; of hidden lines, the first."""
        if self.tools is Level.HIDDEN and relation.run is not None:
            return relation.run
        return identity if relation.call is None else relation.call

    def _level(self, identity: int, relation: EntryRelation) -> Level:
        if self.leader(identity, relation) not in self._items:
            return self.tools
        return Level.LINE if self.tools is not Level.LINE else Level.FULL

    def _is_open(self, leader: int) -> bool:
        """Return whether a piece of tool traffic shows more than the least."""
        return (self.tools is Level.FULL) != (leader in self._items)

    def toggle(self, identity: int, relation: EntryRelation, *, items: bool) -> None:
        """Unfold all that is folded in an entry; where nothing is, fold what is no text, or else the text.

        `items`: whether there is anything in it beside its text.
        """
        self.changes += 1
        leader = self.leader(identity, relation)
        if not items:
            self._texts ^= {identity}
            return
        opens = not self._is_open(leader) or self.is_folded(identity)
        self._set(identity, leader, opens)

    def unfold(self, identity: int, relation: EntryRelation) -> None:
        """Unfold what keeps an entry from having rows of its own."""
        self.changes += 1
        leader = self.leader(identity, relation)
        if self.tools is Level.HIDDEN and relation.call is not None:
            self.next_level()  # in the line of its call it would be folded away again
            leader = relation.call
        if not self._is_open(leader):
            self._items ^= {leader}

    def _set(self, identity: int, leader: int, opens: bool) -> None:
        if self._is_open(leader) != opens:
            self._items ^= {leader}
        self._quiet = self._quiet | {identity} if opens else self._quiet - {identity}
        if opens and self.is_folded(identity):
            self._texts ^= {identity}


def moved(identities: Set[int], place_of: Callable[[int], int | None]) -> set[int]:
    """Return the identities of the same entries after a rewrite: those of lines change with their places."""
    places = (identity if identity < 0 else place_of(identity) for identity in identities)
    return {place for place in places if place is not None}
