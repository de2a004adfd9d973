"""Which sessions of several stores are the same conversation.

Only sessions with one key may be, and only those of which one is no plain file: an import makes rows of a
file and gives it another name, the archive takes a file away. Then their messages are compared: what begins
with all that another holds is that one, gone on with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from earwig.core.model.keys import sanitise_key
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import ARCHIVED, PLAIN, Detail, Session, SessionId, Version
from earwig.core.system.opening import CannotOpen

if TYPE_CHECKING:
    from earwig.core.stores.protocols import Transcript

COMPARED = 32 * 1024 * 1024
"""Bytes of two texts that are compared; if they are equal so far, they are taken for equal."""

_NOT_KEPT = re.compile("[^0-9A-Za-z_-]")


class Relation(NamedTuple):
    """Whether each of two sessions begins with all messages of the other."""

    first_in_second: bool
    second_in_first: bool

    @property
    def turned(self) -> Relation:
        """The same, of the two in the other order."""
        return Relation(self.second_in_first, self.first_in_second)


_OTHERS = Relation(False, False)


_States = tuple[Version, int, Version, int]


class _Compared(NamedTuple):
    """What came of it, and how the two were then."""

    states: _States
    relation: Relation

    def still(self, now: _States) -> Relation | None:
        """What is known without another look: all that comes to a session is appended to it."""
        if now == self.states:
            return self.relation
        version, extent, _, length = self.states
        is_same = now[:2] == (version, extent) and now[2][0] == self.states[2][0]
        grown = now[3] > length or (now[3] == length and not self.relation.second_in_first)
        if is_same and grown and self.relation.first_in_second:
            return Relation(True, False)
        return None


class Merging:
    """Finds and remembers which sessions are the same. Not for two threads at once."""

    def __init__(self, open_session: Callable[[Session], Transcript], limit: int = COMPARED) -> None:
        self._open = open_session
        self._limit = limit
        self._compared: dict[tuple[SessionId, SessionId], _Compared] = {}

    def merged(self, sessions: Sequence[Session], *, trusting: bool = False) -> Merged:
        """Return which of some sessions are to be listed.

        With `trusting`, what the bot has put away is taken for the same as what it goes on with, until it was
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
                    merged.hide(session, other)
                    break
                if relation.second_in_first and session.is_put_away == other.is_put_away:
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
        relation = self._compare(one, other)
        if not are_together and not all(relation):
            relation = _OTHERS  # another bot's may begin alike
        self._compared[one.id, other.id] = _Compared(states, relation)
        return relation

    def _compare(self, one: Session, other: Session) -> Relation:
        if one.problem is not None or other.problem is not None:
            return _OTHERS
        size = count = 0
        try:
            for mine, others in zip_longest(self._messages(one), self._messages(other)):
                if mine is None or others is None:
                    return Relation(
                        mine is None and _may_end(one, count), others is None and _may_end(other, count)
                    )
                if mine != others:
                    return _OTHERS
                count += 1
                size += len(mine.content)
                if size > self._limit:
                    break
        except CannotOpen:
            return _OTHERS
        return Relation(_may_end(one, count), _may_end(other, count))

    def _messages(self, session: Session) -> Iterator[ChatMessage]:
        transcript = self._open(session)
        transcript.refresh()
        for entry in transcript.entries():
            if isinstance(entry.item, ChatMessage):
                yield entry.item


class Merged:
    """Which sessions are listed, and which are another one that is."""

    def __init__(self) -> None:
        self.hidden: dict[SessionId, Session] = {}
        """Those that are not listed, and the one that each is."""

        self.behind: list[Session] = []
        """Those that are not listed."""

        self.also_in: dict[SessionId, tuple[str, ...]] = {}
        self.unproven: list[tuple[Session, Session]] = []
        """Pairs that were taken for the same without being compared."""

    def hide(self, session: Session, other: Session) -> None:
        """One is another, which is listed."""
        for hidden, shown in list(self.hidden.items()):
            if shown.id == session.id:
                self.hidden[hidden] = other
        self.hidden[session.id] = other
        self.behind.append(session)
        theirs = (_name_beside(session, other), *self.also_in.pop(session.id, ()))
        self.also_in[other.id] = tuple(dict.fromkeys((*self.also_in.get(other.id, ()), *theirs)))

    def dressed(self, session: Session) -> Session:
        """Return a session that says where else it is."""
        also_in = self.also_in.get(session.id)
        if not also_in:
            return session
        detail = session.detail or Detail(PLAIN, session.key, session.path)
        return session._replace(detail=detail._replace(also_in=also_in))

    def listed(self, sessions: Iterable[Session]) -> list[Session]:
        """Return those of some sessions that are listed."""
        if not self.hidden:
            return list(sessions)
        return [self.dressed(session) for session in sessions if session.id not in self.hidden]


def undressed(session: Session) -> Session:
    """Return a session as its own store has it."""
    detail = session.detail
    if detail is None or not detail.also_in:
        return session
    if detail.store == PLAIN:
        return session._replace(detail=None)
    return session._replace(detail=detail._replace(also_in=()))


def file_key(session: Session) -> str:
    """Return what the bot would call the session's file, whatever it is in."""
    if session.is_file:
        return session.key
    key = session.key
    return _NOT_KEPT.sub("_", key) if key.isascii() else sanitise_key(key)


def root_of(session: Session) -> Path:
    """Return the sessions folder that one is in, be it in its archive."""
    folder = session.path.parent
    return folder.parent if session.store == ARCHIVED else folder


def _may_end(session: Session, count: int) -> bool:
    """Whether a session may be another, of which it has the first `count` messages and no more.

    With none, what else it holds (bad lines) stands in no other.
    """
    return bool(count) or not session.extent


def _likelihood(session: Session) -> tuple[bool, bool, int, str]:
    """What the bot goes on with comes first, then databases, then what is newer."""
    return (session.is_put_away, session.is_file, -session.activity_ns, session.id)


def _name_beside(session: Session, other: Session) -> str:
    return session.store if session.store != other.store else str(session.path)
