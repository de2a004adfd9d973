"""The driver for Unix: Textual's own, with a reader of bytes, an end and job control that can be relied on.

Why: see `terminal_input` for the reading. Textual 8.2.8 takes the terminal at every SIGCONT, also when it
holds it: `kill %%; fg` sends two, `kill -CONT` to a running program one. The terminal's modes of the program
are then remembered as those to go back to, the keyboard protocol is on twice and off once, and two threads
read the keys. It does so in the middle of whatever runs; here the event loop does it, between two callbacks.
Private: the handlers of signals, the threads and the switches of `LinuxDriver`.
Without this module: `LinuxDriver`, with those faults, and a terminal left as it is by a program that is
stuck.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import constants
from textual.driver import Driver
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.events import Resize
from textual.message import Message

from earwig.core.system.processes import is_in_foreground, stop
from earwig.core.system.terminal import read_input, restore
from earwig.ui.textual_compat import terminal_input
from earwig.ui.textual_compat.private_use import PrivateUse, has
from earwig.ui.textual_compat.terminal_input import IDLE, TerminalInput

if TYPE_CHECKING:
    from textual.app import App

_NAMES = (
    *("_writer_thread", "_in_band_window_resize", "_mouse_pixels", "_auto_restart", "_must_signal_resume"),
    *("_disable_in_band_window_resize", "_query_in_band_window_resize", "_enable_bracketed_paste"),
    *("_disable_line_wrap", "_enable_mouse_support", "_sigtstp_application", "_app"),
)

USE = PrivateUse(
    "Unix driver",
    "a terminal that is as it was after `fg`, `kill -CONT` and a program that is stuck; no key read twice",
    lambda: terminal_input.USE.is_there() and all(has(LinuxDriver, it) or has(Driver, it) for it in _NAMES),
)

assert sys.platform != "win32"  # noqa: S101 - Textual takes another driver there, and so types are not checked

_LEAVE = "\x1b[<u\x1b[?1049l"
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?1004h"
_RESTORE = (
    "\x18\x1b[0m\x1b[?2026l"  # what was being sent is cut off, and nothing is held back
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[?7h"
    f"{_LEAVE}\x1b[?25h"
)
"""Undoes all that Textual 8.2.8 switches on."""

_RESTORING = 0.5
"""Seconds that a terminal is given to take that; one that was stopped (Ctrl+S) takes nothing."""

_KEYS = KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT
"""What Textual 8.2.8 sends itself at the end and at the start; as a constant it has none of it."""


class UnixDriver(LinuxDriver):
    """Takes the terminal once for each time that it gives it back, and reads whatever it sends."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """As Textual's own; to be made in the main thread, where the event loop runs."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._own_attributes: list[Any] | None = None
        self._running_loop = asyncio.get_running_loop()
        # In the loop's order: what was told to end while it was stopped ends, and is not drawn again.
        self._running_loop.add_signal_handler(signal.SIGCONT, self._go_on)

    @property
    def holds_terminal(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def start_application_mode(self) -> None:
        """Take the terminal, and remember how it is then."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's has no annotations
        if self.holds_terminal:
            with suppress(termios.error):
                self._own_attributes = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        """Give the terminal back, unless that was done: it may be another program's by now."""
        if self.holds_terminal:
            if self._mouse_pixels:
                self._mouse_pixels = False
                self.write("\x1b[?1016l")  # Textual leaves it on
            super().stop_application_mode()

    def restore_terminal(self) -> None:
        """Give the terminal back at once, from any thread: the program is about to end without good order."""
        if self.holds_terminal:
            restore(self.fileno, self.attrs_before, _RESTORE.encode(), _RESTORING)

    def run_input_thread(self) -> None:
        """Read what the terminal sends until told to stop. Raises `OSError` where it cannot be read."""
        reading = TerminalInput()
        while not self.exit_event.is_set():
            data = read_input(self.fileno, reading.patience)
            if data == b"":
                self.exit_event.wait(IDLE)  # the terminal is gone, and the app will see it
            for message in reading.tick() if data is None else reading.feed(data):
                self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Pass on what the terminal tells; a size only from one that was asked to tell it."""
        if self._in_band_window_resize or not isinstance(message, Resize):
            super().process_message(message)

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:
            self._running_loop.call_soon_threadsafe(self._stop)
        else:
            stop()  # another program has the terminal, and is stopped as well

    def _stop(self) -> None:
        if self.holds_terminal:
            self.suspend_application_mode()
            self._must_signal_resume = True
        stop()

    def _go_on(self) -> None:
        if not self._auto_restart or self._app.return_code is not None:
            return
        if not is_in_foreground(self.fileno):
            stop()  # `bg`: nothing may be drawn
        elif self.holds_terminal:  # stopped without warning, or never
            self._take_again()
        elif self._must_signal_resume:
            self.resume_application_mode()

    def _take_again(self) -> None:
        """Make the terminal what it was, whoever had it meanwhile, and lose no key that comes meanwhile."""
        if self._own_attributes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._own_attributes)
        self._disable_in_band_window_resize()  # where it is enabled anew, the terminal tells its size
        self.write(_LEAVE + _ENTER)
        if not constants.DISABLE_KITTY_KEY:
            self.write(f"\x1b[>{_KEYS}u")
        self._query_in_band_window_resize()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._enable_mouse_support()
        self.flush()
        signal.raise_signal(signal.SIGWINCH)  # nobody tells of a new size who is not in the foreground
        self._app.post_message(self.SignalResume())
