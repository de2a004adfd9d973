"""What a test of the browser waits for: that nothing is left to do, however long that takes."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Label

from tests.ui.drawn import drawn

STEPS = 200


class Busy(App[None]):
    """Each key sets off many steps, one after another, some of them slow, and the last is drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [("a", "work", "Work")]

    def compose(self) -> ComposeResult:
        yield Label("0")

    def action_work(self) -> None:
        self.call_later(self.step, 1)

    async def step(self, number: int) -> None:
        if number % 50 == 0:
            await asyncio.sleep(0.05)
        if number < STEPS:
            self.call_after_refresh(self.call_later, self.step, number + 1)
        else:
            self.query_one(Label).update(f"{number} steps")


async def test_all_that_a_key_sets_off_is_waited_for() -> None:
    app = Busy()
    async with app.run_test(size=(20, 3)) as pilot:
        for _ in range(2):
            app.query_one(Label).update("0")
            await pilot.press("a")
            row = drawn(app.screen)[0].text
            assert row.rstrip() == f"{STEPS} steps"
