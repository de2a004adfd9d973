"""Which rows of which entries are on the screen: the arithmetic of the transcript view, without a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from earwig.core.model.entries import Entry, Page, RemovedEntry

WINDOW = 1200
"""Entries held around what is read; more are dropped on the far side."""

WINDOW_BYTES = 16 * 1024 * 1024
"""Bytes of lines held; a window of long lines holds fewer."""

_KEEP = 400


class Viewport:
    """A window on a long row of entries, anchored to one entry and a row inside it.

    `measure` gives an entry's height in rows; it is asked only for entries that are on the screen or
    close to it. It may be 0: such an entry is passed over. Nothing here depends on how many entries
    there are.
    """

    def __init__(self, measure: Callable[[Entry], int]) -> None:
        self._measure = measure
        self.height = 0
        self.changes = 0

        self.clear()

    def clear(self) -> None:
        self.changes += 1
        self.entries: list[Entry] = []
        self.start = self.stop = 0
        """Where the window begins, and where it ends: behind its last complete entry."""

        self.at_start = self.at_end = False
        self.generation = 0
        self.top = 0
        """Index of the entry whose row is the first on the screen."""

        self.row = 0
        self.following = True

    def empty(self) -> None:
        """Hold nothing, but stay in the same past, and follow no more."""
        generation = self.generation
        self.clear()
        self.generation = generation
        self.following = False

    @property
    def anchor(self) -> Entry | None:
        return self.entries[self.top] if self.top < len(self.entries) else None

    def resize(self, height: int) -> None:
        """Take another height in rows; `settle` or `reflow` then finds a place that fits it."""
        self.height = height

    def let_go(self) -> bool:
        """Follow no more, unless all there is on the screen anyway; returns whether it was following."""
        was_following, self.following = self.following, self.following and self.all_on_screen
        return was_following

    def stand(self, top: int, row: int = 0) -> None:
        """Have this row of this entry at the top of the screen, as far as there is something below it."""
        self.top, self.row = top, row
        self.settle()

    def replace(self, page: Page) -> None:
        self.changes += 1
        self.entries = list(page.entries)
        self.start, self.stop = page.start, page.stop
        self.at_start, self.at_end = page.at_start, page.at_end
        self.generation = page.generation
        self.top = self.row = 0
        if self.following:
            self.settle()  # held, the page's first row is a place already: to settle would draw what is there

    def prepend(self, page: Page) -> bool:
        """Put a page before the window; False if it does not fit there."""
        if page.generation != self.generation or self.start < page.start:
            return False
        self.changes += 1
        fresh = [entry for entry in page.entries if entry.position < self.start]
        self.entries[:0] = fresh
        self.top += len(fresh)
        self.start, self.at_start = page.start, page.at_start
        self._shrink()
        if self.top >= len(self.entries):
            self.settle()  # nothing was held: no row keeps its place
        self._stand()
        return True

    def continues(self, page: Page) -> bool:
        return page.generation == self.generation and page.start == self.stop

    def append(self, page: Page) -> bool:
        """Put a page behind the window, in place of an unfinished last line; False if it does not fit."""
        if not self.continues(page):
            return False
        self.changes += 1
        while self.entries and self.entries[-1].position >= self.stop:
            self.entries.pop()
        self.entries.extend(page.entries)
        self.stop, self.at_end = page.stop, page.at_end
        self._shrink()
        self.settle()
        return True

    @property
    def lines(self) -> Page:
        """The lines that are held, without the removed entries."""
        lines = tuple(entry for entry in self.entries if not isinstance(entry.item, RemovedEntry))
        return Page(lines, self.start, self.stop, self.at_start, self.at_end, self.generation)

    def exchange(self, entries: Sequence[Entry], top: Callable[[Entry], int | None]) -> None:
        """Hold the same lines with other removed entries; `top` finds the one that was at the top."""
        anchor = self.anchor
        self.changes += 1
        self.entries = list(entries)
        if anchor is not None:
            index = self.find(anchor.position, anchor.identity)
            self.top = (top(anchor) if index is None else index) or 0
        self.settle()

    def _shrink(self) -> None:
        size = sum(entry.size for entry in self.entries)
        if len(self.entries) <= WINDOW and size <= WINDOW_BYTES:
            return
        if self.following:
            self.top = max(0, len(self.entries) - 1)
        low, high = max(0, self.top - _KEEP), min(len(self.entries), self.top + _KEEP)
        if size > WINDOW_BYTES:
            low, high = self._within_bytes(low, high)
        while low > 0 and self._stand_together(low):
            low -= 1  # removed entries stay with the line before which they stand
        while high < len(self.entries) and self.top < high - 1 and self._stand_together(high):
            high -= 1  # and come with the pages behind the window, which may tell that they are none
        if high < len(self.entries):
            self.stop, self.at_end = self.entries[high].position, False
            del self.entries[high:]
        if low > 0:
            self.start, self.at_start = self.entries[low].position, False
            del self.entries[:low]
            self.top -= low

    def _stand_together(self, at: int) -> bool:
        return self.entries[at - 1].position == self.entries[at].position

    def _within_bytes(self, low: int, high: int) -> tuple[int, int]:
        """Bring both ends nearer to the anchor until the lines between them are few enough bytes."""
        ends = list(accumulate((entry.size for entry in self.entries), initial=0))
        while high - low > 4 and ends[high] - ends[low] > WINDOW_BYTES:
            if self.top - low > high - self.top:
                low += max(1, (self.top - low) // 2)
            else:
                high -= max(1, (high - self.top) // 2)
        return low, high

    def reflow(self, before: int) -> None:
        """Keep the row that is read; `before`: the height that the top entry had, 0 if no matter."""
        anchor = self.anchor
        if anchor is not None and before:
            now = self._measure(anchor)
            self.row = max(0, min(now - 1, round(self.row * now / before)))
        self.settle()

    def settle(self) -> None:
        """Bring the top to a place where it can be: at the bottom if following, never beyond."""
        if self.following or self._is_beyond():
            self.top, self.row = self.bottom()
        else:
            self._stand()

    def _stand(self) -> None:
        """The top of the screen is a row: of the entry before, where one has none of its own."""
        while (
            self.height
            and self.top < len(self.entries)
            and self.row >= (rows := self._measure(self.entries[self.top]))
        ):
            self.row = max(0, rows - 1)
            if rows or not self.top:
                break
            self.top -= 1

    def shown(self, index: int, step: int = -1) -> int | None:
        """The nearest entry that has rows of its own, from this one on in the direction of the step."""
        while 0 <= index < len(self.entries):
            if self._measure(self.entries[index]):
                return index
            index += step
        return None

    def _is_beyond(self) -> bool:
        """Return whether rows of the screen would stay empty below the last one held."""
        if not self.height:
            return (self.top, self.row) > self.bottom()
        return self._reach(self.height) < self.height

    def bottom(self) -> tuple[int, int]:
        """Return the top that puts the last row held on the screen's last row."""
        if not self.height:
            return max(0, len(self.entries) - 1), 0
        left = self.height
        for index in range(len(self.entries) - 1, -1, -1):
            rows = self._measure(self.entries[index])
            if rows >= left:
                return index, rows - left
            left -= rows
        return 0, 0

    @property
    def at_bottom(self) -> bool:
        """Whether the newest row of the session is on the screen."""
        if not self.height:
            return self.at_end and (self.top, self.row) >= self.bottom()
        return self.at_end and self._reach(self.height + 1) <= self.height

    def _reach(self, limit: int) -> int:
        """Rows from the first on the screen to the last one held, counted up to `limit` or a little further.

        What is far below the screen is not measured: to measure an entry is to draw it.
        """
        rows = -self.row
        for index in range(self.top, len(self.entries)):
            if rows >= limit:
                break
            rows += self._measure(self.entries[index])
        return rows

    @property
    def all_on_screen(self) -> bool:
        """Whether the screen has room for the whole session."""
        if not (self.at_start and self.at_end):
            return False
        top, row = self.bottom()
        return not row and not any(self._measure(entry) for entry in self.entries[:top])

    def scroll(self, rows: int) -> int:
        """Move by rows, down if positive; returns the rows that wait for entries not held.

        A step up ends following; reaching the session's last row begins it. Where all is on the screen there
        is no step to take.
        """
        if self.all_on_screen:
            return 0
        return self._down(rows) if rows > 0 else -self._up(-rows)

    def _up(self, rows: int) -> int:
        self.following = False
        while rows > self.row:
            rows -= self.row
            self.row = 0
            if self.top == 0:
                return 0 if self.at_start else rows
            self.top -= 1
            self.row = self._measure(self.entries[self.top])
        self.row -= rows
        return 0

    def _down(self, rows: int) -> int:
        room = self._reach(self.height + rows + 1) - self.height
        if room > rows:
            self._walk_down(rows)
            return 0
        self.top, self.row = self.bottom()
        if self.at_end:
            self.following = True
            return 0
        return rows - max(0, room)

    def _walk_down(self, rows: int) -> None:
        self.row += rows
        while self.row >= (height := self._measure(self.entries[self.top])):
            self.top, self.row = self.top + 1, self.row - height

    def show(self, index: int) -> None:
        """Bring the first row of an entry onto the screen, by moving as little as possible."""
        self.following = False
        there = self.shown(index)
        index = index if there is None else there
        first = self.row_of(index)
        rows = self._measure(self.entries[index])
        if first is None or first < 0 or rows > self.height:
            self.top, self.row = index, 0
        elif first + rows > self.height:
            self._down(first + rows - self.height)
        self.settle()

    def put(self, index: int, row: int) -> None:
        """Bring an entry's first row onto this row of the screen, as far as it can be; negative: above it."""
        if row < 0:
            self.stand(index, -row)
        else:
            self.bring(index, 0, row)

    def bring(self, index: int, inside: int, row: int) -> None:
        """Bring a row inside an entry onto this row of the screen, as far as there are rows above it."""
        following = self.following
        self.top, self.row = index, inside
        self._up(row)
        self.following = following
        self.settle()

    def row_of(self, index: int) -> int | None:
        """On which row of the screen an entry starts, if that is on or just above the screen."""
        if index < self.top:
            return None
        row = -self.row
        for at in range(self.top, index):
            row += self._measure(self.entries[at])
            if row >= self.height:
                return None
        return row

    def index_of(self, position: int) -> int | None:
        return self.find(position, position)

    def find(self, position: int, identity: int) -> int | None:
        """Return where an entry is in the window; at a position, removed entries stand before the line."""
        low, high = 0, len(self.entries)
        while low < high:
            middle = (low + high) // 2
            if self.entries[middle].position < position:
                low = middle + 1
            else:
                high = middle
        while low < len(self.entries) and self.entries[low].position == position:
            if self.entries[low].identity == identity:
                return low
            low += 1
        return None

    def rows(self) -> list[tuple[int, int]]:
        """Return what is on the screen, from the top: index of an entry and row inside it."""
        visible: list[tuple[int, int]] = []
        index, row = self.top, self.row
        while index < len(self.entries) and len(visible) < self.height:
            height = self._measure(self.entries[index])
            visible.extend((index, at) for at in range(row, min(height, row + self.height - len(visible))))
            index, row = index + 1, 0
        return visible
