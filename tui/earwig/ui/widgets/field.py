"""Rows to type in: all that a keyboard sends is taken, and Enter is done before the next key is looked at."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.reactive import reactive
from textual.widgets import Input

_COMPACT = "-textual-compact"
"""The class that goes with `Input.compact`."""

_JOINERS = "\u200c\u200d"
"""Persian and the scripts of India cannot be written without these, nor can many emoji."""


class TypedInput(Input):
    """Textual's field, without what it does to people who write no English.

    It drops every blank but the ASCII one, and joiners; and it types the letter of a key that is held with
    Alt, which may be an Escape and the next key, sent together.
    """

    def on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()
        elif event.character is not None and is_written(event.character):
            event.stop()
            event.prevent_default()
            self.replace(event.character, *self.selection)


def is_written(char: str) -> bool:
    """Return whether a key's character belongs to a text though it cannot be seen: a blank, or a joiner."""
    return char in _JOINERS or (char.isspace() and not char.isascii() and char not in "\x85\u2028\u2029")


class Field(TypedInput):
    """Handles Enter at once: Textual's field posts a message, and the next key would still go into it."""

    # As it is from the beginning: to become so, it would work out all its styles once more, without a parent.
    compact = reactive(True, toggle_class=_COMPACT)

    def __init__(
        self,
        submit: Callable[[str], object],
        *,
        placeholder: str = "",
        max_length: int = 0,
        id: str | None = None,
    ) -> None:
        """`submit` is called on Enter, with what was typed; `max_length`: characters, 0 for any number."""
        super().__init__(
            placeholder=placeholder,
            max_length=max_length,
            id=id,
            compact=True,
            classes=_COMPACT,
            select_on_focus=False,
        )
        self._submit = submit

    async def action_submit(self) -> None:
        self._submit(self.value)
