"""Folds a session's complete entries into something, in small steps as it grows, and anew after a rewrite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from earwig.core.model.entries import Entry, Position
from earwig.core.stores.protocols import SCANNED, Stretch, Transcript

_Stretch = TypeVar("_Stretch", bound=Stretch)
_Taken = TypeVar("_Taken", contravariant=True)


class Taker(Protocol[_Taken]):
    """Makes something of the parts of a session. It is given each part once, in order."""

    def take(self, stretch: _Taken) -> object:
        """Add the part that follows all parts taken before."""

    def go_back(self, same: Position) -> Position:
        """Forget everything behind `same`, up to which the session is unchanged. Return where to go on."""


Open = Callable[[Entry | None], object]
"""A function that is told the last entry while it is not ended, and so not yet taken; None: there is none."""


class Fold(Generic[_Stretch]):
    """Gives a session to a taker, from a position on, and goes back where the past has changed.

    Not for two threads at once.
    """

    def __init__(
        self,
        transcript: Transcript,
        taker: Taker[_Stretch],
        read: Callable[[Position, int], _Stretch],
        start: Position = 0,
        *,
        take_open: Open | None = None,
    ) -> None:
        """`read` reads a stretch of about so many bytes from a position on: a method of the transcript."""
        self._transcript = transcript
        self._taker = taker
        self._read = read
        self._take_open = take_open
        self._generation = transcript.generation
        self.at = start
        """Up to where entries are taken."""

    def is_outdated(self) -> bool:
        """Return whether the past has changed since the last step."""
        return self._transcript.generation != self._generation

    def step(self, budget: int = SCANNED) -> bool:
        """Take about `budget` bytes more; return whether all that is there is taken. Raises `CannotOpen`."""
        transcript = self._transcript
        if self._has_gone_back():
            return False
        stretch = self._read(self.at, budget)
        if self._has_gone_back():
            return False
        if stretch.next > self.at:
            self._tell_open(None)
            self._taker.take(stretch)
            self.at = stretch.next
            # A folder holds 100,000: one more look at each of them would be half of it.
            return self.at >= transcript.end
        return self._look_at_open()

    def _look_at_open(self) -> bool:
        """Tell of an entry behind all complete ones; False if it is complete by now."""
        if self._take_open is None:
            return True
        rest = self._transcript.after(self.at, 1).entries if self._transcript.end > self.at else ()
        if self._has_gone_back() or (rest and rest[0].complete):
            return False
        self._take_open(rest[0] if rest else None)
        return True

    def _tell_open(self, entry: Entry | None) -> None:
        if self._take_open is not None:
            self._take_open(entry)

    def _has_gone_back(self) -> bool:
        passed = self._transcript.generation - self._generation
        if not passed:
            return False
        self._generation = self._transcript.generation
        # How far the past is unchanged is known of the last change only.
        same = self._transcript.unchanged_to if passed == 1 else 0
        self._tell_open(None)
        if same < self.at:
            self.at = self._taker.go_back(same)
        return True
