"""Finds out which sessions of several stores are the same conversation.

Only sessions with one key may be, and only those of which one is no plain file: an import makes rows of a
file and gives it another name, the archive takes a file away. Then their messages are compared: a session
that begins with all messages of another is that one, gone on with. It stands for the other only if that has
no other lines, such as one that an import has skipped: else both are listed, and each says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.entries import Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.model.session import ARCHIVED, PLAIN, Beside, Detail, Session, SessionId, Version
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.combined.as_stored import file_key
from earwig.core.system.opening import CannotOpen

if TYPE_CHECKING:
    from earwig.core.stores.protocols import Transcript

COMPARED = 32 * 1024 * 1024
"""The most bytes of two texts that are compared. Equal so far, they count as equal."""


class Relation(NamedTuple):
    """Whether each of two sessions begins with all messages of the other."""

    first_in_second: bool
    second_in_first: bool
    only_first: int = 0
    """The number of lines of the first that are no messages and not in the second."""

    only_second: int = 0
    """The number of such lines of the second."""


_OTHERS = Relation(False, False)


_States = tuple[Version, int, Version, int]


class _Compared(NamedTuple):
    """What came of it, and how the two were then."""

    states: _States
    relation: Relation

    def still(self, now: _States) -> Relation | None:
        """Return what is known without another look: all that comes to a session is appended to it."""
        if now == self.states:
            return self.relation
        version, extent, _, length = self.states
        is_same = now[:2] == (version, extent) and now[2][0] == self.states[2][0]
        grown = now[3] > length or (now[3] == length and not self.relation.second_in_first)
        if is_same and grown and self.relation.first_in_second:
            return Relation(True, False, self.relation.only_first)
        return None


class Merging:
    """Finds and remembers which sessions are the same. Not for two threads at once."""

    def __init__(self, open_session: Callable[[Session], Transcript], limit: int = COMPARED) -> None:
        self._open = open_session
        self._limit = limit
        self._compared: dict[tuple[SessionId, SessionId], _Compared] = {}

    def merged(self, sessions: Sequence[Session], *, trusting: bool = False) -> Merged:
        """Return which sessions are to be listed.

        With `trusting`, what the bot has put away counts as the same as what it goes on with, until it is
        compared: to compare 50,000 takes seconds.
        """
        merged = Merged()
        apart = [session for session in sessions if session.detail is not None]
        if not apart:
            return merged
        keys = {file_key(session) for session in apart}
        groups: dict[str, list[Session]] = {}
        for session in sessions:
            key = file_key(session)
            if key in keys:
                groups.setdefault(key, []).append(session)
        for group in groups.values():
            if len(group) > 1:
                self._sort_out(group, merged, trusting)
        return merged

    def _sort_out(self, group: list[Session], merged: Merged, trusting: bool) -> None:
        shown: list[Session] = []
        for session in sorted(group, key=_likelihood):
            for other in shown:
                relation = self._relation(session, other, merged, trusting)
                if relation.first_in_second and (session.is_put_away or not other.is_put_away):
                    if relation.only_first:
                        merged.keep_beside(session, other, relation.only_first)
                        continue
                    merged.hide(session, other)
                    break
                if relation.second_in_first and session.is_put_away == other.is_put_away:
                    if relation.only_second:
                        merged.keep_beside(other, session, relation.only_second)
                        continue
                    merged.hide(other, session)
                    shown[shown.index(other)] = session
                    break
            else:
                shown.append(session)

    def _relation(self, one: Session, other: Session, merged: Merged, trusting: bool) -> Relation:
        if one.detail is None and other.detail is None:
            return _OTHERS  # two folders that were named: each is shown as it is
        if one.path == other.path:
            return _OTHERS  # two keys of one database, whose files would have the same name
        states = (one.version, one.extent, other.version, other.extent)
        known = self._compared.get((one.id, other.id))
        if known is not None and (relation := known.still(states)) is not None:
            self._compared[one.id, other.id] = _Compared(states, relation)
            return relation
        are_together = root_of(one) == root_of(other)
        if trusting and are_together and one.is_put_away and not other.is_put_away:
            merged.unproven.append((one, other))
            return Relation(True, False)
        found = self._compare(one, other)
        if found is None:  # one is about to go, or cannot be read now: what was known holds until it can
            return _OTHERS if known is None else known.relation
        relation = found
        if not are_together and not (relation.first_in_second and relation.second_in_first):
            relation = _OTHERS  # another bot's may begin alike
        self._compared[one.id, other.id] = _Compared(states, relation)
        return relation

    def _compare(self, one: Session, other: Session) -> Relation | None:
        """None where one of them cannot be read."""
        if one.problem is not None or other.problem is not None:
            return _OTHERS
        first, second = _Held(self._open(one)), _Held(self._open(other))
        size = count = 0
        first_ends = second_ends = True
        try:
            for mine, others in zip_longest(first.messages(), second.messages()):
                if mine is None or others is None:
                    first_ends, second_ends = mine is None, others is None
                    break
                if mine != others:
                    return _OTHERS
                count += 1
                size += len(mine.content)
                if size > self._limit:
                    first.count_rest()
                    second.count_rest()
                    break
        except CannotOpen:
            return None
        return Relation(
            first_ends and _may_end(one, count),
            second_ends and _may_end(other, count),
            first.lines_not_in(second),
            second.lines_not_in(first),
        )


class _Held:
    """What a session holds, as far as it was gone through: its messages, and what else is between them."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._others: Counter[tuple[type, int]] = Counter()
        self._more = self._at = 0

    def messages(self) -> Iterator[ChatMessage]:
        """Yield each message, in order. Raises `CannotOpen`."""
        self._transcript.refresh()
        for entry in self._transcript.entries():
            self._at = entry.next
            if isinstance(entry.item, ChatMessage):
                yield entry.item
            elif isinstance(entry.item, BadLine | Unfinished):
                self._others[type(entry.item), hash(entry.item.raw)] += 1

    def count_rest(self) -> None:
        """Count what is no message behind the last one that was given. Raises `CannotOpen`."""
        while (tally := self._transcript.tally(self._at)).next > self._at:
            self._more += tally.bad_lines
            self._at = tally.next

    def lines_not_in(self, other: _Held) -> int:
        """Return how many lines that are no messages the other one does not have."""
        return (self._others - other._others).total() + max(0, self._more - other._more)


class Merged:
    """The sessions to list, and those that are the same as a listed one."""

    def __init__(self) -> None:
        self.hidden: dict[SessionId, Session] = {}
        """Those that are not listed, and the one that each is."""

        self.behind: list[Session] = []
        self.also_in: dict[SessionId, tuple[str, ...]] = {}
        self.beside: dict[SessionId, list[Beside]] = {}
        """What is said of those that are listed though all their messages are in another one, and of that."""

        self._pairs: list[tuple[Session, Session]] = []
        self.unproven: list[tuple[Session, Session]] = []
        """Pairs that were taken for the same without being compared."""

    def hide(self, session: Session, other: Session) -> None:
        """Note that a session is the same as another, which is listed."""
        for hidden, shown in list(self.hidden.items()):
            if shown.id == session.id:
                self.hidden[hidden] = other
        self.hidden[session.id] = other
        self.behind.append(session)
        theirs = (_name_beside(session, other), *self.also_in.pop(session.id, ()))
        self.also_in[other.id] = tuple(dict.fromkeys((*self.also_in.get(other.id, ()), *theirs)))

    def keep_beside(self, session: Session, other: Session, lines: int) -> None:
        """Note that all messages of a session are in another, which lacks `lines` of its lines."""
        self._pairs += [(session, other), (other, session)]
        self.beside.setdefault(session.id, []).append(Beside(_name_beside(other, session), lines, 0))
        self.beside.setdefault(other.id, []).append(Beside(_name_beside(session, other), 0, lines))

    def elsewhere(self, session_id: SessionId) -> list[Session]:
        """Return the sessions that hold all messages, or some, of a listed one."""
        behind = [it for it in self.behind if self.hidden[it.id].id == session_id]
        return behind + [other for one, other in self._pairs if one.id == session_id]

    def dressed(self, session: Session) -> Session:
        """Return a session with the names of the other places that hold it."""
        also_in, beside = self.also_in.get(session.id, ()), self.beside.get(session.id, ())
        if not also_in and not beside:
            return session
        detail = session.detail or Detail(PLAIN, session.key, session.path)
        return session._replace(detail=detail._replace(also_in=also_in, beside=tuple(beside)))

    def listed(self, sessions: Iterable[Session]) -> list[Session]:
        """Return those of the sessions that are listed."""
        if not self.hidden and not self.beside:
            return list(sessions)
        return [self.dressed(session) for session in sessions if session.id not in self.hidden]


def root_of(session: Session) -> Path:
    """Return the sessions folder that a session belongs to, also where it lies in the archive."""
    folder = session.path.parent
    return folder.parent if session.store == ARCHIVED else folder


def _may_end(session: Session, count: int) -> bool:
    """Return whether a session may be another, of which it has the first `count` messages and no more.

    With none, what else it holds (bad lines) stands in no other.
    """
    return bool(count) or not session.extent


def _likelihood(session: Session) -> tuple[bool, bool, int, SessionId]:
    """What the bot goes on with comes first, then databases, then what is newer."""
    return (session.is_put_away, session.is_file, -session.activity_ns, session.id)


def _name_beside(session: Session, other: Session) -> str:
    return session.store if session.store != other.store else str(session.path)
