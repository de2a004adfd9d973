"""One transcript, or two side by side: the one with the focus is the one that keys and the list are for."""

from __future__ import annotations

from textual.widget import Widget

from earwig.core.model.events import StoreEvents
from earwig.core.model.session import SessionId
from earwig.ui.transcript.pane import TranscriptPane
from earwig.ui.transcript.view import TranscriptView

WIDE = 100
"""Columns that two transcripts beside the list need; the style sheet hides the second one below."""


class Panes:
    """Owns the one or two panes; each has a session of its own, and follows it with or without the focus."""

    def __init__(self, first: TranscriptPane) -> None:
        self.current = first
        self.other: TranscriptPane | None = None

    @property
    def view(self) -> TranscriptView:
        return self.current.view

    @property
    def views(self) -> list[TranscriptView]:
        return [pane.view for pane in (self.current, self.other) if pane is not None]

    @property
    def session_ids(self) -> list[SessionId]:
        return [view.reader.session.id for view in self.views if view.reader is not None]

    def check_all(self) -> None:
        for view in self.views:
            view.parts.pages.check()

    def check_at_once(self, events: StoreEvents | None = None) -> bool:
        """Look at the open sessions of which there are news, or may be. Called in the follower's thread.

        Returns whether something has come to one of them, or may come.
        """
        # What comes to them need not wait for the list's turn.
        feeds = [view.reader for view in self.views if view.reader is not None]
        concerned = [it for it in feeds if events is None or events.concern(it.session.id)]
        return sum(reader.check(here=True) for reader in concerned) > 0  # each of them is looked at

    def add(self, pane: TranscriptPane) -> None:
        self._exchange(pane)

    def remove_other(self) -> TranscriptPane | None:
        """Have one pane again; returns the one that is to be removed, None if there was one only."""
        gone, self.other = self.other, None
        if gone is not None and gone.view.reader is not None:
            gone.view.reader.close()
        return gone

    def give_keys_to(self, widget: Widget) -> bool:
        """Make the pane that has this widget in it the current one; returns whether it was the other."""
        if self.other is None or self.other not in widget.ancestors:
            return False
        self._exchange(self.other)
        return True

    def _exchange(self, pane: TranscriptPane) -> None:
        self.current, self.other = pane, self.current
        self.current.remove_class("-other")
        self.other.add_class("-other")
