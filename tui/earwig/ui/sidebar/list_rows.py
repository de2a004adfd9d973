"""Where sessions and headings stand in a list, row by row, without going through it."""

from __future__ import annotations

from bisect import bisect_right

from earwig.core.catalog.shown import Section, Shown
from earwig.ui.sidebar.session_row import ROWS


class ListRows:
    """The rows of a list as it is shown, counted from its first."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._starts = [section.start for section in shown.sections]
        self._headings = [ROWS * section.start + at for at, section in enumerate(shown.sections)]

    @property
    def total(self) -> int:
        return ROWS * len(self._shown.ids) + len(self._headings)

    def row_of(self, position: int) -> int:
        return ROWS * position + bisect_right(self._starts, position)

    def begins(self, position: int) -> int:
        """Return the first row of a session, with the heading that stands right above it."""
        return self.row_of(position) - (position in self._starts)

    def heading_at(self, row: int) -> Section | None:
        at = bisect_right(self._headings, row) - 1
        return self._shown.sections[at] if at >= 0 and self._headings[at] == row else None

    def session_at(self, row: int) -> tuple[int, int] | None:
        """Return which session's row it is, by its position, and which one of its rows."""
        if not 0 <= row < self.total or self.heading_at(row) is not None:
            return None
        return divmod(row - bisect_right(self._headings, row), ROWS)

    def whole(self, row: int, by: int) -> int:
        """A row at which no session is cut: this one, or the next one upwards (`by` -1) or downwards (1)."""
        found = self.session_at(row)
        return row + by if found is not None and found[1] else row

    def positions(self, top: int, height: int) -> range:
        """Return the sessions of which something is in so many rows."""
        rows = [row for row in range(max(0, top), min(self.total, top + height)) if not self.heading_at(row)]
        ends = [found[0] for row in (rows[:1] + rows[-1:]) if (found := self.session_at(row)) is not None]
        return range(ends[0], ends[-1] + 1) if ends else range(0)
