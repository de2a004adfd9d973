"""One row, in which the reader types, over the transcript's last row."""

from __future__ import annotations

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input


class Bar(Horizontal):
    """Lies over another widget, so that nothing moves when it comes and goes."""

    DEFAULT_CSS = """
    Bar { layer: above; dock: bottom; height: 1; background: $surface; padding: 0 1; display: none; }
    Bar > .label { width: auto; color: $text; }
    Bar > Input { width: 1fr; min-width: 6; background: $surface; border: none; padding: 0; }
    Bar > .hint { width: auto; max-width: 70%; padding-left: 1; color: $text-muted; }
    """

    def __init__(self, field: Input, above: Widget) -> None:
        """`above` is what it covers a row of: it gets the keys back."""
        super().__init__()
        self.field = field
        self.above = above

    def begin(self, text: str, *, selected: bool = False) -> None:
        """Show the field with a text to go on with; `selected`, the next letter takes its place."""
        self.display = True
        with self.prevent(Input.Changed):
            self.field.value = text
        if selected:
            self.field.select_all()
        else:
            self.field.cursor_position = len(text)
        self.screen.set_focus(self.field)

    def end(self) -> None:
        """Go, and give the keys back, unless the reader has gone elsewhere: at once, the next may be here."""
        had_keys = self.has_focus_within
        self.display = False
        if had_keys:
            self.screen.set_focus(self.above)

    def action_leave(self) -> None:
        self.end()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Go when the reader goes elsewhere; a terminal that is not looked at is nothing of the kind."""
        if self.app.app_focus and self.display:
            self.blurred()

    def blurred(self) -> None:
        """End, because the reader has gone elsewhere."""
        self.action_leave()
