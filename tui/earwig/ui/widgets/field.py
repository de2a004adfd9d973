"""A row to type in, whose Enter is done before the next key is looked at."""

from __future__ import annotations

from collections.abc import Callable

from textual.reactive import reactive
from textual.widgets import Input

_COMPACT = "-textual-compact"
"""The class that goes with `Input.compact`."""


class Field(Input):
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
