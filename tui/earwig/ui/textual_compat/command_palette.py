"""The palette, closed once: by a key or by a click, whichever comes first.

Why: Textual 8.2.8 takes the top screen away each time that a screen is dismissed. A click beside the palette
and Escape in one burst dismiss it twice; the second time it is the browser's screen, and the app ends.
It ends as well where commands are found for a palette whose list is gone by then.
Private: `CommandPalette._watch__list_visible`.
Without this module: keys and clicks that are sent ahead can end the browser.
"""

from __future__ import annotations

from contextlib import suppress

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.css.query import NoMatches

from earwig.ui.textual_compat.private_use import PrivateUse, has

USE = PrivateUse(
    "command palette",
    "Escape and a click in one burst, or a click before the list is there, no longer end the browser",
    lambda: has(CommandPalette, "_watch__list_visible"),
)


def make_palette() -> CommandPalette:
    kind = EarwigCommands if USE.works else CommandPalette
    return kind(id="--command-palette")


class EarwigCommands(CommandPalette):
    """Textual's, which can be dismissed once."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _watch__list_visible(self) -> None:
        with suppress(NoMatches):
            super()._watch__list_visible()
