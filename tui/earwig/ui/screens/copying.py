"""What can be copied of a message and its session: the reader chooses one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from earwig.core.text.code_blocks import code_blocks
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.plain import plain
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key, help_key

_SHOWN = 200
"""Characters of a text's beginning, of which the screen cuts off what it has no room for."""


class CopyChoice(NamedTuple):
    name: SafeText
    about: SafeText
    """How it begins, or how much it is."""

    take: Callable[[], object]


class CopyScreen(ModalScreen[None]):
    """A short list over the browser; a digit or Enter copies, Escape copies nothing."""

    CSS_PATH = "copying.tcss"
    HELP = (
        "## Copying\n\nWhat is copied is what is stored: without borders, wraps and colours, "
        "and with the characters that are only shown as pictures. A digit takes a line of the list."
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("escape,q,C", "dismiss", "copying.close", "Close", "Copy nothing"),
        help_key("j", "step(1)", "copying.next", "Next", "The next one"),
        help_key("k", "step(-1)", "copying.previous", "Previous", "The one before"),
        *(
            help_key(
                str(number), f"nth({number})", f"copying.take_{number}", "Copy that one", "By its number"
            )
            for number in range(1, 10)
        ),
    ]

    def __init__(self, choices: Sequence[CopyChoice]) -> None:
        """`choices` are at least one."""
        super().__init__()
        self._choices = choices
        self._list = OptionList(*self._lines(), markup=False, compact=True, id="choices")

    def compose(self) -> ComposeResult:
        with Vertical(id="copying") as frame:
            frame.border_title = plain(own_text("Copy"))
            frame.border_subtitle = plain(own_text("Enter or a digit copies"))
            yield self._list
        yield KeyBar()

    def _lines(self) -> Iterator[Content]:
        width = max(len(choice.name) for choice in self._choices)
        for number, choice in enumerate(self._choices, 1):
            digit = own_text("{}", number) if number < 10 else own_text(" ")
            padding = own_text("{}", clean_line(" " * (width - len(choice.name))))
            line = own_text("{}  {}{}  ", digit, choice.name, padding)
            yield Content.assemble(plain(line), plain(choice.about, "$text-muted"))

    def on_mount(self) -> None:
        self._list.focus()

    def action_nth(self, number: int) -> None:
        if number <= len(self._choices):
            self._take(number - 1)

    def action_step(self, step: int) -> None:
        if step > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _on_selected(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index)

    def _take(self, index: int) -> None:
        self.dismiss()
        self._choices[index].take()


def text_choices(source: bytes, selection: str, copy: Callable[[bytes], object]) -> list[CopyChoice]:
    """Return the choices that a message's text gives: what is selected, all of it, each block of code."""
    choices = []
    if selection:
        data = selection.encode("utf-8", "surrogatepass")
        choices.append(CopyChoice(own_text("selection"), beginning(selection), lambda: copy(data)))
    text = source.decode("utf-8", "backslashreplace")
    choices.append(CopyChoice(own_text("message"), beginning(text), lambda: copy(source)))
    for block in code_blocks(text):
        language = clean_line(block.language, 20) or own_text("code")
        data = block.code.encode("utf-8", "surrogatepass")
        choices.append(CopyChoice(language, beginning(block.code), _copies(copy, data)))
    return choices


def _copies(copy: Callable[[bytes], object], data: bytes) -> Callable[[], object]:
    return lambda: copy(data)


def beginning(text: str) -> SafeText:
    """Return the first line with something on it, and the size."""
    head = text[: 10 * _SHOWN].strip().partition("\n")[0]
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return own_text("{} · {}", human_size(size), clean_line(head, _SHOWN))
