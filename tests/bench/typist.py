"""A terminal that times what a key changes on the screen, by the bytes alone: an emulator is too slow."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len

from tests.bench.registry import Result
from tests.e2e.terminal import KEYS, Terminal, clean_environment

LIMIT = 50.0
"""Milliseconds from a key to its frame, that 95 of 100 keys must keep."""

SETTLED = 0.2
"""Seconds without a further change, after which what a key causes is taken to be complete."""

PATIENCE = 1.0
"""Seconds after which a key is taken to change nothing, as a step down at the end of all does."""

FRAME_END = b"\x1b[?2026l"
_AT = re.compile(r"\x1b\[([0-9]+);([0-9]+)H")
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b[\[\]()][?0-9;]*[A-Za-ln-z]|[\r\n]")
_COMES_LATER = re.compile(r" *#~?[0-9]+")
"""A line's number is found in the background: no key waits for it."""

_FRAME_AND_KEYS = 2
"""Rows at the bottom of the screen that belong to no area."""


class Area(NamedTuple):
    """The columns of the screen, and the first row, that a key is watched for; all count from 1."""

    left: int
    right: int
    top: int


SIDEBAR = Area(2, 26, 3)
"""Below the filter, whose cursor blinks, and no wider than the narrowest list."""


class Delay(NamedTuple):
    """Milliseconds from a key's bytes to the end of the first and of the last frame that shows its effect."""

    first: float
    last: float


class Typist(Terminal):
    """A program in a terminal, and the cells of its screen."""

    def __init__(
        self, command: Sequence[str | Path], *, rows: int = 36, columns: int = 120, settled: float = SETTLED
    ) -> None:
        self._cells: dict[int, dict[int, str]] = {}
        self._styles: dict[int, dict[int, str]] = {}
        self._parsed = 0
        self._settled = round(settled * 1e9)
        super().__init__(command, rows=rows, columns=columns, environ=users_environment())

    @property
    def transcript(self) -> Area:
        """What is right of the sidebar, as the style sheet has it, without the scroll mark."""
        return Area(min(48, self.columns * 34 // 100) + 2, self.columns - 2, 2)

    def key(self, name: str, area: Area) -> Delay | None:
        """Press a key; None if it changed nothing in the area."""
        return self.timed(lambda: self.send(KEYS[name] if len(name) > 1 else name), area)

    def resized(self, rows: int, columns: int) -> Delay | None:
        """Take another size; time until the transcript has it."""
        self.rows, self.columns = rows, columns
        return self.timed(self._set_size, self.transcript)

    def timed(self, act: Callable[[], None], area: Area) -> Delay | None:
        """Do something; when the area showed it."""
        while self.take_frame(0.0):
            pass
        shown = self.looks(area)
        begun = time.monotonic_ns()
        act()
        stamps: list[int] = []
        until = begun + round(PATIENCE * 1e9)
        while time.monotonic_ns() < until:
            stamp = self.take_frame(0.02)
            if stamp and shown != (shown := self.looks(area)):
                stamps.append(stamp)
                until = stamp + self._settled
        return Delay((stamps[0] - begun) / 1e6, (stamps[-1] - begun) / 1e6) if stamps else None

    def until(self, condition: Callable[[], bool], seconds: float) -> int:
        """Take frames until the screen is as wanted; when the frame ended that made it so.

        Raises `AssertionError`.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never came:\n" + "\n".join(map(self.row, self._cells))
            self.take_frame(0.02)
        return self._time_of(self._parsed)

    def row(self, number: int) -> str:
        """One row of the screen, from 1."""
        return self._text(number, 1, self.columns)

    def looks(self, area: Area) -> list[tuple[str, str]]:
        """What an area shows: each row's text, and the style it begins with, where the cursor is marked."""
        return [
            (
                _COMES_LATER.sub("", self._text(row, area.left, area.right)),
                self._styles.get(row, {}).get(area.left, ""),
            )
            for row in range(area.top, self.rows - _FRAME_AND_KEYS + 1)
        ]

    def _text(self, row: int, left: int, right: int) -> str:
        cells = self._cells.get(row, {})
        return "".join(cells.get(column, " ") for column in range(left, right + 1)).rstrip()

    def take_frame(self, seconds: float) -> int:
        """Take in the next frame, or wait for it; when its last byte came, 0 if none did."""
        with self._news:
            end = self._raw.find(FRAME_END, self._parsed)
            seen = len(self._raw)
            data = bytes(self._raw[self._parsed : end + len(FRAME_END)]) if end >= 0 else b""
        if not data:
            if seconds:
                self._wait_for_news(seen, seconds)
            return 0
        self._parsed += len(data)
        self._paint(data.decode(errors="replace"))
        return self._time_of(self._parsed)

    def _paint(self, frame: str) -> None:
        pieces = _AT.split(frame)[1:]
        for row, column, sent in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
            self._paint_piece(int(row), int(column), sent)

    def _paint_piece(self, row: int, column: int, sent: str) -> None:
        cells, styles = self._cells.setdefault(row, {}), self._styles.setdefault(row, {})
        parts = _STYLE.split(_OTHER.sub("", sent))
        for style, text in zip(["", *parts[1::2]], parts[::2], strict=True):
            if text:
                styles[column] = style
            for char in text:
                width = 1 if char.isascii() else cell_len(char)
                for at in range(width):
                    cells[column + at] = "" if at else char
                column += width

    def _time_of(self, length: int) -> int:
        with self._news:
            return self._pieces[bisect_left(self._pieces, (length, 0))][1]


def users_environment() -> dict[str, str]:
    """The environment of a program that may keep its compiled modules, as people's may."""
    environ = clean_environment()
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """The value that so many of the others do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def against_limit(what: str, figure: float, limit: float | None = LIMIT) -> Result:
    """A time that a person feels: held against milliseconds, not against another program."""
    return Result(what, figure, limit or LIMIT, "limit", None if limit is None else 1.0)
