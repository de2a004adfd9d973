"""What a terminal would show: pyte, without its faults that matter here.

pyte draws the end of sequences that it does not know, drops the rest of a text after a character that has no
width, has no alternate screen, and fails on half of a wide character that was overwritten.
"""

from __future__ import annotations

import re
import unicodedata

import pyte
from pyte.screens import wcwidth

from tests.e2e.terminal_bytes import complete_part, tokens

_PLAIN_CSI = re.compile(rb"\x1b\[\??[0-9;]*[@-~]")
_PLAIN_ESCAPES = frozenset(b"\x1b" + bytes([final]) for final in b"78cDEHM")
_HOLD = {b"\x1b[?2026h": True, b"\x1b[?2026l": False}
_ALTERNATE = {b"\x1b[?1049h": True, b"\x1b[?1049l": False}


class _Screen(pyte.Screen):
    """A screen whose lines can be read whatever was drawn."""

    def __init__(self, columns: int, lines: int) -> None:
        self._rows: list[str] = []
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        """Draw text; what has no width and combines with nothing is left out."""
        row = self.buffer[self.cursor.y]
        if row[self.cursor.x].data == "" and self.cursor.x:
            row[self.cursor.x - 1] = row[self.cursor.x - 1]._replace(data=" ")
        super().draw("".join(char for char in data if wcwidth(char) > 0 or unicodedata.combining(char)))
        row = self.buffer[self.cursor.y]
        if row[self.cursor.x].data == "" and self.cursor.x < self.columns:
            row[self.cursor.x] = row[self.cursor.x]._replace(data=" ")

    def text(self) -> list[str]:
        """The rows, without the blanks at their ends."""
        rows = self._rows
        del rows[self.lines :]
        rows += [""] * (self.lines - len(rows))
        for y in self.dirty:  # what was drawn on since
            if y < self.lines:
                rows[y] = "".join(self.buffer[y][x].data for x in range(self.columns)).rstrip()
        self.dirty.clear()
        return rows.copy()

    def struck(self) -> list[str]:
        """Of each row, what has a line through it."""
        cells = (self.buffer[y] for y in range(self.lines))
        return [
            "".join(row[x].data for x in range(self.columns) if row[x].strikethrough).rstrip()
            for row in cells
        ]


class Emulator:
    """A terminal's screen, fed with bytes as they come."""

    def __init__(self, rows: int, columns: int) -> None:
        self._main, self._alternate = _Screen(columns, rows), _Screen(columns, rows)
        self._streams = [pyte.Stream(self._main), pyte.Stream(self._alternate)]
        self._on_alternate = False
        self._held: list[str] | None = None
        self._rest = b""

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return self._on_alternate

    def feed(self, data: bytes) -> None:
        """Take bytes; a sequence that is cut off waits for its end."""
        data = self._rest + data
        end = complete_part(data)
        self._rest = data[end:]
        for token in tokens(data[:end]):
            match token.kind:
                case "text" | "newline":
                    self._send(token.data)
                case "control" if token.data != b"\x1b":
                    self._send(token.data)
                case "csi" if token.data in _ALTERNATE:
                    self._switch(_ALTERNATE[token.data])
                case "csi" if token.data in _HOLD:
                    self._held = self._text() if _HOLD[token.data] else None
                case "csi" if _PLAIN_CSI.fullmatch(token.data):
                    self._send(token.data)
                case "escape" if token.data in _PLAIN_ESCAPES:
                    self._send(token.data)

    def resize(self, rows: int, columns: int) -> None:
        """Take another size."""
        for screen in (self._main, self._alternate):
            screen.resize(rows, columns)
        self._held = None

    def release(self) -> None:
        """Show what is there of a frame that is held: its end does not come."""
        self._held = None

    def lines(self) -> list[str]:
        """The rows on the screen, without the blanks at their ends; never half of a frame that is held."""
        return self._text() if self._held is None else self._held

    def struck(self) -> list[str]:
        """Of each row on the screen, what has a line through it."""
        return (self._alternate if self._on_alternate else self._main).struck()

    def _text(self) -> list[str]:
        return (self._alternate if self._on_alternate else self._main).text()

    def _send(self, data: bytes) -> None:
        self._streams[self._on_alternate].feed(data.decode())

    def _switch(self, on: bool) -> None:
        if on and not self._on_alternate:
            self._alternate.reset()
        self._on_alternate = on
