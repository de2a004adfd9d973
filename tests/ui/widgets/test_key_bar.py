"""The row of keys: those that do something now, as many as there is room for."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from earwig.ui.widgets.key_bar import KeyBar


class Pane(Widget, can_focus=True):
    """Has keys of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "first", "First thing", tooltip="What the first does"),
        Binding("b", "second", "Second thing"),
        Binding("c", "silent", "Not shown", show=False),
    ]

    done = 0

    def action_first(self) -> None:
        """Count."""
        self.done += 1


class KeyBarApp(App[None]):
    """A pane, something else to focus, and the keys."""

    CSS = "Pane, #other { height: 1; }"

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        """The pane first."""
        yield Pane(id="pane")
        yield Widget(id="other")
        yield KeyBar()

    @property
    def text(self) -> str:
        """What the row says."""
        return str(self.query_one(KeyBar).render()).rstrip()


async def test_the_keys_of_the_focus_come_first_and_those_of_the_program_stay() -> None:
    app = KeyBarApp()
    async with app.run_test() as pilot:
        assert app.text == " a First thing  b Second thing  q Quit"
        app.query_one("#other").can_focus = True
        app.query_one("#other").focus()
        await pilot.pause()
        assert app.text == " q Quit"


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (39, " a First thing  b Second thing  q Quit"),
        (38, " a First thing  q Quit"),
        (8, " q Quit"),
        (1, " q Quit"),
    ],
)
async def test_where_there_is_little_room_the_keys_of_the_program_stay(width: int, text: str) -> None:
    app = KeyBarApp()
    async with app.run_test(size=(width, 40)):
        assert app.text == text


async def test_a_click_does_what_the_key_does() -> None:
    app = KeyBarApp()
    async with app.run_test() as pilot:
        pane = app.query_one(Pane)
        await pilot.click(KeyBar, offset=(3, 0))
        await pilot.click(KeyBar, offset=(70, 0))
        assert pane.done == 1


async def test_the_mouse_on_a_key_tells_more_of_it() -> None:
    app = KeyBarApp()
    async with app.run_test() as pilot:
        bar = app.query_one(KeyBar)
        await pilot.hover(KeyBar, offset=(3, 0))
        assert str(bar.tooltip) == "What the first does"
        await pilot.hover(KeyBar, offset=(70, 0))
        assert bar.tooltip is None
