"""What is on the screen of what a viewport holds, and the entry that the cursor is on."""

from __future__ import annotations

from collections.abc import Iterator

from earwig.core.model.entries import Entry
from earwig.core.named_tuple import NamedTuple
from earwig.ui.rendering.block import Block
from earwig.ui.transcript.entry_cache import EntryCache
from earwig.ui.transcript.removed_entries import is_same
from earwig.ui.transcript.viewport import Viewport


class Anchor(NamedTuple):
    entry: Entry
    row: int
    """The row of the screen on which its first row is; negative: so many of its rows are above."""

    height: int
    """The rows that the entry had, where it began above; else 0: it does not matter."""

    chosen: bool
    """Whether the reader put the cursor on it; else it is what is at the top."""


class Screenful:
    """Rows of a `Viewport`, drawn, with a cursor. `update` makes them those that the viewport shows now."""

    def __init__(self, viewport: Viewport, cache: EntryCache) -> None:
        self._viewport = viewport
        self._cache = cache
        self.cursor: Entry | None = None
        """The entry that the reader put the cursor on, wherever that is.

        None: it is where it falls, which is on the newest message on the screen.
        """

        self.rows: list[tuple[int, int]] = []
        """From the top: index of an entry, and row inside it."""

        self.drawn: list[tuple[Block, int, int]] = []
        """The same, each as a block, a row of it, and the index of its entry."""

    def update(self) -> None:
        self.rows = self._viewport.rows()
        entries, block = self._viewport.entries, self._cache.block
        on_screen = dict.fromkeys(index for index, _ in self.rows)
        cache = {index: block(entries[index]) for index in on_screen}
        self.drawn = [(cache[index], row, index) for index, row in self.rows]

    @property
    def last(self) -> int | None:
        return self.rows[-1][0] if self.rows else None

    @property
    def widest(self) -> int:
        """Cells of the longest row on the screen."""
        return max((block.rows[row].cell_length for block, row, _ in self.drawn), default=0)

    def undrawn(self) -> Iterator[Entry]:
        """Yield what is not drawn yet of the screenful below, and of the one above."""
        entries = self._viewport.entries
        if not self.rows:
            return
        first, last = self.rows[0][0], self.rows[-1][0]
        for places in (range(last + 1, len(entries)), range(first - 1, -1, -1)):
            rows = 0
            for at in places:
                if not self._cache.is_drawn(entries[at]):
                    yield entries[at]
                rows += self._cache.height(entries[at])
                if rows > self._viewport.height:
                    break

    # The cursor.

    @property
    def current(self) -> Entry | None:
        index = self.cursor_index
        return None if index is None else self._viewport.entries[index]

    @property
    def cursor_index(self) -> int | None:
        """Where that entry is in the window: where the reader put the cursor, if that is on the screen."""
        if not self.rows:
            return None
        first, last = self.rows[0][0], self.rows[-1][0]
        index = self._cursor_place()
        index = None if index is None else self._viewport.shown(index)
        return last if index is None else min(max(index, first), last)

    @property
    def has_cursor(self) -> bool:
        """Whether it was the reader who put the cursor where it is."""
        return self.cursor is not None and self._cursor_place() == self.cursor_index

    def _cursor_place(self) -> int | None:
        cursor = self.cursor
        return None if cursor is None else self._viewport.find(cursor.position, cursor.identity)

    # Where an entry is.

    def held(self, entry: Entry) -> int | None:
        """Return the index of that entry in the window; None too where another one stands in its place."""
        index = self._viewport.index_of(entry.position)
        return index if index is not None and is_same(self._viewport.entries[index], entry) else None

    def nearest(self, entry: Entry) -> int | None:
        """Return the index of that entry in the window, or else of the one that is nearest to its place."""
        entries = self._viewport.entries
        places = sorted(range(len(entries)), key=lambda at: abs(entries[at].position - entry.position))
        same = (at for at in places if is_same(entries[at], entry))
        return next(same, places[0] if places else None)

    def shows(self, entry: Entry) -> bool:
        index = self._viewport.index_of(entry.position)
        return index is not None and any(at == index for at, _ in self.rows)

    def leader(self, index: int) -> int:
        """The index of the entry together with which an entry is folded: its own where it is with none."""
        entry = self._viewport.entries[index]
        leader = self._cache.leader(entry)
        if leader == entry.identity:
            return index
        found = self._viewport.index_of(leader)
        return index if found is None else found

    # What is being read.

    def anchor(self) -> Anchor | None:
        """Return the entry with the cursor, if its first row is on the screen; else what is at the top."""
        view, index = self._viewport, self.cursor_index
        if index is not None and self.has_cursor:
            row = view.row_of(index)
            if row is not None and row >= 0:
                return Anchor(view.entries[index], row, 0, chosen=True)
        return self.top()

    def reading(self) -> Anchor | None:
        """Return the entry with the reader's cursor, wherever its first row is; else what is at the top."""
        view, index = self._viewport, self.cursor_index
        if index is None or not self.has_cursor:
            return self.top()
        return Anchor(view.entries[index], view.row_of(index) or 0, 0, chosen=True)

    def top(self) -> Anchor | None:
        """Return the first entry of which there is more on the screen than the blank row below it."""
        view, entry = self._viewport, self._viewport.anchor
        if entry is None or not view.row:
            return None if entry is None else Anchor(entry, 0, 0, chosen=False)
        block = self._cache.block(entry)
        if view.row >= len(block.rows) - block.below:
            after = view.shown(view.top + 1, 1)
            row = None if after is None else view.row_of(after)
            if after is not None and row is not None:
                return Anchor(view.entries[after], row, 0, chosen=False)
        return Anchor(entry, -view.row, self._cache.height(entry), chosen=False)


class OnScreen(NamedTuple):
    """Which entries are held and where the view stands in them, how each is drawn, and which are in sight."""

    viewport: Viewport
    cache: EntryCache
    screenful: Screenful
