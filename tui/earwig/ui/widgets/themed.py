"""What widgets share that draw their rows themselves: the theme's colours, and new ones when it changes."""

from __future__ import annotations

from textual.widget import Widget

from earwig.ui.rendering.palette import Palette


class Themed(Widget):
    """Knows the colours to draw in."""

    palette: Palette = Palette.from_theme_variables({}, dark=True)

    def on_mount(self) -> None:
        self.take_look()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached:
            self.take_look()

    def take_look(self) -> None:
        palette = Palette.from_theme_variables(self.app.theme_variables, self.app.current_theme.dark)
        if palette != self.palette:
            self.palette = palette
            self.look_changed()

    def look_changed(self) -> None:
        """Let go of what is drawn in other colours."""
        self.refresh()
