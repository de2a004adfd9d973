"""One row in which the reader types what to find; it is looked for with each letter."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from earwig.core.find.matcher import LONGEST, BadPattern, Findable, Query
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.ui.rendering.plain import Plain
from earwig.ui.transcript.view import TranscriptView
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.widgets.bar import Bar
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.field import TypedInput
from earwig.ui.widgets.keys import bar_key, help_key


class Switch(Plain):
    class Turned(DataMessage):
        switch: Switch

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Turned(self))


class FindBar(Bar):
    """Tells the transcript what to look for, and shows what that says."""

    DEFAULT_CSS = """
    FindBar > Switch { width: auto; padding: 0 1; color: $text-muted; }
    FindBar > .problem { color: $text-error; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape", "leave", "find.leave", "Back", "Find nothing, and go back"),
        help_key("down,ctrl+n", "next(1)", "find.next", "Next", "The next match"),
        help_key("up,ctrl+p", "next(-1)", "find.previous", "Previous", "The match before"),
        # These before the field's own: it takes letters, and tells of Enter when the next key has come.
        help_key("enter", "take", "find.take", "Take", "Keep it", priority=True),
        *(
            bar_key(
                f"{key},{other}", f"switch_{name}", f"find.{name}", label, tip, priority=True, display=key
            )
            for key, other, name, label, tip in (
                ("alt+c", "ctrl+t", "case", "Case", "Capitals matter always, or only where you type one"),
                ("alt+r", "ctrl+r", "regex", "Regex", "The text is a regular expression, or just text"),
            )
        ),
    ]

    def __init__(self, view: TranscriptView) -> None:
        super().__init__(TypedInput(compact=True, max_length=LONGEST, select_on_focus=False), view)
        self._view = view
        self._finder = view.parts.finder
        self._regex = self._exact = False
        self._case = Switch(own_text(""))
        self._kind = Switch(own_text(""))
        self._status = Plain(own_text(""), classes="hint")
        self._problem: SafeText | None = None
        self._looked_for = ""
        """The text for which the transcript was last asked."""

        self._before: Findable | None = None
        """What was looked for before the reader began to type: an empty field keeps it."""

        self._typed = ""
        """What was typed when it was open last."""

    def compose(self) -> ComposeResult:
        yield Plain(own_text("/"), classes="label")
        yield self.field
        yield self._case
        yield self._kind
        yield self._status

    def ask(self) -> None:
        self._problem, self._before = None, self._finder.query
        text = self._typed if self._before is None else self._before.text
        self._looked_for = "" if self._before is None else text
        self._finder.begin()
        self.begin(text, selected=True)
        self._show_switches()
        self.tell()

    def tell(self) -> None:
        if not self.display:
            return
        text = self._view.status.find if self._problem is None else self._problem
        self._status.set_class(self._problem is not None, "problem")
        self._status.update(text)

    def _show_switches(self) -> None:
        self._case.update(own_text("case" if self._exact else "smart case"))
        self._kind.update(own_text("regex" if self._regex else "text"))

    def _look(self) -> None:
        self._looked_for = text = self.field.value
        self._problem = None
        try:
            query = Query(text, self._regex, self._exact) if text else None
            self._view.commit(self._finder.look_for(query))
        except BadPattern as problem:
            self._problem = clean_line(str(problem), 60)
        self.tell()

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()  # it is not the filter of the sessions
        if self.field.value != self._looked_for:
            self._look()

    def action_take(self) -> None:
        if self.field.value != self._looked_for:
            self._look()  # the word of the last letters is still on its way
        if self._problem is not None:
            return
        if self.field.value:
            self._view.commit(self._finder.take())
            self.end()
        else:
            self.action_leave()

    def end(self) -> None:
        self._typed = self.field.value or self._typed
        super().end()
        self._view.commit(ViewChange.STATUS)

    def blurred(self) -> None:
        """End; what is looked for stays, as it does behind a field that was left empty."""
        if self._finder.find is None:
            self.action_leave()
        else:
            self._view.commit(self._finder.take())
            self.end()

    def action_leave(self) -> None:
        before = self._before
        if before is not None and self.field.value == before.text and self._finder.find is not None:
            self._view.commit(self._finder.take())  # nothing else was typed
        else:
            self._view.commit(self._finder.leave())
            if before is not None and not self.field.value:
                self._finder.mark_all(before)
        self.end()

    def action_next(self, step: int) -> None:
        if self._finder.find is not None:
            self._view.commit(self._finder.go_on(step))

    def action_switch_case(self) -> None:
        self._exact = not self._exact
        self._show_switches()
        self._look()

    def action_switch_regex(self) -> None:
        self._regex = not self._regex
        self._show_switches()
        self._look()

    @on(Switch.Turned)
    def _on_turned(self, message: Switch.Turned) -> None:
        message.stop()
        if message.switch is self._case:
            self.action_switch_case()
        else:
            self.action_switch_regex()
        self.screen.set_focus(self.field)
