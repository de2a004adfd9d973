"""Tells what is appended to one session: each message once, whatever happens to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from earwig.core.follow.known import KnownMessages
from earwig.core.follow.learning import counts, learn, value_of
from earwig.core.follow.recovery import SETTLE, Recovery, Verdict
from earwig.core.follow.waking import WakingClock
from earwig.core.model.entries import Entry, Position
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.newest import count_lines_to, exact, start_of_newest
from earwig.core.stores.protocols import Change, Ending, Transcript
from earwig.core.system.opening import CannotOpen
from earwig.core.text.entry_words import number_words
from earwig.core.text.safe_text import SafeText, clean_line, own_text

UNKNOWN = 5.0
"""Seconds of quiet after which the contents of a rewritten session count as known, if only its size was
before."""

AWAY = 1.0
"""Seconds between two looks whether a missing session is back."""

_PAGE = 256
_TRIES = 8
_SLACK = 64 * 1024
"""Bytes by which a rewrite may move the newest messages of a long session up, as it leaves out bad lines."""

_CHANGED = -1
"""A generation that no transcript has."""


class Heard(NamedTuple):
    """A message that is told."""

    number: int | None
    """The number of its line; None where that is not known."""

    message: ChatMessage
    position: Position
    time: float | None = None
    """When it was stored (Unix time, seconds); None where the store does not know."""


Listener = Callable[[Heard], object]
"""A function that is told each message."""


class SessionTail:
    """Follows one session from where it was last read.

    What is appended is told at once. Once a file's past has changed, or it is away, `Recovery` decides by
    what comes back; its docstring has the rules. It needs to know what was there before: `begin` learns it,
    and so does the first `look` where nothing has happened yet. Of a session that changes before anybody has
    read it, only the size is known: if it grew, what comes behind that size is new; if it is shorter, it was
    rewritten, and nothing is told before it has grown beyond that size, or was quiet for `UNKNOWN`: then what
    it holds is taken for known.
    """

    def __init__(
        self,
        open_transcript: Callable[[], Transcript],
        listener: Listener,
        note: Callable[[SafeText], object],
        known_to: Position = 0,
        *,
        was_away: bool = False,
    ) -> None:
        """What comes behind `known_to`, its end at the last look, is new; `was_away`: since then."""
        self._open = open_transcript
        self._listener = listener
        self._note = note
        self._known_to = known_to
        self._was_away = was_away
        self._shorter_since = 0.0
        self._transcript: Transcript | None = None
        self._generation = 0
        self._identity: object = None
        self._at = 0
        self._ending: Ending | None = None
        self._known = KnownMessages()
        self._shown_early: tuple[int, int] | None = None
        self._early_end = self._held_to = 0
        self._skipped = 0
        self._recovery: Recovery | None = None
        self._clock = WakingClock(0.0)
        """Goes while there is a recovery."""

        self._due: float | None = None
        self._problem: str | None = None

    def begin(self, count: int, *, learns: bool = True) -> None:
        """Tell of the newest `count` messages, and go on from there. Raises `CannotOpen`.

        With `learns`, what stands before them is read, too, to recognise it later.
        """
        self._known_to = 0
        transcript = self._awake()
        while True:
            start = start_of_newest(transcript, max(count, 1), lambda it: isinstance(it.item, ChatMessage))
            self._generation = transcript.generation
            self._at = start.position
            self._known = KnownMessages(start.position)
            self._skipped = max(0, start.found - count)
            whole = self._read_on(transcript)
            if whole or self._known.hashes:
                break
        self._skipped = 0
        self._identity = transcript.identity
        if learns and whole:
            try:
                known = learn(transcript, start.position)
                if not count:
                    count_lines_to(transcript, self._at)  # else the first that comes waits for its number
            except CannotOpen:
                return  # these were told: what has become of the session since, its store tells
            if transcript.generation == self._generation:
                for value in self._known.hashes:
                    known.add(value, start.position)
                self._known = known

    def go_on_from(self, earlier: SessionTail, now: float) -> bool:
        """Take over what another session held, before this one is looked at for the first time.

        Returns whether that is known: not for a session that nobody has read, or that is too long to be known
        whole.
        """
        known = earlier._known if earlier._recovery is None else earlier._recovery.known
        if earlier._known_to or known.base:
            return False
        self._known_to = 0
        self._clock = WakingClock(now)
        self._recovery = Recovery(known, now, None, replaced=False)
        return True

    @property
    def read_to(self) -> Position:
        """The position up to which the session was read and told."""
        return self._at if self._shown_early is None else self._early_end

    @property
    def held_to(self) -> Position:
        """The position up to which the session was read or known before its past changed, or it went away."""
        if self._known_to:
            return self._known_to
        return self.read_to if self._recovery is None else self._held_to

    def look(self, now: float) -> float | None:
        """Tell what is new; return when to look again though nothing happens, None for not at all.

        `now` and the result are seconds of the monotonic clock.
        """
        try:
            self._due = self._look(now)
        except CannotOpen as error:
            if not error.missing and error.reason != self._problem:
                self._problem = error.reason
                self._note(own_text("{}; waiting until it can be read", clean_line(error.reason)))
            self._due = None if self._due is None else now + SETTLE
        return self._due

    def rest(self) -> None:
        """Release what can be found again: there may be very many sessions."""
        if self._due is None and self._transcript is not None:
            self._ending = self._transcript.ending()
            self._transcript = None

    def _look(self, now: float) -> float | None:
        if self._known_to:
            return self._look_first(now)
        for _ in range(_TRIES):
            slept = self._transcript is None
            transcript = self._awake()
            changed = transcript.refresh() is not Change.SAME
            changed |= slept and (self._ending is None or transcript.end != self._ending.position)
            time = self._time_at(now)
            if transcript.absent:
                if self._recovery is None or not self._recovery.is_away:
                    self._begin_recovery(transcript, time).away(time)
                return now + AWAY  # it may come back as it was, which nobody tells of
            self._problem = None
            if transcript.generation != self._generation:
                recovery = self._begin_recovery(transcript, time)
                recovery.changes(time, transcript.identity, transcript.end)
            elif self._recovery is not None and changed:
                self._recovery.changes(time, transcript.identity, transcript.end)
            self._identity = transcript.identity
            if self._recovery is None:
                if self._read_on(transcript):
                    return None
            elif self._gather(transcript, self._recovery):
                more, counted_to = self._recovery.full, self._recovery.counted_to
                verdict = self._recovery.judge(time)
                if self._obey(transcript, self._recovery, verdict):
                    due = counted_to if verdict.due is None and time < counted_to else verdict.due
                    if more:
                        return now
                    return None if due is None else self._clock.next_look(due)
        return now

    def _time_at(self, now: float) -> float:
        """Return the time by which a recovery goes: of one that is away, nobody looks again and again."""
        if self._recovery is None:
            self._clock = WakingClock(now)
        return self._clock.at(now, counts_all=self._recovery is None or self._recovery.is_away)

    def _look_first(self, now: float) -> float | None:
        """As `look`, of a session of which only a size is known."""
        transcript = self._awake()
        change = transcript.refresh()
        if transcript.absent:
            self._was_away = True
            return now + AWAY
        end = self._known_to
        if transcript.end < end:
            if change is not Change.SAME or not self._shorter_since:
                self._shorter_since = now
            if not self._was_away and now < self._shorter_since + UNKNOWN:
                return self._shorter_since + UNKNOWN
            # One that was away and is shorter is another conversation: a refused import is put back whole.
            end = transcript.start if self._was_away else transcript.end
        self._go_on_behind(transcript, end)
        return None

    def _go_on_behind(self, transcript: Transcript, end: Position) -> None:
        """Read on from where the session ended once."""
        start, there = transcript.resume_at(end)
        early = None
        if there is not None and isinstance(there.item, ChatMessage):
            early = (there.position, value_of(there))
        self._generation = transcript.generation
        known = learn(transcript, start)
        if transcript.generation != self._generation:
            return  # rewritten meanwhile: the next look, which is heard of, finds it shorter or longer
        self._known_to = 0
        self._known, self._at, self._shown_early = known, start, early
        if early is not None:
            known.add(early[1], early[0])
        self._identity = transcript.identity
        self._read_on(transcript)

    def _begin_recovery(self, transcript: Transcript, now: float) -> Recovery:
        """What the file holds from now on is compared from its beginning."""
        another = not transcript.absent and transcript.identity != self._identity
        replaced = another and transcript.was_put_in_place
        if self._recovery is None:
            self._held_to = self.read_to
            self._recovery = Recovery(self._known, now, self._identity, replaced=replaced)
        else:
            self._recovery = self._recovery.again(now, self._identity, replaced=replaced)
        self._generation = transcript.generation
        self._at = 0
        self._shown_early = None
        return self._recovery

    def _gather(self, transcript: Transcript, recovery: Recovery) -> bool:
        """Give what is there to be compared; False if the file was rewritten meanwhile."""
        while not recovery.full:
            if recovery.between:
                start = transcript.position_before(recovery.known.base, _SLACK)
                if start is None:
                    return transcript.generation == self._generation
                self._at = start
                recovery.go_to_newest()
            page = transcript.after(self._at, _PAGE)
            if page.generation != self._generation:
                return False
            recovery.forget_unfinished()
            for entry in page.entries:
                if counts(entry):
                    recovery.feed(value_of(entry), entry.position, complete=entry.complete)
            done = page.at_end or page.stop == self._at
            self._at = page.stop
            if done and not recovery.between:
                return True
        return True

    def _obey(self, transcript: Transcript, recovery: Recovery, verdict: Verdict) -> bool:
        """Tell what is to be told; False: look once more at once."""
        if verdict.tell_from is not None:
            recovery.dealt = verdict.tell_from
            if not self._tell_found(transcript, recovery):
                return False
        if recovery.unfinished and (verdict.over or verdict.tell_from is not None):
            # Its newline may have come since it was gathered; from there on is read once more.
            self._shown_early = (recovery.positions[-1], recovery.found[-1])
        if verdict.over and recovery.between:
            self._recovery = None  # put in place without its newest messages: what is there is known
            self._go_on_behind(transcript, transcript.end)
            return True
        if verdict.over:
            self._known, self._recovery = recovery.result(), None
            return False
        return True

    def _tell_found(self, transcript: Transcript, recovery: Recovery) -> bool:
        """Tell of what was gathered and is not dealt with; False if the file was rewritten meanwhile."""
        at = recovery.positions[recovery.dealt]
        while recovery.dealt < len(recovery.found):
            page = transcript.after(at, _PAGE)
            if page.generation != self._generation or not page.entries:
                return False
            for entry in page.entries:
                if recovery.dealt == len(recovery.found):
                    break
                recovery.dealt += counts(entry)
                self._hear(transcript, entry)
            at = page.stop
        return True

    def _awake(self) -> Transcript:
        """Return the transcript, opened again if it was let go of."""
        if self._transcript is None:
            self._transcript = self._open()
            self._generation = self._transcript.generation
            if self._ending is not None and self._at and not self._transcript.still_has(self._ending):
                self._generation = _CHANGED
        return self._transcript

    def _read_on(self, transcript: Transcript) -> bool:
        """Tell of the entries from where reading stopped; False if the past changed meanwhile."""
        while True:
            start = self._at
            page = transcript.after(start, _PAGE)
            if page.generation != self._generation:
                return False
            for entry in page.entries:
                early = self._shown_early
                if early is not None and entry.position == early[0] and value_of(entry) != early[1]:
                    self._known.take_back()  # what was a message is one no more: another was fused with it
                if self._hear(transcript, entry):
                    self._known.add(value_of(entry), entry.position)
            self._at = page.stop
            if page.at_end or page.stop == start:
                return transcript.generation == self._generation

    def _hear(self, transcript: Transcript, entry: Entry) -> bool:
        """Tell of an entry; return whether it is one that is known again, and was not told before."""
        place = (entry.position, value_of(entry))
        whole = exact(transcript, entry)
        is_new = self._shown_early != place
        if isinstance(whole.item, ChatMessage):
            if is_new:
                self._message(transcript, whole, whole.item)
        elif isinstance(whole.item, BadLine) and not self._skipped:
            number = _number_of(transcript, entry)
            self._note(own_text("bad line {} {}", number_words(number), clean_line(whole.item.reason)))
        if entry.complete:
            self._shown_early = None
        elif isinstance(whole.item, ChatMessage):
            # The bot loads it, so it is shown; and remembered for when its newline comes.
            self._shown_early = place
            self._early_end = entry.next
        return is_new and (isinstance(whole.item, ChatMessage) or counts(entry))

    def _message(self, transcript: Transcript, entry: Entry, message: ChatMessage) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._listener(Heard(_number_of(transcript, entry), message, entry.position, entry.time))


def _number_of(transcript: Transcript, entry: Entry) -> int | None:
    if entry.number is None:
        count_lines_to(transcript, entry.position)
        return transcript.numbers_of([entry.position])[0]
    return entry.number
