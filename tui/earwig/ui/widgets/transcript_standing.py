"""How the shown session stands: how much there is of it, what the bot remembers, whether it can be read."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText, clean_line
from earwig.ui.later import Later
from earwig.ui.messages import Counted, Gone, Numbered, Remembered, Unreadable
from earwig.ui.plain import notify_safely
from earwig.ui.widgets.transcript_taking import TranscriptTaking

AGAIN = 0.5
"""Seconds between two looks for a session that cannot be read."""


class TranscriptStanding(TranscriptTaking):
    """Takes in what the background finds out about the session as a whole."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.problem: SafeText | None = None
        """Why the session cannot be read."""

        self.memory: Remembered | None = None
        """What the bot remembers of the session, once that is estimated."""

        self._noted: set[SafeText] = set()
        self._again = Later(self, self._look_again)
        self._numbers_asked = False

    def know_nothing(self) -> None:
        """Begin with another session."""
        self.counted = self.memory = self.ruler_at = None
        self.gone, self.problem = False, None
        self._numbers_asked = False

    def end(self, *, ended: bool) -> None:
        """Say whether nothing will ever come behind the newest message: what it waits for will not come."""
        ties = self.blocks.ties
        if ties is not None and ties.ended != ended:
            ties.ended = ended
            self.viewport.settle()
            self.changed()

    def on_gone(self, message: Gone) -> None:
        """Keep what was read, and say that the file is gone."""
        if message.feed is self.feed:
            changed, self.gone = not self.gone, True
            self._try_again(changed)

    def on_unreadable(self, message: Unreadable) -> None:
        """Say why nothing is shown."""
        if message.feed is self.feed:
            was, self.problem = self.problem, clean_line(message.reason)
            self._try_again(was != self.problem)

    def _try_again(self, changed: bool) -> None:
        """The session may be there again in a moment, and nothing need tell: the file is what it was."""
        self._asked.clear()  # what was asked for does not come
        self._again.call_in(AGAIN)
        if changed:
            self.changed()

    def _look_again(self) -> None:
        if self.feed is not None and (self.gone or self.problem is not None):
            self.feed.check()

    def on_counted(self, message: Counted) -> None:
        """Take the counts, and ask for the numbers that can be known now."""
        if self.feed is None or message.feed is not self.feed:
            return
        self.counted = message
        self.count_on()
        if not self._numbers_asked:
            unknown = self.blocks.numbers.unknown(self.viewport.entries, message.indexed)
            if unknown:
                self._numbers_asked = True
                self.feed.number(unknown)
        if self._jump is None and self.seeking is not None:
            counted = message.lines_counted + 1 if message.lines is None else None
            if counted is None or counted >= self.seeking:
                self.feed.at_line(self.seeking)
        self.tell_moved()

    def on_remembered(self, message: Remembered) -> None:
        """Show what the bot remembers; say once what is wrong with its settings."""
        if message.feed is not self.feed:
            return
        self.memory, kept_from = message, message.estimate.kept_from
        ruler_at = None if kept_from is None else (kept_from, message.generation)
        if ruler_at != self.ruler_at:
            self.ruler_at = ruler_at
            self.blocks.unfolding.ruled = kept_from
            self.viewport.settle()
            self.redraw()
        if message.note is not None and message.note not in self._noted:
            self._noted.add(message.note)
            notify_safely(self.app, message.note, severity="warning")
        self.tell_moved()

    def on_numbered(self, message: Numbered) -> None:
        """Show line numbers that were not known before."""
        if message.feed is not self.feed:
            return
        self._numbers_asked = False
        if message.generation != self.viewport.generation:
            return  # they are numbers of another past's lines
        numbers = self.blocks.numbers
        numbers.learn(message.numbers, self.viewport.entries)
        self.tell_line(message.numbers)
        self.changed()
