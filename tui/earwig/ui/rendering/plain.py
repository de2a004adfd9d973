"""The only way from `SafeText` to what Textual shows: always as text, never as markup."""

from __future__ import annotations

from typing import Any, Protocol

from textual.app import App
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.style import Style
from textual.widget import Widget

from earwig.core.text.safe_text import SafeText, own_text
from earwig.ui.textual_compat.layout_count import refresh_height


def plain(text: SafeText, style: Style | str = "") -> Content:
    """Text as content of a widget, a border title, a tooltip or an option; `style` is never a session's."""
    return Content.styled(text, style) if style else Content(text)


class Plain(Widget):
    """Shows one text. Unlike `Static`, it takes nothing else, and has no way to read markup."""

    DEFAULT_CSS = "Plain { height: auto; }"

    def __init__(
        self, text: SafeText | None = None, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._content = Content() if text is None else plain(text)

    def update(self, text: SafeText) -> None:
        self._content = plain(text)
        refresh_height(self)

    def render(self) -> Content:
        return self._content


class Tell(Protocol):
    """What tells the reader something in passing."""

    def __call__(
        self,
        words: SafeText,
        /,
        *,
        title: SafeText | None = None,
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        """Show a notification; `timeout` in seconds, None for the app's own. From any thread."""


def notify_safely(
    app: App[Any],
    text: SafeText,
    *,
    title: SafeText | None = None,
    severity: SeverityLevel = "information",
    timeout: float | None = None,
) -> None:
    """Show a notification; `timeout` in seconds, None for the app's own. May be called from any thread."""
    app.notify(text, title=title or own_text(""), severity=severity, timeout=timeout, markup=False)
