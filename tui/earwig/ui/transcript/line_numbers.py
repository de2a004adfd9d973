"""The numbers of the lines that are held, as they become known; and where the bot's memory begins."""

from __future__ import annotations

from earwig.core.text.safe_text import SafeText
from earwig.ui.session.messages import Counted, Numbered, Remembered
from earwig.ui.transcript.host import Host
from earwig.ui.transcript.opener import Opener
from earwig.ui.transcript.row_painter import RowPainter
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel
from earwig.ui.transcript.view_change import ViewChange


class LineNumbers:
    """Asks for the numbers that can be known, and shows them."""

    def __init__(self, session: SessionModel, on_screen: OnScreen, opener: Opener) -> None:
        self._session = session
        self._viewport, self._cache, _ = on_screen
        self._opener = opener
        self._asked = False

    def rest(self) -> None:
        self._asked = False

    def ask(self, message: Counted) -> None:
        """Ask for the numbers of the entries up to where lines are counted by now."""
        unknown: list[int] = []
        if not self._asked:
            unknown = self._cache.numbers.unknown(self._viewport.entries, message.indexed)
        if unknown and self._session.reader is not None:
            self._asked = True
            self._session.reader.number(unknown)

    def take(self, message: Numbered) -> ViewChange:
        self._asked = False
        if message.generation != self._viewport.generation:
            return ViewChange.NOTHING  # they are numbers of another past's lines
        self._cache.numbers.learn(message.numbers, self._viewport.entries)
        self._opener.tell_number(message.numbers)
        return ViewChange.PLACE


class MemoryRuler:
    """Shows where what the bot remembers begins, and tells once what is wrong with the bot's settings."""

    def __init__(self, session: SessionModel, on_screen: OnScreen, painter: RowPainter, host: Host) -> None:
        self._session = session
        self._viewport, self._cache, _ = on_screen
        self._painter = painter
        self._host = host
        self._told: set[SafeText] = set()

    def rest(self) -> None:
        self._painter.rule(None)

    def take(self, message: Remembered) -> ViewChange:
        self._session.memory = message
        kept_from, change = message.estimate.kept_from, ViewChange.STATUS
        if self._painter.rule(None if kept_from is None else (kept_from, message.generation)):
            self._cache.folds.ruled = kept_from
            self._viewport.settle()
            change |= ViewChange.ROWS
        if message.note is not None and message.note not in self._told:
            self._told.add(message.note)
            self._host.tell(message.note, severity="warning")
        return change
