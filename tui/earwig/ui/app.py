"""The browser as a program: starts the screen, takes the terminal, gives it back whatever happens."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.theme import BUILTIN_THEMES

from earwig.core.ending import end_within
from earwig.core.first_look import FirstLook, Opened
from earwig.core.safe_text import clean_line, safe_name
from earwig.core.store import FolderStore, Session
from earwig.ui.line_filter import ControlFilter
from earwig.ui.screens.browser import BrowserScreen, nothing_there

if TYPE_CHECKING:
    from textual.filter import LineFilter

    from earwig.core.location import Found

ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
"""On these the terminal is restored before the program ends."""


_PATIENCE = 0.1
"""Seconds that the first frame may wait for the newest messages: else they come when they come."""


_LAST_RESORT = 2.0
"""Seconds from a signal to the end, in good order or not."""

_SWITCH = 0.001
"""Seconds that a thread may keep the interpreter from the one that draws; Python's own 5 ms add up."""


class UnknownTheme(Exception):
    """There is no theme of this name; `known` names those that there are."""

    known = tuple(sorted(BUILTIN_THEMES))


class EarwigApp(App[int]):
    """Shows a store's sessions; never writes."""

    TITLE = "earwig"
    CSS_PATH = "screens/browser.tcss"  # a default screen's own path is not read
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", tooltip="Leave earwig", id="app.quit"),
        Binding("question_mark", "toggle_help", "Help", tooltip="Keys and what they do", id="app.help"),
    ]

    def __init__(
        self,
        store: FolderStore,
        sessions: Sequence[Session],
        *,
        found: Found | None = None,
        poll: bool = False,
        theme: str | None = None,
        clock: Callable[[], float] = time.time,
        newest: Opened | None = None,
        rest: Callable[[], Sequence[Session]] | None = None,
    ) -> None:
        super().__init__()
        self._control_filter = ControlFilter()  # one for good: strips are cached by the filters they passed
        self._theme_wanted = theme
        looked = [safe_name(str(place)) for place in (found.looked if found is not None else store.folders)]
        notes = [clean_line(note) for note in (found.notes if found is not None else ())]
        self.browser = BrowserScreen(
            store,
            sessions,
            looked=nothing_there(looked, notes),
            poll=poll,
            clock=clock,
            newest=newest,
            rest=rest,
        )

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Add the second line of defence: no control, link or foreign action leaves a widget."""
        return [*super().get_line_filters(), self._control_filter]

    def get_default_screen(self) -> BrowserScreen:
        """The browser is the only screen there is to start with."""
        return self.browser

    def on_mount(self) -> None:
        """Take the theme, and end in good order when told to."""
        if self._theme_wanted is not None:
            self.theme = self._theme_wanted
        self.call_after_refresh(leave_out_of_collections)
        loop = asyncio.get_running_loop()
        for name in ENDING_SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                try:
                    loop.add_signal_handler(number, self._end, 128 + number)
                except (NotImplementedError, RuntimeError, ValueError):
                    return  # Windows has no such handlers; neither has a loop outside the main thread

    def _end(self, status: int) -> None:
        """Leave in good order; and if that cannot be done, because the terminal is gone, leave."""
        end_within(_LAST_RESORT, status)
        self.exit(None, status)

    def action_toggle_help(self) -> None:
        """Show the keys of what has the focus, or hide them."""
        # By name: to import the class would load a Markdown parser at the start.
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()


def leave_out_of_collections() -> None:
    """Let the garbage collector look only at what is made from here on.

    What a program has loaded by its first frame stays; to look through it takes 40 ms, and falls due between
    a key and its frame.
    """
    gc.freeze()
    gc.enable()


def run_browser(
    store: FolderStore,
    *,
    found: Found | None = None,
    poll: bool = False,
    theme: str | None = None,
    first: FirstLook | None = None,
) -> int:
    """Show the store's sessions until the reader leaves; returns the exit status.

    `first` is what a caller has begun to read before it imported this module.

    Raises `UnknownTheme`.
    """
    if theme is not None and theme not in BUILTIN_THEMES:
        raise UnknownTheme(theme)
    sys.setswitchinterval(_SWITCH)
    if first is None:
        first = FirstLook(store)
        first.start()
    newest = first.newest(_PATIENCE)
    rest = None if first.listed else first.sessions
    sessions = first.sessions_so_far()
    app = EarwigApp(store, sessions, found=found, poll=poll, theme=theme, newest=newest, rest=rest)
    app.run()
    return app.return_code or 0
