"""What a frame costs: only widgets of which something is seen are asked for rows."""

from __future__ import annotations

from collections import Counter

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from earwig.ui.textual_compat.narrow_compositor import NarrowCompositor
from tests.ui.drawn import drawn

asked: Counter[str] = Counter()
rows: Counter[str] = Counter()


class Letter(Widget):
    """Fills itself with one letter, and counts how often it is asked for rows."""

    DEFAULT_CSS = "Letter { width: 1fr; height: 1fr; }"
    letter = "."

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self.letter * self.size.width)], self.size.width)

    def render_lines(self, crop: Region) -> list[Strip]:
        asked[self.id or ""] += 1
        rows[self.id or ""] += crop.height
        return super().render_lines(crop)


class Frame(Vertical):
    DEFAULT_CSS = "Frame { border: round white; width: 1fr; height: 1fr; }"

    def render_lines(self, crop: Region) -> list[Strip]:
        asked[self.id or ""] += 1
        return super().render_lines(crop)


class Narrow(Screen[None]):
    DEFAULT_CSS = "Narrow { layout: horizontal; }"

    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()

    def compose(self) -> ComposeResult:
        yield Letter(id="beside")
        with Frame(id="frame"):
            yield Letter(id="above")
            yield Letter(id="below")

    def render_lines(self, crop: Region) -> list[Strip]:
        asked["screen"] += 1
        return super().render_lines(crop)


class Host(App[None]):
    def get_default_screen(self) -> Narrow:
        return Narrow()


def picture(screen: Screen[object]) -> list[str]:
    """All of the screen, drawn anew."""
    return [strip.text for strip in drawn(screen)]


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    asked.clear()
    rows.clear()


async def test_only_what_changed_is_asked_for_its_rows() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        asked.clear()
        changed = app.screen.query_one("#above", Letter)
        changed.letter = "x"
        changed.refresh()
        await pilot.pause()
        assert asked == {"above": 1}


async def test_what_is_behind_a_part_of_the_change_is_drawn_in_those_rows() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        asked.clear()
        rows.clear()
        frame = app.screen.query_one("#frame", Frame)
        frame.refresh(Region(0, 0, frame.outer_size.width, 1).translate(-frame.content_offset))
        await pilot.pause()
        assert asked["frame"] == 1
        assert rows["beside"] == rows["below"] == 0
        assert asked["screen"] == 0


async def test_a_partial_update_holds_what_the_whole_screen_would() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        for name, letter in (("above", "a"), ("beside", "b"), ("below", "c")):
            widget = app.screen.query_one(f"#{name}", Letter)
            widget.letter = letter
            widget.refresh()
        compositor = app.screen._compositor
        widgets: set[Widget] = set(app.screen.query(Letter))
        compositor.update_widgets(widgets)
        update = compositor.render_partial_update()
        assert update is not None
        whole = picture(app.screen)
        for y, left, right in update.spans:
            drawn = {x: strip.text for x, strip in update.chops[y].items() if strip is not None}
            for x, text in drawn.items():
                if left <= x < right:
                    assert whole[y][x : x + len(text)] == text
        assert {y for y, _, _ in update.spans} == set(range(12))
        assert "a" in "".join(whole)
