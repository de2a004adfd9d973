"""One of a few values, on one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from earwig.core.text.safe_text import SafeText
from earwig.ui.rendering.plain import plain
from earwig.ui.widgets.keys import bar_key, help_key

_Value = TypeVar("_Value")


class Choice(Widget, Generic[_Value], can_focus=True):
    """Shows the chosen value; left and right go through the others."""

    DEFAULT_CSS = """
    Choice { width: 1fr; height: 1; color: $text; }
    Choice:focus { background: $surface; text-style: bold; }
    """
    HELP = "## A choice\n\n`Left` and `Right` go through what there is to choose from."

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("right,space,l", "step(1)", "choice.next", "Change", "The next value"),
        help_key("left,h", "step(-1)", "choice.previous", "Back", "The value before"),
    ]

    class Changed(Message):
        """Another value is chosen."""

        def __init__(self, control: Widget) -> None:
            super().__init__()
            self._choice = control

        @property
        def control(self) -> Widget:
            return self._choice

    def __init__(self, values: Sequence[tuple[SafeText, _Value]], *, id: str | None = None) -> None:
        """`values` are at least one; the first is chosen."""
        super().__init__(id=id, markup=False)
        self._values = values
        self._at = 0

    @property
    def value(self) -> _Value:
        return self._values[self._at][1]

    def action_step(self, step: int) -> None:
        self._at = (self._at + step) % len(self._values)
        self.refresh()
        self.post_message(self.Changed(self))

    def on_click(self, event: events.Click) -> None:
        self.action_step(1)

    def render(self) -> Content:
        return Content.assemble("‹ ", plain(self._values[self._at][0]), " ›")
