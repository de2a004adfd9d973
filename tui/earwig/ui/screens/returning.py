"""Tells who comes back what has changed meanwhile, and goes through it."""

from __future__ import annotations

import time
from collections.abc import Container
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from earwig.core.text.safe_text import own_text
from earwig.ui.plain import notify_safely
from earwig.ui.screens.all_sessions import AllSessionsScreen
from earwig.ui.widgets.sidebar import Sidebar

if TYPE_CHECKING:
    from earwig.core.catalog.session_catalog import SessionCatalog
    from earwig.ui.widgets.session_list import SessionList

IDLE = 600.0
"""Seconds without a key or a click after which a reader has been away."""

_FIRST = 1.5
"""Seconds from the start in which sessions on the screen are summed up, before it is told how they stand."""

_SHOWN = 12.0


class ReturningScreen(AllSessionsScreen):
    """Knows when the reader was away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "full_stop",
            "look_at_next",
            "Next changed",
            tooltip="The next session that changed since you last looked: failed ones first",
            id="browser.look_at_next",
            show=False,
        ),
    ]

    book: SessionCatalog
    sessions: SessionList
    _used_at = 0.0

    @on(Sidebar.Remembered)
    def _on_remembered(self) -> None:
        from earwig.core.catalog.changed_since_last_visit import away  # the first frame does not wait for it

        # What changes from here on happens before the reader's eyes.
        before = frozenset(away(self.book).ids)
        self.set_timer(_FIRST, lambda: self.tell_away(among=before))

    def note_use(self) -> None:
        """The reader is here; who was not for long is told what has changed."""
        now = time.monotonic()
        if self._used_at and now - self._used_at > IDLE:
            self.tell_away(time.time_ns() - round((now - self._used_at) * 1e9))
        self._used_at = now

    def make_way(self) -> None:
        """Let what is read in the background wait a little: a frame is about to be drawn."""
        self._background.make_way()

    def tell_away(self, since_ns: int = 0, among: Container[str] | None = None) -> None:
        """Say what has changed, of some sessions or of all, if anything has."""
        from earwig.core.catalog.changed_since_last_visit import away  # as above

        found = away(self.book, since_ns=since_ns, but=self.sessions.chosen, among=among)
        if found.ids:
            text = own_text("{}. The key . goes through them.", found.words())
            notify_safely(self.app, text, title=own_text("While you were away"), timeout=_SHOWN)

    def action_look_at_next(self) -> None:
        """Go to the next session that changed since it was last looked at."""
        from earwig.core.catalog.changed_since_last_visit import away  # as above

        found = away(self.book, but=self.sessions.chosen)
        if found.ids:
            self.show_session(found.ids[0])
            self.set_focus(self.view)
        else:
            notify_safely(self.app, own_text("Nothing else has changed since you last looked."))
