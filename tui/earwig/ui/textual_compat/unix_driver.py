"""Being stopped and continued from outside: Ctrl+Z and `fg`, `kill -STOP`, `kill -CONT`."""

from __future__ import annotations

import asyncio
import signal
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import constants
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)

from earwig.core.job_control import is_in_foreground, stop

if TYPE_CHECKING:
    from textual.app import App

_LEAVE = "\x1b[<u\x1b[?1049l"
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?1004h"
_KEYS = KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT
"""What Textual 8.2.8 sends itself at the end and at the start; as a constant it has none of it."""


class JobControlDriver(LinuxDriver):
    """Takes the terminal once for each time that it gives it back.

    Textual 8.2.8 takes it at every SIGCONT, also when it holds it: `kill %%; fg` sends two, `kill -CONT` to a
    running program one. The terminal's modes of the program are then remembered as those to go back to, the
    keyboard protocol is on twice and off once, and two threads read the keys. It does so in the middle of
    whatever runs; here the event loop does it, between two callbacks.
    """

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
        """Whether the terminal is in application mode."""
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
            super().stop_application_mode()

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
