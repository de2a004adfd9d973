"""Where lines are cut: nothing wider than the width, nothing but spaces left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from earwig.core.text.safe_text import clean
from earwig.ui.rendering.cells import cut_line, drawable, fit, fit_ends, width_of
from earwig.ui.rendering.rows import text_rows, wrap

LETTERS = st.sampled_from(
    [*"abc    ,.", "é", "日", "本", "한", "👍", "\u0301", "\u0329", "ｆ", "\xa0", "\u3000"]
)
LINES = st.lists(LETTERS, max_size=60).map("".join)
WIDTHS = st.integers(1, 20)


def _cut(text: str, width: int) -> list[str]:
    return [text[start:stop] for start, stop, _ in cut_line(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one    two", 5, ["one", "two"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("  indented text", 10, ["  indented", "text"]),
        ("    abcdef", 6, ["    ab", "cdef"]),
        ("one     ", 4, ["one"]),
        ("日本語 テキスト", 8, ["日本語", "テキスト"]),
        ("日本語テキスト", 5, ["日本", "語テ", "キス", "ト"]),
        ("a 日本語", 6, ["a 日本", "語"]),
        ("日本 ab日", 6, ["日本", "ab日"]),
        ("ab日本cd ef", 5, ["ab日", "本cd", "ef"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("éàü éàü", 3, ["éàü", "éàü"]),
    ],
)
def test_lines_are_cut_after_words_and_beside_wide_characters(text: str, width: int, rows: list[str]) -> None:
    assert [row.rstrip() for row in _cut(text, width)] == rows


@settings(deadline=None)
@given(LINES, WIDTHS)
def test_rows_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    text = drawable(text, width)
    spans = cut_line(text, width)
    assert spans
    for start, stop, cells in spans:
        assert cells == cell_len(text[start:stop]) <= width
    assert "".join(_cut(text, width)).replace(" ", "") == text.replace(" ", "")
    starts = [start for start, _, _ in spans]
    assert starts == sorted(starts)


@given(
    st.lists(st.tuples(LINES, st.sampled_from([Style(bold=True), Style(italic=True)])), max_size=5), WIDTHS
)
def test_styles_follow_their_letters(line: list[tuple[str, Style]], width: int) -> None:
    rows = wrap(line, width)
    drawn = [
        (letter, style) for row in rows for text, style in row.runs for letter in text if letter in "abc,."
    ]
    assert drawn == [(letter, style) for text, style in line for letter in text if letter in "abc,."]
    for row in rows:
        assert row.cells == sum(cell_len(text) for text, _ in row.runs) <= width


def test_a_mark_cannot_reach_what_is_left_of_its_row() -> None:
    assert drawable("\u0301x", 9) == "◌\u0301x"
    assert wrap([("\u0301x", Style()), ("y", Style(bold=True))], 9)[0].runs == [
        ("◌\u0301x", Style()),
        ("y", Style(bold=True)),
    ]
    assert drawable("x\u0301", 9) == "x\u0301"


def test_one_cell_has_no_room_for_a_wide_character() -> None:
    assert drawable("日a", 1) == "□a"
    assert drawable("日a", 2) == "日a"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
    ],
)
def test_a_text_that_is_cut_says_so(text: str, width: int, shown: str) -> None:
    assert fit(text, width) == shown


@settings(deadline=None)
@given(LINES, WIDTHS)
def test_what_fits_is_no_wider(text: str, width: int) -> None:
    assert width_of(fit(text, width)) <= width


def test_tabs_go_to_the_terminals_stops() -> None:
    rows = text_rows(clean("a\tb\n\tc\n12345678\td"), 30, Style())
    assert ["".join(text for text, _ in row.runs) for row in rows] == [
        "a       b",
        "        c",
        "12345678        d",
    ]


@given(st.text(st.sampled_from("ab_c日"), max_size=40), st.integers(1, 30))
def test_a_long_name_keeps_both_its_ends(text: str, width: int) -> None:
    shown = fit_ends(text, width)
    assert width_of(shown) <= width
    if width_of(text) <= width:
        assert shown == text
    elif width >= 9:
        assert shown[0] == text[0]
        assert shown[-1] == text[-1]
        assert shown.count("…") == 1
