"""Calls and their results, brought together while a session goes by: only a few lines are held back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from earwig.core.content.parts import Call, Result
from earwig.export.formats.writer import Bad
from earwig.export.message import Answered, AnsweredCall, ExportedMessage

HELD = 12
"""Lines that wait for a result; bots write it into the next ones."""

HELD_SIZE = 4_000_000
"""Characters of all of them."""

Line = ExportedMessage | tuple[int | None, Bad]
"""A message, or a line that is none, with its number."""


class _Open(NamedTuple):
    """A call whose result may come."""

    message: ExportedMessage
    at: int
    call: Call


class Pairing:
    """Gives lines back in their order, each once its calls have their results or nobody waits longer."""

    def __init__(self) -> None:
        self._held: deque[Line] = deque()
        self._size = 0
        self._open: list[_Open] = []
        self._last: ExportedMessage | None = None
        """Whose calls a result without an id can be meant for."""

    def put(self, line: Line) -> Iterator[Line]:
        """Take the next line, and give back those that need not wait."""
        if isinstance(line, ExportedMessage):
            self._relate(line)
        self._held.append(line)
        self._size += _size(line)
        while self._held and not self._waits():
            yield self._release()

    def rest(self) -> Iterator[Line]:
        """Give back what waits: nothing follows."""
        while self._held:
            yield self._release()

    def _waits(self) -> bool:
        first = self._held[0]
        too_many = len(self._held) > HELD or self._size > HELD_SIZE
        return not too_many and any(it.message is first for it in self._open)

    def _release(self) -> Line:
        line = self._held.popleft()
        self._size -= _size(line)
        if isinstance(line, ExportedMessage):
            self._open = [it for it in self._open if it.message is not line]
        return line

    def _relate(self, message: ExportedMessage) -> None:
        results = list(message.results())
        if not results:
            # Somebody speaks: what comes from here on answers no call without an id.
            self._last = None
            self._open = [it for it in self._open if it.call.id is not None]
        for at, result in enumerate(results):
            found = self._call_of(result) if result.pairs else None
            if found is not None:
                self._open.remove(found)
                found.message.answers[found.at] = Answered(message.number, result)
                message.asked[at] = AnsweredCall(found.message.number, found.call.name)
        opened = [_Open(message, at, call) for at, call in enumerate(message.calls())]
        if opened:
            self._last = message
            self._open += opened

    def _call_of(self, result: Result) -> _Open | None:
        if result.call is not None:
            same = [it for it in self._open if it.call.id == result.call]
            return next((it for it in same if it.message is same[-1].message), None)
        last = (it for it in self._open if it.message is self._last)
        if result.name:
            return next((it for it in last if it.call.name == result.name), None)
        return next((it for it in last if it.call.id is None), None)


def _size(line: Line) -> int:
    return len(line.content) if isinstance(line, ExportedMessage) else len(line[1].raw or "")
