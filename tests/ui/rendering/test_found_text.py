"""Found text is marked in the drawn rows: whole, wherever the layout has broken it, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from earwig.core.text.safe_text import clean
from earwig.ui.rendering.found_text import CURRENT, FOUND, DrawnText, Piece, standing_out
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import text_rows, to_strip

PALETTE = Palette.from_theme_variables({}, dark=True)
LETTERS = st.text(alphabet="ab 日é\u0301語x\n", max_size=40)


def drawn(text: str, width: int) -> list[str]:
    return [to_strip(row, width, PALETTE.text).text for row in text_rows(clean(text), width, PALETTE.text)]


def parts(rows: list[str], text: str) -> list[list[str]]:
    """What stands in the cells of each hit."""
    return [
        [
            Strip([Segment(rows[row])]).crop(piece.start, max(piece.stop, piece.start)).text
            for row, piece in hit
        ]
        for hit in DrawnText(rows).hits([text])
    ]


def test_a_word_that_is_cut_and_words_between_which_a_row_ends() -> None:
    rows = ["one two", "three fo", "urfive"]
    assert parts(rows, "two three") == [["two", "three"]]
    assert parts(rows, "fourfive") == [["fo", "urfive"]]
    assert parts(rows, "twothree") == [["two", "three"]]  # for a break may stand for nothing
    assert parts(rows, "onetwo") == []
    assert parts(rows, "thr ee") == []


def test_wide_letters_have_two_cells() -> None:
    assert DrawnText(["日本語x語"]).hits(["語"]) == [((0, Piece(4, 6)),), ((0, Piece(7, 9)),)]


def test_controls_are_found_as_the_pictures_that_are_drawn() -> None:
    assert parts(drawn("a\x1b[2Jb", 20), "\x1b[2J") == [["␛[2J"]]


@given(LETTERS, st.data(), st.integers(2, 12))
def test_every_part_of_a_text_is_found_in_its_rows(text: str, draw: st.DataObject, width: int) -> None:
    start = draw.draw(st.integers(0, len(text)))
    part = text[start : draw.draw(st.integers(start, len(text)))]
    words = part.split()
    if not words or "\u0301" in part:
        return  # a mark that is drawn without its letter is another text
    rows = drawn(text, width)
    if any("◌" in row for row in rows):
        return
    hits = DrawnText(rows).hits([part])
    assert hits
    for hit in hits:
        shown = "".join(rows[row] for row, _ in hit)
        assert set("".join(words)) <= set(shown)
        assert all(0 <= piece.start <= piece.stop <= cell_len(rows[row]) for row, piece in hit)


@given(LETTERS, st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4), st.booleans()), max_size=3))
def test_marks_change_no_text_and_no_width(text: str, places: list[tuple[int, int, bool]]) -> None:
    for row in drawn(text, 16):
        strip = Strip([Segment(row, Style(color="red"))])
        pieces = [Piece(start, min(16, start + size), current) for start, size, current in places]
        shown = standing_out(strip, pieces)
        assert shown.cell_length == strip.cell_length


def test_the_current_one_is_told_apart_without_colour() -> None:
    strip = standing_out(Strip([Segment("ab cd", Style())]), [Piece(0, 2), Piece(3, 5, True)])
    styles = {segment.text: segment.style for segment in strip}
    assert styles["ab"] == FOUND
    assert styles["cd"] == CURRENT
    assert FOUND.color is None
    assert CURRENT.reverse
    assert not FOUND.reverse
