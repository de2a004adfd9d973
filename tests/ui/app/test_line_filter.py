"""The filter alone keeps every widget's lines harmless, and takes nothing from what `clean` lets pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.color import Color
from textual.containers import VerticalScroll
from textual.content import Content
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import (
    DataTable,
    Footer,
    Input,
    Label,
    Log,
    Markdown,
    OptionList,
    RichLog,
    Static,
    TextArea,
    Tree,
)

from earwig.core.text.safe_text import clean
from earwig.ui.app.line_filter import ControlFilter
from tests.data.hostile import FORBIDDEN, HOSTILE, forbidden_characters, harm_in

BACKGROUND = Color(0, 0, 0)
ANY_TEXT = st.text(
    st.sampled_from(
        "\x00\x1b\t\n\r\x7f\x9b\xad\u0301\u200b\u200d\u202e\u2028\ufe0f\u2764\U0001f44d\U0001f3fd漢"
    )
    | st.characters(exclude_categories=())
)


def filtered(*segments: Segment) -> list[Segment]:
    return ControlFilter().apply(list(segments), BACKGROUND)


def text_of(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢字 ✓ 🙂 │▌", "plain é 漢字 ✓ 🙂 │▌"),
        ("a\x1b[2Jb\x07\x00\x7f\x9b\x85c", "a[2Jbc"),
        ("a\tb\nc\rd", "abcd"),
        ("a\u202eb\u2066c\u200ed", "abcd"),
        ("a\u200bb\ufeffc\U000e0041d\ufe0fe\u034f", "abcde"),
        ("\u2764\ufe0f!", "\u2764 !"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 after", "\U0001f468 after"),
        ("\u0378", "\ufffd"),
        ("\xa0\u2003\ue0b0", "\xa0\u2003\ue0b0"),
    ],
)
def test_what_a_terminal_must_not_get_is_taken_out(text: str, shown: str) -> None:
    # Where Rich counts a cell for what goes, a blank stands in at the end.
    assert text_of(filtered(Segment(text))).rstrip(" ") == shown


@given(ANY_TEXT)
@example("\u200dab")  # a joiner at the start, which Rich measures and splits in two ways
def test_any_text_comes_out_harmless_and_as_wide_as_it_was(text: str) -> None:
    shown = text_of(filtered(Segment(text)))
    assert forbidden_characters(shown) | ({"\n", "\t"} & set(shown)) == set()
    assert cell_len(shown) == cell_len(text)
    assert text_of(filtered(Segment(shown))) == shown


def assert_untouched(text: str) -> None:
    for line in clean(text).expandtabs().split("\n"):
        segments = [Segment(line, Style(bold=True))]
        assert ControlFilter().apply(segments, BACKGROUND) is segments


@given(ANY_TEXT)
def test_clean_text_passes_untouched(text: str) -> None:
    assert_untouched(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_clean_hostile_text_passes_untouched(name: str) -> None:
    assert_untouched(HOSTILE[name])


def test_both_lines_of_defence_know_the_same_characters() -> None:
    codes = [*range(0x2_0000), *range(0xE_0000, 0xE_0200), 0xE_0FFF, 0xF_0000, 0xF_FFFE, 0x10_FFFD, 0x10_FFFF]
    every = list(map(chr, codes))
    assert_untouched("".join(every))
    passed = set(text_of(filtered(Segment("".join(every)))))
    kept_by_clean = {char for char in every if clean(char) == char and char not in "\t\n"}
    assert passed == kept_by_clean


def test_links_and_foreign_actions_go_and_the_rest_of_a_style_stays() -> None:
    meta = {"@click": "app.quit", "@mouse.down": "app.bell", "offset": (3, 4), "option": 2}
    (segment,) = filtered(Segment("x", Style(color="red", bold=True, link="http://evil.example", meta=meta)))
    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.meta == {"offset": (3, 4), "option": 2}
    assert segment.style.color == Style(color="red").color
    assert segment.style.bold


@pytest.mark.parametrize("action", ["app.quit", "grab('x')", "", ("app.quit", ()), ["grab"], None, 3])
def test_only_an_action_that_is_known_whole_passes(action: object) -> None:
    (segment,) = filtered(Segment("x", Style(meta={"@mouse.down": action})))
    assert segment.style is not None
    assert not segment.style.meta


def test_control_codes_beside_a_segment_go() -> None:
    (segment,) = filtered(Segment("x", None, [(ControlType.CLEAR,)]))
    assert segment == Segment("x")


class FilteredApp(App[None]):
    """Shows what it is given; the filter is the only defence."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [("q", "strike", "strike")]

    def __init__(self, make: Callable[[], list[Widget]], line_filter: LineFilter | None) -> None:
        super().__init__()
        self._make = make
        self._line_filter = line_filter
        self.struck = 0

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [self._line_filter] if self._line_filter else []

    def compose(self) -> ComposeResult:
        yield from self._make()

    def action_strike(self) -> None:
        self.struck += 1


def lines_of_widget(widget: Widget) -> list[Strip]:
    width, height = widget.outer_size
    return widget.render_lines(Region(0, 0, width, height))


def assert_harmless(widget: Widget, case: str = "") -> None:
    for strip in lines_of_widget(widget):
        assert harm_in(strip.render(widget.app.console), case) == []


def raw_widgets() -> list[Widget]:
    return [Static(Content(text), id=f"case-{name}") for name, text in HOSTILE.items()]


async def test_with_the_filter_alone_every_case_is_harmless() -> None:
    app = FilteredApp(lambda: [VerticalScroll(*raw_widgets())], ControlFilter())
    async with app.run_test():
        for name in HOSTILE:
            shown = app.query_one(f"#case-{name}")
            assert_harmless(shown, name)
            if "after" in HOSTILE[name]:
                assert "after" in "".join(strip.text for strip in lines_of_widget(shown))


async def test_without_the_filter_raw_text_does_reach_the_terminal() -> None:
    app = FilteredApp(lambda: [Static(Content(HOSTILE["clipboard-st"]), id="raw")], None)
    async with app.run_test():
        (strip,) = lines_of_widget(app.query_one("#raw"))
        assert FORBIDDEN["clipboard-st"][0] in strip.render(app.console)


def widgets_of_every_kind() -> list[Widget]:
    crowd = HOSTILE["crowd"]
    tree: Tree[None] = Tree(Text(crowd))
    table: DataTable[Text] = DataTable()
    table.add_column(Text(crowd))
    table.add_row(Text(crowd), label=Text(crowd))
    titled = Label("x")
    titled.styles.border = ("round", "red")
    titled.border_title = Content(crowd)
    titled.styles.width = 60
    return [
        Static(Text(crowd)),
        Label(Content(crowd)),
        OptionList(Content(crowd)),
        tree,
        table,
        Input(crowd),
        TextArea(crowd),
        Markdown(f"{crowd}\n\n```python\n{crowd}\n```\n"),
        titled,
        RichLog(id="rich-log"),
        Log(id="log"),
    ]


async def test_with_the_filter_alone_no_widget_lets_anything_through() -> None:
    app = FilteredApp(lambda: [VerticalScroll(*widgets_of_every_kind())], ControlFilter())
    async with app.run_test(size=(100, 40)) as pilot:
        app.query_one("#rich-log", RichLog).write(HOSTILE["crowd"])
        app.query_one("#log", Log).write(HOSTILE["crowd"])
        app.notify(HOSTILE["crowd"], title=HOSTILE["crowd"], markup=False, timeout=60)
        await pilot.pause()
        drawn = [widget for widget in app.screen.walk_children(Widget) if widget.outer_size.area]
        assert len(drawn) > 15
        for widget in drawn:
            assert_harmless(widget)


@pytest.mark.parametrize("markup", ["[@click=app.strike]strike[/]", "[@mouse.down=app.strike]strike[/]"])
@pytest.mark.parametrize("guarded", [True, False])
async def test_an_action_in_content_runs_only_without_the_filter(markup: str, guarded: bool) -> None:
    app = FilteredApp(
        lambda: [Static(Text.from_markup(markup), id="trap")], ControlFilter() if guarded else None
    )
    async with app.run_test() as pilot:
        await pilot.click("#trap", offset=(2, 0))
        await pilot.pause()
        assert app.struck == (0 if guarded else 1)


async def test_a_link_in_content_is_not_sent() -> None:
    text = Text("bank.example", style=Style(link="http://evil.example"))
    app = FilteredApp(lambda: [Static(text, id="link")], ControlFilter())
    async with app.run_test():
        widget = app.query_one("#link")
        assert_harmless(widget)
        assert "evil.example" not in "".join(strip.render(app.console) for strip in lines_of_widget(widget))


async def test_scroll_bars_work_under_the_filter() -> None:
    long = Static("\n".join(map(str, range(500))))
    app = FilteredApp(lambda: [VerticalScroll(long, id="scroll")], ControlFilter())
    async with app.run_test(size=(40, 20)) as pilot:
        scroll = app.query_one("#scroll", VerticalScroll)
        await pilot.click("#scroll", offset=(39, 18))
        await pilot.pause()
        assert scroll.scroll_target_y > 0
        await pilot.mouse_down("#scroll", offset=(39, 0))
        await pilot.hover("#scroll", offset=(39, 10))
        await pilot.mouse_up("#scroll", offset=(39, 10))
        assert scroll.scroll_target_y > 100


async def test_keys_in_the_footer_options_and_trees_take_clicks_under_the_filter() -> None:
    tree: Tree[None] = Tree("root", id="tree")
    tree.root.add("branch").add_leaf("leaf")
    tree.styles.height = 4
    app = FilteredApp(lambda: [OptionList("one", "two", id="options"), tree, Footer()], ControlFilter())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("FooterKey")
        await pilot.pause()
        assert app.struck == 1
        options = app.query_one("#options", OptionList)
        await pilot.click("#options", offset=(4, 2))
        assert options.highlighted == 1
        assert not tree.root.is_expanded
        await pilot.click("#tree", offset=(0, 0))
        assert tree.root.is_expanded


async def test_text_can_be_selected_under_the_filter() -> None:
    app = FilteredApp(lambda: [Static("some words to select", id="words")], ControlFilter())
    async with app.run_test() as pilot:
        await pilot.mouse_down("#words", offset=(5, 0))
        await pilot.hover("#words", offset=(10, 0))
        await pilot.mouse_up("#words", offset=(9, 0))
        assert app.screen.get_selected_text() == "words"
