"""One line of a session file, byte for byte."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from earwig.core.model.entries import Entry, RemovedEntry, Unfinished
from earwig.core.model.message import BadLine
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.entry import line_words
from earwig.ui.rendering.plain import Plain, plain
from earwig.ui.widgets.bytes_view import BytesView
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key


class StoredLineScreen(ModalScreen[None]):
    CSS_PATH = "stored_line.tcss"
    HELP = "## A line as it is stored\n\n`x` changes between text and hexadecimal."

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape,q,enter", "dismiss", "stored.close", "Close", "Back to the transcript"),
        bar_key("x", "hexadecimal", "stored.hexadecimal", "Hexadecimal", "Text or hexadecimal"),
    ]

    def __init__(self, entry: Entry, number: SafeText, data: bytes, row: int | None = None) -> None:
        """`number` is as the transcript shows it: `1202`, or `~1202` for a guess; `row` is a database's."""
        super().__init__()
        self._entry = entry
        self._number = number
        self._row = row
        self._bytes = BytesView(data, id="bytes")

    def compose(self) -> ComposeResult:
        with Vertical(id="stored") as frame:
            frame.border_title = plain(line_words(self._number))
            frame.border_subtitle = plain(self._extent())
            reason = self._reason()
            if reason is not None:
                yield Plain(reason, id="reason")
            yield self._bytes
        yield KeyBar()

    def learn(self, entry: Entry, number: SafeText) -> None:
        """The number is known now, if it is this line's."""
        if entry == self._entry:
            self.query_one("#stored").border_title = plain(line_words(number))

    def _extent(self) -> SafeText:
        length, shown = self._entry.size, len(self._bytes.data)
        place = own_text("at offset {:,}", self._entry.position)
        if self._row is not None:
            place = own_text("in row {}", self._row)
        if isinstance(self._entry.item, RemovedEntry):
            return own_text("{:,} bytes, not in the session any more", shown)
        if shown < length:
            return own_text("the first {:,} of {:,} bytes {}", shown, length, place)
        return own_text("{:,} bytes {}", length, place)

    def _reason(self) -> SafeText | None:
        item = self._entry.item
        if isinstance(item, RemovedEntry):
            item = item.item or item
        if isinstance(item, BadLine):
            return own_text("The bot skips this line: it {}.", clean_line(item.reason))
        if isinstance(item, Unfinished):
            return own_text("Still being written: there is no newline yet.")
        return None

    def on_mount(self) -> None:
        self._bytes.focus()

    def action_hexadecimal(self) -> None:
        self._bytes.show(hexadecimal=not self._bytes.hexadecimal)
