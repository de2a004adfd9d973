"""The least that a Textual program can be: what any browser made with it must at least cost."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Static


class BareApp(App[None]):
    """Shows one word."""

    BINDINGS = [Binding("q", "quit", "Quit")]  # noqa: RUF012 - as Textual declares it

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static(sys.argv[1], markup=False)


if __name__ == "__main__":
    BareApp().run()
