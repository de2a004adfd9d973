"""How far a long pass is, on a terminal and in a pipe."""

from __future__ import annotations

import io
import sys
from functools import partial

import pytest

from earwig.cli import progress as module
from earwig.cli.output import Output
from earwig.cli.progress import progress
from earwig.core.text.safe_text import own_text


class Stream(io.StringIO):
    """What is printed; a terminal, or none."""

    def __init__(self, both: list[str], *, terminal: bool) -> None:
        super().__init__()
        self._both = both
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        self._both.append(text)
        return len(text)


def printed(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    """What is on a terminal, or in a pipe, after lines were printed beside a bar."""
    both: list[str] = []
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(module, "_WORTH_A_BAR", 100)
    monkeypatch.setattr(module, "_APART", 0.0)
    monkeypatch.setattr(sys, "stdout", Stream(both, terminal=terminal))
    monkeypatch.setattr(sys, "stderr", Stream(both, terminal=terminal))
    out = Output(sys.stdout)
    with progress(own_text("counting"), 1000, out) as bar:
        for number in range(4):
            bar.print(partial(out.line, own_text("line {}", number)))
            bar.reach_in(number * 250, 250, 0.4)
            bar.reach((number + 1) * 250)
    return "".join(both)


def test_in_a_pipe_there_is_nothing_but_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(monkeypatch, terminal=False) == "line 0\nline 1\nline 2\nline 3\n"


def test_on_a_terminal_each_line_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    said = printed(monkeypatch, terminal=True)
    assert "counting" in said
    assert "━" in said
    for number in range(4):
        before, _, after = said.partition(f"line {number}\n")
        # The bar's line was cleared, and the cursor is at its begin.
        assert before.endswith(("\x1b[2K", f"line {number - 1}\n")), repr(before[-30:])
        assert after
