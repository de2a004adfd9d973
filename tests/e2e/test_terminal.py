"""The instruments themselves, on programs whose output is known."""

from __future__ import annotations

import signal
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.emulator import Emulator
from tests.e2e.terminal import Terminal
from tests.e2e.writer import writing

assert sys.platform != "win32"


ECHO = """
import os, sys, termios, tty
tty.setraw(0)
print("ready", os.get_terminal_size(), os.isatty(2), os.getsid(0) == os.getpid(), flush=True)
while (key := os.read(0, 64)) != b"q":
    print("\\r\\nkey", key, flush=True)
sys.exit(7)
"""

TEXTUAL = """
from textual.app import App
from textual.widgets import Static

class Tiny(App):
    BINDINGS = [("q", "quit", "Quit"), ("x", "fail", "Fail")]

    def compose(self):
        yield Static("one word")

    def on_resize(self, event):
        self.query_one(Static).update(f"size {event.size.width}x{event.size.height}")

    def action_fail(self):
        raise RuntimeError("as asked")

app = Tiny()
app.run()
raise SystemExit(app.return_code)
"""


def program(source: str, *, rows: int = 36, columns: int = 120) -> Terminal:
    return Terminal([sys.executable, "-c", source], rows=rows, columns=columns)


def test_a_program_has_a_terminal_gets_keys_and_ends_with_its_status() -> None:
    with program(ECHO, rows=10, columns=70) as terminal:
        terminal.wait_for("ready os.terminal_size(columns=70, lines=10) True True")
        terminal.press("x", "up", "ctrl+b")
        terminal.wait_for("\\x1b[A")
        terminal.wait_for("\\x02")
        terminal.press("q")
        assert terminal.wait() == 7


def test_what_does_not_come_is_told_with_the_screen_that_is_there() -> None:
    with program(ECHO) as terminal:
        terminal.wait_for("ready")
        with pytest.raises(AssertionError, match=r"0\.1 s passed without 'nothing'(.|\n)*\|ready"):
            terminal.wait_for("nothing", 0.1)
        terminal.press("q")
        with pytest.raises(AssertionError, match="the program ended without 'nothing'"):
            terminal.wait_for("nothing")


def test_bytes_have_the_time_at_which_they_came(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch()
    with (
        Terminal(["tail", "-F", path]) as terminal,
        writing(path, text="mark-{}.", count=3, pace=0.2) as writer,
    ):
        terminal.wait_for("mark-2.")
        written = writer.finish()
        now = time.monotonic_ns()
        for content, begun in written:
            came = terminal.wait_for_bytes(content.encode())
            assert begun < came < now
        gaps = [later[1] - earlier[1] for earlier, later in pairwise(written)]
        assert min(gaps) >= 0.2e9


def test_a_textual_app_takes_size_and_keys_and_leaves_the_terminal_as_it_was() -> None:
    with program(TEXTUAL, rows=20, columns=60) as terminal:
        terminal.wait_for("size 60x20")
        assert terminal.alternate
        terminal.resize(15, 50)
        terminal.wait_for("size 50x15")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.forbidden_controls() == []
        assert terminal.left_changed() == []


@pytest.mark.parametrize("end", ["killed", "failed"])
def test_a_program_that_does_not_clean_up_is_found_out(end: str) -> None:
    with program(TEXTUAL) as terminal:
        terminal.wait_for("size")
        if end == "killed":
            terminal.signal(signal.SIGKILL)
            assert terminal.wait() == -signal.SIGKILL
            assert terminal.left_changed()[:2] == ["alternate screen", "mouse (1000)"]
        else:
            terminal.press("x")
            assert terminal.wait() == 1
            assert terminal.left_changed() == []
            terminal.wait_for("RuntimeError: as asked")


def test_closing_ends_a_program_that_ignores_signals() -> None:
    stubborn = (
        "import signal, time\nfor n in (1, 15): signal.signal(n, signal.SIG_IGN)\nprint('up', flush=True)\n"
    )
    terminal = program(stubborn + "time.sleep(1000)")
    terminal.wait_for("up")
    terminal.close()
    assert terminal.process.returncode == -signal.SIGKILL


class TestEmulator:
    """Where pyte alone fails."""

    def test_a_text_goes_on_after_a_character_without_width(self) -> None:
        emulator = Emulator(2, 20)
        emulator.feed("a\u200bb\ufeffc e\u0301".encode())
        assert emulator.lines() == ["abc \u00e9", ""]

    def test_sequences_it_does_not_know_draw_nothing(self) -> None:
        emulator = Emulator(1, 20)
        emulator.feed(b"a\x1b[<ub\x1b[>1uc\x1b[?2026$pd\x1bP$q q\x1b\\e\x1b]22;text\x07f")
        assert emulator.lines() == ["abcdef"]

    def test_sequences_and_characters_may_come_in_pieces(self) -> None:
        emulator = Emulator(2, 20)
        for byte in "漢\x1b[2;3Hé\x1b[1mz\r".encode():
            emulator.feed(bytes([byte]))
        emulator.feed(b"!")
        assert emulator.lines() == ["漢", "! éz"]

    def test_the_alternate_screen_gives_the_first_one_back(self) -> None:
        emulator = Emulator(1, 20)
        emulator.feed(b"shell\x1b[?1049hbrowser")
        assert emulator.lines() == ["browser"]
        emulator.feed(b"\x1b[?1049l")
        assert emulator.lines() == ["shell"]

    def test_half_a_frame_is_not_shown(self) -> None:
        emulator = Emulator(1, 20)
        emulator.feed(b"old\x1b[?2026h\x1b[1;1Hn")
        assert emulator.lines() == ["old"]
        emulator.feed(b"ew\x1b[?2026l")
        assert emulator.lines() == ["new"]

    @pytest.mark.parametrize(("overwrite", "left"), [(b"\x1b[1;2Hx", " x|"), (b"\x1b[1;1Hx", "x |")])
    def test_half_of_a_wide_character_can_be_overwritten(self, overwrite: bytes, left: str) -> None:
        emulator = Emulator(1, 20)
        emulator.feed("漢|".encode() + overwrite)
        assert emulator.lines() == [left]


def test_half_of_a_frame_is_shown_once_no_end_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.e2e.terminal.HELD", 0.1)
    with program("import time\nprint('\\x1b[?2026hhalf of it', flush=True)\ntime.sleep(1000)") as terminal:
        terminal.wait_for("half of it")
