"""One row, in which the reader types, over the transcript's last row."""

from __future__ import annotations

from textual import events
from textual.containers import Horizontal
from textual.widgets import Input


class Bar(Horizontal):
    """Nothing moves when it comes and goes."""

    DEFAULT_CSS = """
    Bar { layer: above; dock: bottom; height: 1; background: $surface; padding: 0 1; display: none; }
    Bar > .label { width: auto; color: $text; }
    Bar > Input { width: 1fr; min-width: 6; background: $surface; border: none; padding: 0; }
    Bar > .hint { width: auto; max-width: 70%; padding-left: 1; color: $text-muted; }
    """

    def __init__(self, field: Input) -> None:
        super().__init__()
        self.field = field

    def begin(self, text: str) -> None:
        """Take the keys from here on."""
        self.display = True
        with self.prevent(Input.Changed):
            self.field.value = text
        self.field.cursor_position = len(text)
        self.screen.set_focus(self.field)

    def end(self) -> None:
        self.display = False

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Go when the reader goes elsewhere; a terminal that is not looked at is nothing of the kind."""
        if self.app.app_focus and self.display:
            self.blurred()

    def blurred(self) -> None:
        """The reader has gone elsewhere."""
