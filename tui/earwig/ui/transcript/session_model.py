"""The open session: where its entries come from, what of it is shown, and what is known of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwig.core.text.safe_text import SafeText, clean_line
from earwig.ui.session.messages import Counted, FilterCounted, Gone, Place, Remembered, SessionUnreadable
from earwig.ui.session.session_reader import SessionReader
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.view_change import ViewChange

if TYPE_CHECKING:
    from earwig.core.reading.filtering import EntryFilter

AGAIN = 0.5
"""Seconds between two looks for a session that cannot be read."""


class SessionModel:
    """Knows one session at a time, and which of its pages are on their way."""

    def __init__(self, host: Host) -> None:
        self.reader: SessionReader | None = None
        self.filter: EntryFilter | None = None
        self.left: FilterCounted | None = None
        """What the filter leaves and hides, as far as it is counted."""

        self.counted: Counted | None = None
        self.memory: Remembered | None = None
        """What the bot remembers of the session, once that is estimated."""

        self.gone = False
        self.problem: SafeText | None = None
        """Why the session cannot be read."""

        self._asked: set[Place] = set()
        self._again = host.later(self._look_again)

    def begin(self, reader: SessionReader) -> None:
        """Show another session, all of it, of which nothing is known."""
        self.close()
        self.reader = reader
        self.filter = self.left = self.counted = self.memory = None
        self.be_there()
        self._asked.clear()

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()

    # Pages.

    def ask(self, place: Place, position: int) -> None:
        """Ask for the entries before or after a position, unless some are on their way."""
        if self.reader is not None and place not in self._asked:
            self._asked.add(place)
            self.reader.want(place, position)

    def answer(self, place: Place) -> None:
        self._asked.discard(place)

    # The filter.

    def set_filter(self, entry_filter: EntryFilter | None) -> None:
        self.filter, self.left = entry_filter, None
        self._asked.clear()
        if self.reader is not None:
            self.reader.set_filter(entry_filter)

    def take_filter_counts(self, message: FilterCounted) -> ViewChange:
        if message.filter is not self.filter:
            return ViewChange.NOTHING
        self.left = message
        return ViewChange.STATUS

    # The whole.

    @property
    def span(self) -> tuple[int, int]:
        """The positions between which the session is, as far as known."""
        return (0, 0) if self.counted is None else self.counted.span

    def be_there(self) -> None:
        self.gone, self.problem = False, None

    def take_gone(self, message: Gone) -> ViewChange:
        """Keep what was read, and note that the session is gone."""
        changed, self.gone = not self.gone, True
        return self._try_again(changed=changed)

    def take_unreadable(self, message: SessionUnreadable) -> ViewChange:
        was, self.problem = self.problem, clean_line(message.reason)
        return self._try_again(changed=was != self.problem)

    def _try_again(self, *, changed: bool) -> ViewChange:
        """The session may be there again in a moment, and nothing need tell: the file is what it was."""
        self._asked.clear()  # what was asked for does not come
        self._again.call_in(AGAIN)
        return ViewChange.PLACE if changed else ViewChange.NOTHING

    def _look_again(self) -> ViewChange:
        if self.reader is not None and (self.gone or self.problem is not None):
            self.reader.check()
        return ViewChange.NOTHING
