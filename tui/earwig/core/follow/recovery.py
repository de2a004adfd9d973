"""Finds out what is new in a session whose past has changed, by what it holds, however slowly that comes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from earwig.core.follow.alignment import align
from earwig.core.follow.known import KnownMessages
from earwig.core.model.positions import Positions

SETTLE = 0.25
"""Seconds without a change after which a file is quiet."""

LONG = 1.0
"""Seconds of quiet after which a file that lacks its last message lacks it for good, and one that is empty or
away may have been begun anew; also how long a busy file is waited for to be quiet."""

_TOLD = 16
"""New messages after which nothing more of what was known is expected behind them."""

_MOST = 4_096
"""Messages that may wait for a decision."""


class Verdict(NamedTuple):
    """What is to be done about a file."""

    tell_from: int | None = None
    """The index of the first message found that is to be told, with all behind it; None: none is."""

    over: bool = False
    """Whether everything is decided: what comes from now on is new."""

    due: float | None = None
    """When to ask again though nothing happens (seconds, as in `judge`); None: not at all."""


class _Part(Enum):
    HEAD = "head"
    BETWEEN = "between"
    WINDOW = "window"


class Recovery:
    """Compares a file that was rewritten, message by message, with what was known of it.

    `now` is by a `WakingClock` (seconds): quiet is what one has seen to be quiet, not a time in which the
    machine stood still.

    The rules. `known` is what was in the file, `found` what is in it now, from its beginning:

    1. While `found` is a beginning of `known`, the file is being written anew, or is a copy that has not come
       whole: nothing is told, however long it takes, and nothing is forgotten. So it is while it is away.
    2. When all has come back, what follows is new, and told at once.
    3. What differs is new from behind the last message that fits (`align`): at once where only the last known
       one is missing, where the file was put in place whole (by rename), and where it comes after quiet; else
       when the file is quiet, because what follows may show that it was an edit in between.
    4. A file that lacks just its last message is done when it was quiet for `LONG`, or at once if it was put
       in place by rename: the bot has taken its message back, and the same text again is a new message. One
       by rename that lacks more is done when it is quiet, and one that is empty after `LONG`.
    5. A file that was empty for `LONG`, or away so long and then is another one, and that differs before half
       of `known` has come back, was begun anew: all of it is new. So it is when it is quiet with less than
       half of `known`: for `LONG`, where it was empty.

    What cannot be known is whether a message with the text of one that was there is that one. By these rules
    a rewrite in place of all messages that stalls for `LONG` just before the last one tells that one again,
    and one that does so twice, before the first one and before the half, tells what came between; a message
    that is taken back in place and said again with the same text within `LONG` is not told; nor is the first
    of two that is said again as the first after both were cleared in place.
    What was added and rewritten before anybody could look is not known either, nor what was there before a
    rewrite that had begun when the program started.
    """

    def __init__(self, known: KnownMessages, now: float, identity: object, *, replaced: bool) -> None:
        """`replaced`: another file stands in the place, which never was away: it was put there by rename."""
        self.known = known
        self.found = array("q")
        self.positions = Positions()
        self.dealt = 0
        """How many of those found were told, or are known not to be new."""

        self.unfinished = False
        """Whether no newline ends the last one found yet."""

        self._identity = identity
        self._replaced = replaced
        self._part = _Part.HEAD if known.base else _Part.WINDOW
        self._expected: Sequence[int] = known.head if known.base else known.hashes
        self._present = len(known.hashes)
        self._prefix = 0
        self._changed = now
        self._pending_since: float | None = None
        self._after_quiet = False
        self._doubted = False
        self._other = self._another = False
        self._away_since: float | None = None
        self._new = self._new_to = 0
        self._missing = 0
        self._told_early: tuple[int, int] | None = None
        self._size = 0

    @property
    def _half(self) -> int:
        """How many of what was in the file last must come back for it to be the same conversation."""
        known = len(self._expected) if self._part is _Part.HEAD else self._present
        return (known + 1) // 2

    def again(self, now: float, identity: object, *, replaced: bool) -> Recovery:
        """Return a new recovery: the file was rewritten once more, or is away."""
        known, present = self._remaining()
        again = Recovery(known, now, identity, replaced=replaced)
        again._present = present
        if not self.dealt and self._prefix < self._half:
            again._doubted, again._other = self._doubted, self._other
        return again

    def away(self, now: float) -> None:
        """Note that the file is not there."""
        self._away_since = now

    @property
    def is_away(self) -> bool:
        """Whether the file was not there when it was looked for."""
        return self._away_since is not None

    @property
    def counted_to(self) -> float:
        """Up to when it matters how long the file is quiet: somebody has to look until then."""
        return self._changed + LONG

    def changes(self, now: float, identity: object, size: int) -> None:
        """Note that the file has changed since the last look, and has `size` bytes now."""
        self._size = size
        if self._away_since is not None:
            self._other = now - self._away_since >= LONG and identity != self._identity
            self._doubted = self._other
            self._away_since = None
            self._after_quiet = False
        else:
            self._another = identity != self._identity
            self._after_quiet = now - self._changed >= SETTLE
            if not self.found and now - self._changed >= LONG:
                self._doubted = True
        self._changed = now

    def feed(self, value: int, position: int, *, complete: bool) -> None:
        """Take the next message that is found."""
        if self._part is _Part.BETWEEN:
            return
        if self._part is _Part.WINDOW and self.known.base and self._is_before_window(value, position):
            return
        if len(self.found) == self._prefix < len(self._expected) and self._expected[self._prefix] == value:
            self._prefix += 1
        self.found.append(value)
        self.positions.append(position)
        self.unfinished = not complete
        if (position, value) == self._told_early:
            self.dealt = len(self.found)
        self._told_early = None
        if self._part is _Part.HEAD and complete and self._prefix == len(self._expected):
            self._part = _Part.BETWEEN

    def forget_unfinished(self) -> None:
        """Forget the last message found: it will come again, with its newline."""
        if self.unfinished:
            place = self.positions.pop(), self.found.pop()
            self._told_early = place if self.dealt > len(self.found) else None
            self._prefix = min(self._prefix, len(self.found))
            self.dealt = min(self.dealt, len(self.found))
            self.unfinished = False

    @property
    def between(self) -> bool:
        """Whether what comes next is not kept: it stands before the newest messages of a long session."""
        return self._part is _Part.BETWEEN

    def go_to_newest(self) -> None:
        """Go on with what stands shortly before the newest messages."""
        self._part = _Part.WINDOW
        self._expected = self.known.hashes
        self.found, self.positions = array("q"), Positions()
        self._prefix = self.dealt = 0

    @property
    def full(self) -> bool:
        """Whether no more messages can wait for a decision."""
        return len(self.found) - max(self._prefix, self.dealt) > _MOST

    def judge(self, now: float) -> Verdict:
        """Return what is to be done, after everything that is there was fed."""
        if self._away_since is not None:
            return Verdict()
        if self._part is _Part.BETWEEN:
            done = Verdict(over=True)
            return self._when(now, self._changed + LONG, done) if self._another else Verdict()
        if len(self.found) == self._prefix:
            return self._judge_beginning(now)
        if self.dealt == len(self.found):
            return self._judge_dealt(now)
        if self._pending_since is None:
            self._pending_since = now
        if now < (due := self._decided_at(now)):
            return Verdict(due=due)
        return self._decide()

    def _judge_beginning(self, now: float) -> Verdict:
        """As `judge`, while nothing differs."""
        missing = len(self._expected) - self._prefix
        if self._part is _Part.HEAD:
            return Verdict()
        if not missing:
            again = self._other and self._prefix == 1
            return Verdict(tell_from=0 if again and not self.dealt else None, over=True)
        if self._prefix < self._half and (self._other or (self._doubted and self.found)):
            tell = 0 if self.found else None
            due = self._changed + (SETTLE if self._other else LONG)
            return self._when(now, due, Verdict(tell_from=tell, over=True))
        if self._replaced:
            due = now if missing == 1 else self._changed + SETTLE
            return self._when(now, due, Verdict(over=True))
        emptied = self._another and not self.found
        if emptied or self._prefix >= self._present - 1:
            return self._when(now, self._changed + LONG, Verdict(over=True))
        return Verdict()

    def _judge_dealt(self, now: float) -> Verdict:
        """As `judge`, while all that is there was decided on, and not all that was known has come back."""
        if self._new >= _TOLD:
            return Verdict(over=True)
        if self._missing <= 1:
            return self._when(now, self._changed + LONG, Verdict(over=True))
        return Verdict()

    @staticmethod
    def _when(now: float, due: float, verdict: Verdict) -> Verdict:
        return verdict if now >= due else Verdict(due=due)

    def _decided_at(self, now: float) -> float:
        one_missing = len(self._expected) - self._prefix <= 1 and self._part is _Part.WINDOW
        if one_missing or self._replaced or self.full:
            return now
        if self._after_quiet:
            expected = set(self._expected[self._prefix :])
            if not any(value in expected for value in self.found[max(self._prefix, self.dealt) :]):
                return now
        return min(self._changed + SETTLE, (self._pending_since or now) + LONG)

    def _decide(self) -> Verdict:
        self._pending_since = None
        least = self._half if self._doubted and not self.dealt else 0
        aligned = align(self._expected, self.found, since=self._new_to, least=least)
        if (
            self._part is _Part.HEAD
            and 2 * aligned.old >= len(self._expected)
            and self._size >= self.known.base
        ):
            self._part = _Part.BETWEEN  # an edit among the first ones
            return Verdict(due=0.0)
        self.dealt = max(self.dealt, aligned.old)
        self._missing = aligned.missing
        new = len(self.found) - self.dealt
        self._new += new
        self._new_to = len(self.found) if new else self._new_to
        over = self._replaced or aligned.missing <= bool(new)
        due = None if aligned.missing > 1 else self._changed + LONG
        return Verdict(tell_from=self.dealt if new else None, over=over, due=due)

    def _remaining(self) -> tuple[KnownMessages, int]:
        """Return what is known if the file is rewritten once more, and how many of these were in it last.

        Those that have not come back yet are not forgotten, but for as many as others came in their places.
        """
        if not self.dealt or self._part is not _Part.WINDOW:
            return self.known, self._present
        aligned = align(self._expected, self.found, since=self._new_to)
        present = max(self.dealt, aligned.old)
        known = self._known_of(present)
        for value in self._expected[len(self._expected) - aligned.missing + present - aligned.old :]:
            known.add(value, self.known.base)
        return known, present

    def result(self) -> KnownMessages:
        """Return what is known once it is over: everything that was found."""
        return self._known_of(len(self.found))

    def _known_of(self, count: int) -> KnownMessages:
        head = self.known.head if self._part is _Part.WINDOW else ()
        base = self.known.base if self._part is _Part.WINDOW else 0
        known = KnownMessages(min(base, self.positions[0]) if count else base, head)
        for value, position in zip(self.found[:count], self.positions[:count], strict=True):
            known.add(value, position)
        return known

    def _is_before_window(self, value: int, position: int) -> bool:
        """Whether this is one of those before the newest ones: a rewrite moves them up if it moves them."""
        return not self.found and position < self.known.base and value != self.known.hashes[0]
