"""How wide text is in a terminal, and where a line that is too wide is cut."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import get_character_cell_size

from earwig.core.named_tuple import NamedTuple

TAB_STOP = 8
"""Cells: the terminal's own stops, for which tools lay out what they print."""

STAND_IN = "□"
"""Drawn for a character of two cells where there is only one."""

BASE = "◌"
"""Drawn before a combining mark that begins a row, which would else combine with the cell left of the row."""

Span = tuple[int, int, int]
"""A part of a line: its first character, the one behind its last, its cells."""


class Cell(NamedTuple):
    row: int
    cell: int


def width_of(text: str) -> int:
    """Return the cells that a text without line breaks and tabs takes."""
    return len(text) if text.isascii() else sum(map(get_character_cell_size, text))


def fit(text: str, width: int) -> str:
    """Return the text if it fits, else its beginning and an ellipsis, in at most `width` cells."""
    if width_of(text) <= width:
        return text
    room = width - 1
    ends = list(accumulate(map(get_character_cell_size, text[: 8 * width])))
    return text[: bisect_right(ends, room)] + "…" if room >= 0 else ""


def fit_ends(text: str, width: int) -> str:
    """Return the text if it fits, else both its ends around an ellipsis: a key tells most at its end."""
    if width_of(text) <= width:
        return text
    if width < 5:
        return fit(text, width)
    head = fit(text, width // 3)
    end = text[::-1][: width - width_of(head)]
    while width_of(head) + width_of(end) > width:
        end = end[:-1]
    return head + end[::-1]


def drawable(text: str, width: int) -> str:
    """Return the same line with nothing in it that could not stand in a row of `width` cells of its own."""
    if text.isascii():
        return text
    if width < 2:
        text = "".join(STAND_IN if get_character_cell_size(char) > 1 else char for char in text)
    return BASE + text if text and not get_character_cell_size(text[0]) else text


def cut_line(text: str, width: int) -> list[Span]:
    """Cut a line into rows of at most `width` cells: after words, within a word that is wider than a row.

    Every character is in a row but the spaces at a cut. There is at least one row. No character may be
    wider than `width` (see `drawable`).
    """
    if text.isascii():
        return _cut_narrow(text, width)
    sizes = {char: get_character_cell_size(char) for char in set(text)}
    if set(sizes.values()) == {1}:
        return _cut_narrow(text, width)
    return _cut_wide(text, [sizes[char] for char in text], width)


def _cut_narrow(text: str, width: int) -> list[Span]:
    if len(text) <= width:
        return [(0, len(text), len(text))]
    spans: list[Span] = []
    start, end = 0, len(text.rstrip(" "))
    while end - start > width:
        space = text.rfind(" ", start, start + width + 1)
        if space <= start or text[start:space].isspace():
            spans.append((start, start + width, width))
            start += width
        else:
            spans.append((start, space, space - start))
            start = _behind_spaces(text, space)
    if start < end or not spans:
        spans.append((start, end, end - start))
    return spans


def _cut_wide(text: str, widths: list[int], width: int) -> list[Span]:
    """Cut a line by the widths of its characters; it may be cut beside a wide one."""
    ends = list(accumulate(widths))
    if ends[-1] <= width:
        return [(0, len(text), ends[-1])]
    spans: list[Span] = []
    start, used, end = 0, 0, len(text.rstrip(" "))
    while start < end and ends[end - 1] - used > width:
        stop = bisect_right(ends, used + width, start)
        cut = _last_cut(text, widths, start, stop)
        spans.append((start, cut, ends[cut - 1] - used))
        start = _behind_spaces(text, cut)
        used = ends[start - 1]
    if start < end or not spans:
        spans.append((start, end, ends[end - 1] - used if end else 0))
    return spans


def _last_cut(text: str, widths: list[int], start: int, stop: int) -> int:
    """Return the last place between `start` and `stop` where the line may be cut, `stop` if there is none."""
    for place in range(stop, start, -1):
        if text[place] == " ":
            return stop if text[start:place].isspace() else place
        if widths[place] and (widths[place] == 2 or widths[place - 1] == 2):
            return place
    return stop


def _behind_spaces(text: str, place: int) -> int:
    while place < len(text) and text[place] == " ":
        place += 1
    return place
