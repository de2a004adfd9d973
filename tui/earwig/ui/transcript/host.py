"""What the parts of a transcript view need of the widget that they are parts of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.message import Message
from textual.notifications import SeverityLevel

from earwig.core.text.safe_text import SafeText
from earwig.ui.transcript.view_change import ViewChange
from earwig.ui.widgets.debounce import Debounce


class Host(Protocol):
    """The widget: tells the reader, posts messages, and calls back later."""

    def tell(
        self, words: SafeText, *, severity: SeverityLevel = "information", timeout: float | None = None
    ) -> None:
        """Show a notification; `timeout` in seconds."""

    def post_message(self, message: Message) -> bool:
        """Post a message to the widget itself, and from there to those above it; from any thread."""

    def later(self, callback: Callable[[], ViewChange]) -> Debounce:
        """Return what calls back once, after some seconds; what the callback answers is acted on."""
