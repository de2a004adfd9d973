"""Being stopped and continued from outside: Ctrl+Z and `fg`, `kill -STOP`, `kill -CONT`."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from earwig.core.job_control import is_in_foreground, stop

if TYPE_CHECKING:
    from textual.app import App


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
        self._running_loop = asyncio.get_running_loop()
        # In the loop's order: what was told to end while it was stopped ends, and is not drawn again.
        self._running_loop.add_signal_handler(signal.SIGCONT, self._go_on)

    @property
    def holds_terminal(self) -> bool:
        """Whether the terminal is in application mode."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

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
        elif self.holds_terminal or self._must_signal_resume:
            if self.holds_terminal:  # stopped without warning, or never
                self.suspend_application_mode()
                self._must_signal_resume = True
            self.resume_application_mode()
