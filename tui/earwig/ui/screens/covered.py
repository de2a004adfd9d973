"""A screen that draws nothing while another one covers all of it."""

from __future__ import annotations

from textual.screen import Screen


class CoveredScreen(Screen[None]):
    """Is drawn again, whole, once it is seen again."""

    @property
    def is_current(self) -> bool:
        """Whether anything of it is seen.

        Textual 8.2.8 counts the one screen below an opaque one too: with each change in that, all of the one
        on top is drawn anew.
        """
        stack = self.app.screen_stack
        above = stack[stack.index(self) + 1 :] if self in stack else ()
        return super().is_current and all(screen.styles.background.a < 1 for screen in above)
