"""A queue of the sessions that are still to be summed up for what the reader asks for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from earwig.core.model.session import SessionId


class SummaryQueue:
    """A queue in which each session stands once. It is empty until it is filled."""

    def __init__(self) -> None:
        self._waiting: dict[SessionId, None] | None = None
        self._total = 0
        self.is_asked_for = False
        """Whether it is to be filled anew."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def ask(self) -> None:
        """Forget all, until it is filled: something else is asked for."""
        self.fill(None)
        self.is_asked_for = True

    def fill(self, ids: Iterable[SessionId] | None) -> None:
        """Begin with these sessions; None: nothing is asked for that needs them."""
        self.is_asked_for = False
        self._waiting = None if ids is None else dict.fromkeys(ids)
        self._total = len(self._waiting or ())

    def add(self, session_id: SessionId) -> None:
        if self._waiting is not None and session_id not in self._waiting:
            self._waiting[session_id] = None
            self._total += 1

    def drop(self, ids: Iterable[SessionId]) -> None:
        if self._waiting:
            for session_id in ids:
                self._waiting.pop(session_id, None)

    def next(self, count: int) -> list[SessionId]:
        return list(islice(self._waiting or (), count))

    @property
    def progress(self) -> tuple[int, int]:
        """How many of how many are done; 0 of 0 where none were wanted."""
        return self._total - len(self._waiting or ()), self._total
