"""One row in which the reader types where to go."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.rendering.plain import Plain
from earwig.ui.widgets.bar import Bar
from earwig.ui.widgets.field import Field
from earwig.ui.widgets.keys import bar_key

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink

_LINE = re.compile(r"#?\s*([0-9][0-9,]*)")
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]*)?)\s*%")
_LONGEST = 2_000
_HINT = own_text("1204 or 50%")


class Line(NamedTuple):
    number: int


class Share(NamedTuple):
    """The part of the session that is before a place, from 0 to 1."""

    share: float


def read_place(text: str) -> Line | Share | MessageLink | SafeText:
    """Return where a text leads: `1204`, `#1,204`, `50%`, a message's link; or why it leads nowhere."""
    text = text.strip()
    if "~" in text:
        from earwig.core.model.message_link import read_link

        return read_link(text) or own_text("that is not a whole link")
    if (line := _LINE.fullmatch(text)) is not None:
        number = int(line[1].replace(",", ""))
        return Line(number) if number else own_text("lines count from 1")
    if (share := _SHARE.fullmatch(text)) is not None:
        return Share(min(1.0, float(share[1]) / 100))
    return own_text("a number, as in #1204, or 50%")


class GoToBar(Bar):
    DEFAULT_CSS = "GoToBar > .hint { padding-left: 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "leave", "go_to.leave", "Close", "Stay where you are"),
    ]

    def __init__(self, above: Widget, go: Callable[[Line | Share | MessageLink], object]) -> None:
        super().__init__(Field(self._submit, max_length=_LONGEST), above)
        self._go = go
        self._hint = Plain(_HINT, classes="hint")

    def compose(self) -> ComposeResult:
        yield Plain(own_text("Go to line "), classes="label")
        yield self.field
        yield self._hint

    def ask(self) -> None:
        self._hint.update(_HINT)
        self.begin("")

    def _submit(self, text: str) -> None:
        place = read_place(text) if text.strip() else None
        if isinstance(place, str):
            self._hint.update(place)
            return
        if place is not None:
            self._go(place)
        self.end()

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()  # it is not the filter of the sessions
        if event.value:
            self._hint.update(_HINT)
