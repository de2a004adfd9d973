"""What the parts of a screen ask of it, so that each can be tried without one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from textual.screen import Screen
from textual.widget import Widget

from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.plain import Tell, notify_safely
from earwig.ui.textual_compat.driver import send_to_terminal

LONG = 8.0
"""Seconds that a sentence with something to do in it stays."""


class ScreenHost:
    """Tells the reader something, and calls back: later, or in the event loop."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    @property
    def tell(self) -> Tell:
        return partial(notify_safely, self._screen.app)

    def call_in(self, seconds: float, callback: Callable[[], object]) -> None:
        """Call back once, in so many seconds, in the event loop."""
        self._screen.set_timer(seconds, callback)

    def go_on(self, callback: Callable[[], object]) -> None:
        """Call back in the event loop, after what is queued there. May be called from any thread."""
        self._screen.call_later(callback)

    def show_screen(self, name: str, make: Callable[[], Screen[None]] | None = None) -> None:
        """Put a screen that is kept under `name` on top; with `make`, a new one, kept from now on."""
        if make is not None:
            self._screen.app.install_screen(make(), name)
        self._screen.app.push_screen(name)

    def put_over(self, screen: Screen[None]) -> None:
        self._screen.app.push_screen(screen)

    @property
    def top_screen(self) -> Screen[Any]:
        return self._screen.app.screen

    def set_focus(self, widget: Widget) -> None:
        self._screen.set_focus(widget)

    def send(self, sequence: str) -> bool:
        """Write a control sequence to the terminal itself; returns whether there is a way to it."""
        return send_to_terminal(self._screen.app, sequence)

    def ring(self) -> None:
        self._screen.app.bell()

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal away for as long as the context lasts. Raises as `App.suspend`."""
        return self._screen.app.suspend()


def warn(host: ScreenHost, words: SafeText) -> None:
    """Show what could not be done, long enough to be read. May be called from any thread."""
    host.tell(words, severity="warning", timeout=LONG)
