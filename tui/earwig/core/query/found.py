"""What a look through sessions comes to, and which sessions are looked through together."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from earwig.core.model.entries import Position
from earwig.core.model.session import Session, SessionId, grouped, ungrouped
from earwig.core.query.hits import Hit

_ID, _SIZE, _PROBLEM = (itemgetter(Session._fields.index(name)) for name in ("id", "extent", "problem"))


MOST_HITS = 256
"""Hits that are handed over together, about: nobody holds more of them than that."""


class LineCount(NamedTuple):
    """How many lines there are before a position, where one begins."""

    position: Position
    lines: int


class Stop(NamedTuple):
    """Up to where a session was looked through, and what another look needs to go on from there."""

    position: Position
    """Behind the last whole entry."""

    counted: LineCount
    """Up to where its lines are counted; nobody counts them behind the last hit."""

    proof: bytes
    """What its store tells by, later, that what is before the position is still the same."""

    behind: int = 0
    """Of the matches, those in an unfinished line behind it, which another look finds again."""


START = Stop(0, LineCount(0, 0), b"")


class Found(NamedTuple):
    """What came of one session, or of a part of it: a large one is told of in several, in order."""

    session: Session
    hits: Sequence[Hit] = ()
    matches: int = 0
    """Lines with a match; where hits are only counted there are only these."""

    size: int = 0
    """Bytes that were looked through since the part before; 0 for a session that was read in one go."""

    slow: int = 0
    """Messages for which the expression took too long: whether they match is not known."""

    too_long: int = 0
    """Lines that were passed over for their length."""

    problem: str | None = None
    """Why it cannot be read, as a clause to follow its name."""

    stop: Stop | None = None
    """In the last part of a large session: where another look may go on."""

    more: bool = False
    """Whether another part of the same session follows."""


class FlatSessions(NamedTuple):
    """The ids and sizes of sessions, as they were listed, without an object for each.

    A process that was copied has to copy each page of memory with an object that it looks at: of sessions in
    which there is nothing, it looks at this alone.
    """

    group: str
    """The first part of their ids, by `grouped`; empty if they have several."""

    names: str
    """The rest of their ids (all of them, without a group), with a NUL between; nothing for a session that
    cannot be read."""

    sizes: Sequence[int]

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> FlatSessions:
        """Return those of some sessions."""
        ids = [*map(_ID, sessions)]
        parts = [*map(grouped, ids)]
        groups = {group for group, _ in parts}
        group, names = (groups.pop(), [rest for _, rest in parts]) if len(groups) == 1 else ("", ids)
        if any(map(_PROBLEM, sessions)):
            names = ["" if it.problem else name for it, name in zip(sessions, names, strict=True)]
        return cls(group, "\0".join(names), array("q", map(_SIZE, sessions)))

    def session_id(self, number: int) -> SessionId:
        """Return the id of one that can be read, made anew."""
        return ungrouped(self.group, self.names.split("\0", number + 1)[number])

    def ids(self) -> Iterator[SessionId]:
        """Yield the ids of those that can be read, made anew."""
        return (ungrouped(self.group, name) for name in self.names.split("\0") if name)


class FoundTally:
    """What is found of one session and not yet handed over."""

    def __init__(self, session: Session, counted: LineCount) -> None:
        self.session = session
        self.counted = counted
        self.behind = 0
        """Matches in an unfinished last line."""

        self._begin()

    def _begin(self) -> None:
        self.hits: list[Hit] = []
        self.matches = self.slow = self.too_long = 0

    def part(self, size: int = 0) -> Found:
        """All that is found since the part before; another part follows."""
        return self.last(size)._replace(more=True)

    def last(self, size: int = 0, *, stop: Stop | None = None, problem: str | None = None) -> Found:
        """All that is found since the part before; no part follows."""
        found = Found(self.session, self.hits, self.matches, size, self.slow, self.too_long, problem, stop)
        self._begin()
        return found
