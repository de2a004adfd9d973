"""A host without a screen: what is told is kept, and a test decides when time passes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget

from earwig.core.text.safe_text import SafeText
from earwig.ui.screens.controllers.host import ScreenHost

DEADLINE = 30.0
"""Seconds that anything which must come may take on a busy machine."""


class Told(NamedTuple):
    """A notification."""

    words: str
    severity: str
    title: str


class FakeHost(ScreenHost):
    """One whose event loop is `run`, and whose clock is `now`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.notifications: list[Told] = []
        self.shown: list[object] = []
        """Screens by the names under which they are kept, and those that were put over, as they came."""

        self.over: Screen[Any] = Screen()
        self.rung = 0
        self.focused: Widget | None = None
        self.sent: list[str] = []
        self.can_send = True
        self.suspended: Callable[[], AbstractContextManager[None]] = nullcontext
        self.made = 0
        """Screens that were made to be kept."""

        self._timers: list[tuple[float, Callable[[], object]]] = []
        self._queue: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    @property
    def words(self) -> list[str]:
        """What was told."""
        return [told.words for told in self.notifications]

    def tell(
        self,
        words: SafeText,
        /,
        *,
        title: SafeText | None = None,
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        self.notifications.append(Told(words, severity, title or ""))

    def call_in(self, seconds: float, callback: Callable[[], object]) -> None:
        self._timers.append((self.now + seconds, callback))

    def go_on(self, callback: Callable[[], object]) -> None:
        with self._lock:
            self._queue.append(callback)

    def show_screen(self, name: str, make: Callable[[], Screen[None]] | None = None) -> None:
        if make is not None:
            make()
            self.made += 1
        self.shown.append(name)

    def put_over(self, screen: Screen[None]) -> None:
        self.shown.append(screen)

    @property
    def top_screen(self) -> Screen[Any]:
        return self.over

    def set_focus(self, widget: Widget) -> None:
        self.focused = widget

    def send(self, sequence: str) -> bool:
        if self.can_send:
            self.sent.append(sequence)
        return self.can_send

    def ring(self) -> None:
        self.rung += 1

    def suspend(self) -> AbstractContextManager[None]:
        return self.suspended()

    def run(self) -> None:
        """Do what threads have left to be gone on with."""
        with self._lock:
            queue, self._queue = self._queue, []
        for callback in queue:
            callback()

    def run_until(self, condition: Callable[[], object]) -> None:
        """Do that until something is so; fails if it does not come."""

        def run() -> object:
            self.run()
            return condition()

        self.wait_for(run)

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until threads have made something so; fails if they do not."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, "it does not come"
            time.sleep(0.001)

    @property
    def is_queued(self) -> bool:
        """Whether a thread has left something to be gone on with."""
        with self._lock:
            return bool(self._queue)

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass, and call what is due then."""
        self.now += seconds
        due = [callback for at, callback in self._timers if at <= self.now]
        self._timers = [(at, callback) for at, callback in self._timers if at > self.now]
        for callback in due:
            callback()

    @property
    def waits(self) -> bool:
        """Whether something is to be called later."""
        return bool(self._timers)
