"""What the tests of the rendering draw with, and how they read what was drawn."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES

from earwig.core.model.entries import Entry, Item
from earwig.core.model.message import ChatMessage
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.entry import render_entry
from earwig.ui.rendering.palette import Palette
from tests.made_entries import line_entry


def look_of(theme: str) -> Palette:
    """The look of one of Textual's themes, as an app gives it."""
    app: App[None] = App()
    app.theme = theme
    return Palette.from_theme_variables(app.get_css_variables(), app.current_theme.dark)


THEMES = sorted(BUILTIN_THEMES)
PALETTE = look_of("textual-dark")


def entry_of(item: Item, number: int | None = 7) -> Entry:
    return line_entry(0, 1, item, number)


def draw(content: str, width: int = 60, role: str = "assistant", *, source: bool = False) -> Block:
    return render_entry(entry_of(ChatMessage(role, content)), width, PALETTE, source=source)


def texts(block: Block) -> list[str]:
    """The rows without the blank cells at their right."""
    return [strip.text.rstrip() for strip in block.rows]


def body(content: str, width: int = 60, role: str = "assistant", *, source: bool = False) -> list[str]:
    """The rows between the header and the blank row."""
    rows = texts(draw(content, width, role, source=source))
    assert rows[-1] == ""
    return rows[1:-1]


def style_of(block: Block, words: str) -> Style:
    """The style of the first piece that holds these words."""
    for strip in block.rows:
        for segment in strip:
            if words in segment.text and segment.style is not None:
                return segment.style
    raise AssertionError(f"{words!r} is not drawn in one style: {texts(block)}")


def check_cells(block: Block, width: int) -> None:
    """Every row is as wide as was asked, by its word and by its text, and has a style on every cell."""
    for strip in block.rows:
        assert strip.cell_length == width
        assert sum(cell_len(segment.text) for segment in strip) == width
        for segment in strip:
            assert segment.style is not None
            assert segment.style.bgcolor is not None
            assert segment.style.link is None
            assert not segment.style.meta
