"""Results of a search of sessions, and the sessions that are searched together."""

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
"""About the hits that are handed over together. Nobody holds more of them than that."""


class LineCount(NamedTuple):
    """The number of lines before a position at which a line begins."""

    position: Position
    lines: int


class Stop(NamedTuple):
    """How far a session was searched, and what another search needs to go on from there."""

    position: Position
    """The position behind the last whole entry."""

    counted: LineCount
    """How far lines are counted; nobody counts them behind the last hit."""

    proof: bytes
    """Tells the store later whether what is before the position is still the same."""

    behind: int = 0
    """The number of matches in an unfinished line behind it, which another search finds again."""


START = Stop(0, LineCount(0, 0), b"")


class Found(NamedTuple):
    """The results of one session, or of a part of it. A large session has several, in order."""

    session: Session
    hits: Sequence[Hit] = ()
    matches: int = 0
    """The number of lines with a match. Where hits are only counted there are no others."""

    size: int = 0
    """The number of bytes searched since the part before; 0 for a session that was read in one go."""

    slow: int = 0
    """The number of messages for which the expression took too long: whether they match is not known."""

    too_long: int = 0
    """The number of lines that were passed over for their length."""

    problem: str | None = None
    """Why the session cannot be read, as a clause to follow its name."""

    stop: Stop | None = None
    """Where another search may go on; only in the last part of a large session."""

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
    """What is found in one session and not yet handed over."""

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
        """Return all that is found since the part before; another part follows."""
        return self.last(size)._replace(more=True)

    def last(self, size: int = 0, *, stop: Stop | None = None, problem: str | None = None) -> Found:
        """Return all that is found since the part before; no part follows."""
        found = Found(self.session, self.hits, self.matches, size, self.slow, self.too_long, problem, stop)
        self._begin()
        return found
