"""The way from safe text to the screen: `clean` alone keeps it harmless, and nothing is read as markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from mypy import api
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList

import earwig
from earwig.core.text.safe_text import clean, clean_line, own_text
from earwig.ui.rendering.plain import Plain, notify_safely, plain
from tests.data.hostile import AS_IT_IS, HOSTILE, harm_in


class UnfilteredApp(App[None]):
    """Shows safe text with no line filter behind it."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.struck = 0

    def get_line_filters(self) -> Sequence[LineFilter]:
        return []

    def compose(self) -> ComposeResult:
        yield VerticalScroll(*self._widgets)

    def action_strike(self) -> None:
        self.struck += 1


def drawn(widget: Widget) -> list[Strip]:
    width, height = widget.outer_size
    return widget.render_lines(Region(0, 0, width, height))


def shown_in(widget: Widget) -> list[str]:
    return [strip.text.rstrip(" ") for strip in drawn(widget)]


def assert_harmless(widget: Widget, case: str = "") -> None:
    for strip in drawn(widget):
        assert harm_in(strip.render(widget.app.console), case) == []


async def test_every_hostile_case_is_shown_harmlessly_by_clean_alone() -> None:
    app = UnfilteredApp(*(Plain(clean(text), id=f"case-{name}") for name, text in HOSTILE.items()))
    async with app.run_test(size=(120, 24)):
        for name, text in HOSTILE.items():
            widget = app.query_one(f"#case-{name}")
            assert_harmless(widget, name)
            for word in ("before", "after"):
                assert (word in "".join(shown_in(widget))) == (word in text)


async def test_markup_is_shown_letter_for_letter() -> None:
    texts = {name: text for name, text in AS_IT_IS.items() if text.strip()}
    app = UnfilteredApp(*(Plain(clean(text), id=f"case-{name}") for name, text in texts.items()))
    async with app.run_test(size=(120, 24)):
        for name, text in texts.items():
            assert shown_in(app.query_one(f"#case-{name}")) == text.split("\n")


async def test_titles_options_tooltips_and_notifications_show_markup_as_text() -> None:
    trap = clean_line("[@click=app.strike]x[/] [/y] \x1b[2J")
    box = Plain(own_text("x"), id="box")
    box.styles.border = ("round", "red")
    box.border_title = plain(trap)
    box.tooltip = plain(trap)
    app = UnfilteredApp(box, OptionList(plain(trap)))
    async with app.run_test(size=(80, 24), tooltips=True, notifications=True) as pilot:
        notify_safely(app, trap, title=trap, severity="warning", timeout=60)
        await pilot.pause()
        await pilot.hover("#box", offset=(2, 0))
        deadline = 50
        while not app.screen.query("Tooltip").first().display and deadline:
            deadline -= 1
            await pilot.pause(0.05)
        for selector in ("#box", "OptionList", "Toast", "Tooltip"):
            (widget,) = app.screen.query(selector)
            assert str(trap) in "\n".join(shown_in(widget)), selector
            assert_harmless(widget)
        for column in range(2, 8):
            await pilot.click("#box", offset=(column, 0))
        assert app.struck == 0


async def test_a_text_can_be_replaced() -> None:
    app = UnfilteredApp(Plain(clean("[one]"), id="text"), Plain(id="empty"))
    async with app.run_test() as pilot:
        await pilot.pause()
        widget = app.query_one("#text", Plain)
        assert shown_in(widget) == ["[one]"]
        widget.update(clean("[two]\n[$three]"))
        await pilot.pause()
        assert shown_in(widget) == ["[two]", "[$three]"]
        assert shown_in(app.query_one("#empty")) == [""]


SNIPPET = """
from textual.app import App
from earwig.core.text.safe_text import clean
from earwig.ui.rendering.plain import Plain, notify_safely, plain

def show(text: str, app: App[object]) -> None:
    plain(clean(text))
    Plain(clean(text)).update(clean(text))
    notify_safely(app, clean(text), title=clean(text))
    plain(text)
    Plain(text)
    Plain(clean(text)).update(text)
    notify_safely(app, text)
    notify_safely(app, clean(text), title=text)
"""


@pytest.fixture
def snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # away from the project's own configuration
    monkeypatch.setenv("MYPYPATH", str(Path(earwig.__file__).parents[1]))
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET, encoding="utf-8")
    return path


def test_the_type_checker_refuses_text_that_was_not_made_safe(snippet: Path) -> None:
    # What these modules import from elsewhere is skipped: that would take half a minute.
    names = ["core.text.safe_text", "ui.rendering.plain"]
    files = [
        str(Path(earwig.__file__).parent.joinpath(*name.split(".")).with_suffix(".py")) for name in names
    ]
    options = [
        "--follow-imports=skip",
        "--ignore-missing-imports",
        "--no-error-summary",
        "--hide-error-context",
    ]
    report, problems, _ = api.run([*options, f"--cache-dir={snippet.parent}", str(snippet), *files])
    assert problems == ""
    refused = [line for line in report.splitlines() if 'expected "SafeText' in line]
    wrong = [
        number for number, line in enumerate(SNIPPET.split("\n"), start=1) if re.search(r"[ (=]text\)$", line)
    ]
    assert [int(line.split(":")[1]) for line in refused] == wrong, report
    assert len(wrong) == 5
    assert len(refused) == len(report.splitlines()), report


async def test_another_text_gets_the_rows_that_it_needs_though_a_layout_was_due_already() -> None:
    widget = Plain(own_text("one row"))
    app = UnfilteredApp(widget)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        widget._layout_required = True  # as new styles have it
        widget.update(own_text("two\nrows"))
        await pilot.pause()
        assert widget.outer_size.height == 2
        assert shown_in(widget) == ["two", "rows"]
