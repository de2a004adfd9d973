"""A terminal that times what a key changes on the screen, by the bytes alone: an emulator is too slow."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.registry import Result
from tests.e2e.terminal import KEYS, Terminal, clean_environment

LIMIT = 50.0
"""Milliseconds from a key to its frame, that 95 of 100 keys must keep."""

SETTLED = 0.2
"""Seconds without a further change, after which what a key causes is taken to be complete."""

PATIENCE = 1.5
"""Seconds after which a key is taken to change nothing, as a step down at the end of all does."""

FRAME_END = b"\x1b[?2026l"
_AT = re.compile(rb"\x1b\[([0-9]+);([0-9]+)H")
_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
_COMES_LATER = re.compile(rb" *#(?:\xe2\x80\xa6|[0-9]+)")
"""A line's number is found in the background: no key waits for it."""

_BORDER = len("│".encode())
"""Bytes of the shortest piece that is not looked at: the frame around the area, sent or left out at will."""

_SCROLL_MARK, _BLANK = "┃".encode(), b" "


class Area(NamedTuple):
    """The cells of the screen that a key is watched for, by where the pieces sent for them begin."""

    left: int
    right: int
    top: int

    def holds(self, row: int, column: int, rows: int) -> bool:
        """Whether a place is in it; the last two rows of the screen are the frame and the keys."""
        return self.top <= row <= rows - 2 and self.left <= column <= self.right


TRANSCRIPT = Area(27, 999, 2)
"""Right of the narrowest sidebar."""

SIDEBAR = Area(2, 26, 3)
"""Below the filter, whose cursor blinks."""


class Delay(NamedTuple):
    """Milliseconds from a key's bytes to the end of the first and of the last frame that shows its effect."""

    first: float
    last: float


class Typist(Terminal):
    """A program in a terminal, with all that it has painted, piece by piece."""

    def __init__(
        self, command: Sequence[str | Path], *, rows: int = 36, columns: int = 120, settled: float = SETTLED
    ) -> None:
        self._painted: dict[int, dict[int, bytes]] = {}
        self._parsed = 0
        self._settled = round(settled * 1e9)
        super().__init__(command, rows=rows, columns=columns, environ=users_environment())

    def key(self, name: str, area: Area) -> Delay | None:
        """Press a key; None if it changed nothing in the area."""
        return self.timed(lambda: self.send(KEYS[name] if len(name) > 1 else name), area)

    def resized(self, rows: int, columns: int) -> Delay | None:
        """Take another size; time until the transcript has it."""

        def change() -> None:
            self.rows, self.columns = rows, columns
            self._set_size()

        return self.timed(change, TRANSCRIPT)

    def timed(self, act: Callable[[], None], area: Area) -> Delay | None:
        """Do something; when the area showed it."""
        self.take_frames(0.0, area)
        begun = time.monotonic_ns()
        act()
        stamps: list[int] = []
        while time.monotonic_ns() < (stamps[-1] + self._settled if stamps else begun + round(PATIENCE * 1e9)):
            stamps += self.take_frames(0.02, area)
        return Delay((stamps[0] - begun) / 1e6, (stamps[-1] - begun) / 1e6) if stamps else None

    def until(self, condition: Callable[[], bool], seconds: float) -> int:
        """Take frames until what is painted is as wanted; when it was (`time.monotonic_ns`).

        Raises `AssertionError`.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it never came:\n{self.text()}"
            self.take_frames(0.02, TRANSCRIPT)
        return self._time_of(self._parsed)

    def text(self) -> str:
        """The screen's rows as they were last painted."""
        return "\n".join(self.row(number) for number in sorted(self._painted))

    def row(self, number: int) -> str:
        """One row of the screen, from 1."""
        pieces = self._painted.get(number, {})
        return _COLOURS.sub(b"", b"".join(pieces[column] for column in sorted(pieces))).decode(
            errors="replace"
        )

    def take_frames(self, seconds: float, area: Area) -> list[int]:
        """Take in what was sent, or wait for it; when each frame ended that changed something in the area."""
        with self._news:
            data, seen = bytes(self._raw[self._parsed :]), len(self._raw)
        if FRAME_END not in data and seconds:
            self._wait_for_news(seen, seconds)
            return self.take_frames(0.0, area)
        stamps = []
        start = 0
        while (end := data.find(FRAME_END, start)) >= 0:
            end += len(FRAME_END)
            self._parsed += end - start
            if self._paint(data[start:end], area):
                stamps.append(self._time_of(self._parsed))
            start = end
        return stamps

    def _paint(self, frame: bytes, area: Area) -> bool:
        pieces = _AT.split(frame)[1:]
        places = [(int(row), int(column)) for row, column in zip(pieces[::3], pieces[1::3], strict=True)]
        whole_rows = len(places) > 1 and all(column == 1 for _, column in places)
        changed = False
        for (row, column), sent in zip(places, pieces[2::3], strict=True):
            data = _COMES_LATER.sub(b"", sent.replace(_SCROLL_MARK, _BLANK)).rstrip(b"\r\n")
            painted = self._painted.setdefault(row, {})
            inside = area.holds(row, area.left if whole_rows else column, self.rows)
            changed |= inside and len(_COLOURS.sub(b"", data)) > _BORDER and painted.get(column) != data
            if whole_rows:
                painted.clear()
            painted[column] = data
        return changed

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
