"""Tells what is appended to one session: each message once, whatever happens to the file."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from earwig.core.following.alignment import first_new
from earwig.core.message import BadLine, ChatMessage
from earwig.core.opening import CannotOpen
from earwig.core.safe_text import SafeText, clean_line, own_text
from earwig.core.transcript.entries import Entry
from earwig.core.transcript.newest import count_lines_to, exact, start_of_newest
from earwig.core.transcript.transcript import Change, Transcript

SETTLE = 0.25
"""Seconds without a change after which a rewrite is taken to be done."""

_LONGEST_REWRITE = 5.0
"""Seconds after which a file that was rewritten and goes on changing is read all the same."""

_PAGE = 256
_REMEMBERED = 16
_ALIGNED = 1024
_CHANGED = -1
"""A generation that no transcript has."""


Listener = Callable[[int | None, ChatMessage, int], object]
"""Hears of each message: its line's number, if that is known; the message; the offset of its line."""


class SessionTail:
    """Follows one session from where it was last read.

    A file whose past changed is left alone until it is quiet: the bot's older releases empty it and write
    it anew message by message. Then the messages that were there before are told by their order.
    """

    def __init__(
        self,
        open_transcript: Callable[[], Transcript],
        listener: Listener,
        note: Callable[[SafeText], object],
        known_to: int = 0,
    ) -> None:
        """`known_to`: the size that the file had when somebody looked last: what comes behind it is new."""
        self._open = open_transcript
        self._listener = listener
        self._known_to = known_to
        self._note = note
        self._transcript: Transcript | None = None
        self._generation = 0
        self._offset = 0
        self._last: tuple[int, int] | None = None
        self._recent = array("q")
        self._shown_early: tuple[int, int] | None = None
        self._skipped = 0
        self._rewrite: _Rewrite | None = None
        self._problem: str | None = None

    def begin(self, count: int) -> None:
        """Tell of the newest `count` messages, and go on from there. Raises `CannotOpen`."""
        self._known_to = 0
        transcript = self._awake()
        wanted = max(count, _REMEMBERED)
        while True:
            start = start_of_newest(transcript, wanted, lambda entry: isinstance(entry.item, ChatMessage))
            self._generation = transcript.generation
            self._offset = start.offset
            self._skipped = max(0, start.found - count)
            self._read_on(transcript)
            if self._recent or transcript.generation == self._generation:
                break
        self._skipped = 0

    def look(self, now: float) -> float | None:
        """Tell what is new; the time to look again if the file is being rewritten, else None.

        `now` and the result are seconds of the monotonic clock.
        """
        try:
            return self._look(now)
        except CannotOpen as error:
            if not error.missing and error.reason != self._problem:
                self._problem = error.reason
                self._note(own_text("{}; waiting until it can be read", clean_line(error.reason)))
            return None if self._rewrite is None else self._rewrite.due(now)

    def rest(self) -> None:
        """Let go of what can be found again: there may be very many sessions."""
        if self._rewrite is None:
            self._transcript = None

    def _look(self, now: float) -> float | None:
        if self._known_to:
            self._begin_behind(self._known_to)
            self._known_to = 0
            return None
        transcript = self._awake()
        change = transcript.refresh()
        self._problem = None
        past_changed = (
            change in (Change.REWRITTEN, Change.VANISHED) or transcript.generation != self._generation
        )
        self._generation = transcript.generation
        if self._rewrite is None and not past_changed:
            self._read_on(transcript)
            if transcript.generation == self._generation:
                return None
        if self._rewrite is None:
            self._rewrite = _Rewrite(now)
        elif change is not Change.SAME:
            self._rewrite.changed = now
        if not self._rewrite.is_done(now):
            return self._rewrite.due(now)
        self._rewrite = None
        self._align(transcript)
        self._read_on(transcript)
        return None if transcript.generation == self._generation else self._begin_rewrite(now)

    def _begin_behind(self, size: int) -> None:
        """Go on from where the file ended when somebody looked last, if a line begins there."""
        transcript = self._awake()
        transcript.refresh()
        if transcript.size < size or transcript.read(size - 1, 1) != b"\n":
            # Rewritten since, or cut within a line: the newest message is all that may be new for certain.
            self.begin(1)
            return
        page = transcript.before(size, _REMEMBERED)
        found = [_hash(exact(transcript, it)) for it in page.entries if isinstance(it.item, ChatMessage)]
        self._recent = array("q", found)
        self._generation, self._offset = transcript.generation, size
        if page.entries:
            last = exact(transcript, page.entries[-1])
            self._last = (last.offset, _hash(last))
        self._read_on(transcript)

    def _begin_rewrite(self, now: float) -> float:
        self._rewrite = _Rewrite(now)
        return self._rewrite.due(now)

    def _awake(self) -> Transcript:
        """The transcript, opened again if it was let go of."""
        if self._transcript is None:
            self._transcript = self._open()
            self._generation = self._transcript.generation
            if self._offset and not self._is_still_there(self._transcript):
                self._generation = _CHANGED
        return self._transcript

    def _is_still_there(self, transcript: Transcript) -> bool:
        """Whether the last line that was read still stands before the place where reading stopped."""
        if self._last is None:
            return False
        offset, value = self._last
        try:
            page = transcript.after(offset, 1)
        except CannotOpen:
            return False
        entry = page.entries[0] if page.entries else None
        return entry is not None and entry.stop == self._offset and _hash(exact(transcript, entry)) == value

    def _align(self, transcript: Transcript) -> None:
        """Find the place in a rewritten file from which on all is new."""
        try:
            page = transcript.tail(_ALIGNED)
        except CannotOpen as error:
            if not error.missing:
                raise
            page = None
        self._generation = transcript.generation
        self._shown_early = self._last = None
        entries = [exact(transcript, entry) for entry in page.entries] if page else []
        messages = [entry for entry in entries if isinstance(entry.item, ChatMessage)]
        found = [_hash(entry) for entry in messages]
        count = first_new(self._recent, found)
        self._offset = 0
        self._recent = array("q")
        if count:
            newest = messages[count - 1]
            self._recent = array("q", found[max(0, count - _REMEMBERED) : count])
            self._offset = newest.stop if newest.complete else newest.offset
            place = (newest.offset, found[count - 1])
            self._last, self._shown_early = (place, None) if newest.complete else (None, place)

    def _read_on(self, transcript: Transcript) -> None:
        """Tell of the entries from where reading stopped; does nothing if the past changed meanwhile."""
        while True:
            start = self._offset
            page = transcript.after(start, _PAGE)
            if page.generation != self._generation:
                return
            for entry in page.entries:
                self._entry(transcript, exact(transcript, entry))
            self._offset = page.stop
            if page.at_end or page.stop == start:
                return

    def _entry(self, transcript: Transcript, entry: Entry) -> None:
        if isinstance(entry.item, ChatMessage):
            self._message(transcript, entry, entry.item)
        elif isinstance(entry.item, BadLine) and not self._skipped:
            number = _number_of(transcript, entry)
            line = own_text("#?") if number is None else own_text("#{}", number)
            self._note(own_text("bad line {} {}", line, clean_line(entry.item.reason)))
        if entry.complete:
            self._shown_early = None
            self._last = (entry.offset, _hash(entry))

    def _message(self, transcript: Transcript, entry: Entry, message: ChatMessage) -> None:
        value = _hash(entry)
        if self._shown_early == (entry.offset, value):
            return
        if not entry.complete:
            # The bot loads it, so it is shown; and remembered for when its newline comes.
            self._shown_early = (entry.offset, value)
        self._recent.append(value)
        del self._recent[:-_REMEMBERED]
        if self._skipped:
            self._skipped -= 1
            return
        self._listener(_number_of(transcript, entry), message, entry.offset)


class _Rewrite:
    """Since when a file has been changing in its past, and when that last went on."""

    def __init__(self, now: float) -> None:
        self._since = now
        self.changed = now

    def due(self, now: float) -> float:
        return max(now, min(self.changed + SETTLE, self._since + _LONGEST_REWRITE))

    def is_done(self, now: float) -> bool:
        return now >= self.due(now)


def _hash(entry: Entry) -> int:
    return hash(entry.item)


def _number_of(transcript: Transcript, entry: Entry) -> int | None:
    if entry.number is None:
        count_lines_to(transcript, entry.offset)
        return transcript.numbers_of([entry.offset])[0]
    return entry.number
