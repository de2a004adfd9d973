"""One row in which the reader types what to show, and one that says what that hides."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from earwig.core.reading.filtering import WORDS, BadFilter, read_filter
from earwig.core.text.safe_text import clean_line, joined, own_text
from earwig.ui.rendering.plain import Plain
from earwig.ui.transcript.status import TranscriptStatus
from earwig.ui.transcript.view import TranscriptView
from earwig.ui.widgets.bar import Bar
from earwig.ui.widgets.field import TypedInput
from earwig.ui.widgets.keys import bar_key, help_key

_LONGEST = 500
_HINT = own_text('role:user  tools  -tools  failed  bad  word  "some words"')


class Completion(Suggester):
    """Ends the last word, if a filter has such a word."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the value with its last word ended; None where no word begins so."""
        last = value.rsplit(" ", 1)[-1]
        word = next((word for word in WORDS if last and word.startswith(last.lower()) and word != last), None)
        return None if word is None else value + word[len(last) :]


class FilterBar(Bar):
    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "leave", "limit.leave", "Close", "Leave the filter as it is"),
        # Before the field's own, which tells of Enter when the next key has come.
        help_key("enter", "take", "limit.take", "Take", "Show only that", priority=True),
        bar_key("tab", "complete", "limit.complete", "Complete", "End the word"),
    ]

    def __init__(self, view: TranscriptView) -> None:
        field = TypedInput(compact=True, max_length=_LONGEST, select_on_focus=False, suggester=Completion())
        super().__init__(field, view)
        self._view = view
        self._hint = Plain(_HINT, classes="hint")

    def compose(self) -> ComposeResult:
        yield Plain(own_text("Show only "), classes="label")
        yield self.field
        yield self._hint

    def ask(self) -> None:
        entry_filter = self._view.parts.session.filter
        self._hint.update(_HINT)
        self.begin("" if entry_filter is None else entry_filter.description, selected=True)

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()  # it is not the filter of the sessions
        self._hint.update(_HINT)

    def action_take(self) -> None:
        if not self.field.value.strip():
            self.end()  # Escape is what clears a filter
            return
        try:
            entry_filter = read_filter(self.field.value)
        except BadFilter as problem:
            self._hint.update(clean_line(str(problem)))
            return
        self.end()
        self._view.commit(self._view.parts.filtering.set(entry_filter))

    def action_complete(self) -> None:
        self.field.action_cursor_right()


class FilterRow(Plain):
    """Says above the transcript what is hidden from it, and by what."""

    DEFAULT_CSS = """
    FilterRow {
        dock: top; height: 1; padding: 0 1; background: $surface; color: $text-warning; display: none;
    }
    FilterRow.-limited { display: block; }
    """

    def tell(self, status: TranscriptStatus) -> None:
        conditions = status.filters
        self.set_class(bool(conditions), "-limited")
        if not conditions:
            return
        chips = [own_text("[{}] {}", words, hides) for words, hides in conditions]
        left = status.left
        if left is not None:
            chips.append(own_text("shows {:,}" if left.done else "shows {:,} so far", left.shown))
        self.update(joined(own_text("  "), [*chips, own_text("Esc clears")]))
