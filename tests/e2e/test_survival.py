"""Whatever happens to the process or its terminal, it ends or goes on as a user would expect."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Workspace, need_tool, wait_until
from tests.core.bot_writer import BotWriter, lines_of
from tests.e2e.terminal import IN_ITS_TERMINAL, ROOT, SECONDS, Terminal, clean_environment, earwig, left_in

assert sys.platform != "win32"


SAID = "what alice told the bot"
COLOUR = re.compile(rb"[;\[][34]8;2;([0-9]+);([0-9]+);([0-9]+)(?=[;m])")

Start = Callable[..., Terminal]


@pytest.fixture
def start(workspace: Workspace, home: Path) -> Iterator[Start]:
    """Starts a command in a terminal; by default the browser on a workspace with one long session."""
    # Of yesterday: how long the last one waits stays the same for a while.
    talk = lines_of(("user", f"alice says {n}.") for n in range(1, 81))
    workspace.write("telegram_alice", talk, age=100_000)

    def begin(command: list[str] | None = None, *, without: str = "", **more: str) -> Terminal:
        environ = clean_environment(home, **more)
        environ.pop(without, None)
        return stack.enter_context(Terminal(command or earwig(workspace.path), environ=environ))

    with ExitStack() as stack:
        yield begin


def is_drawn(screen: list[str]) -> bool:
    """The newest message, the frame and the keys: all that was there at first."""
    return (
        any("alice says 80." in row for row in screen)
        and "following" in screen[0]
        and "Quit" in screen[-1]
        and screen[0].startswith("╭")
    )


def transcript(screen: list[str]) -> list[str]:
    """What is inside the transcript's frame, without the scroll bar."""
    return [row[40:-2] for row in screen[1:-2]]


def end_by_key(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.wait() == 0
    assert terminal.left_changed() == []


def no_log(home: Path) -> bool:
    return not left_in(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(start: Start, home: Path, number: signal.Signals) -> None:
    terminal = start()
    terminal.wait_for(is_drawn)
    terminal.signal(number)
    assert terminal.wait() == 128 + number
    assert terminal.left_changed() == []
    assert terminal.screen() == [""] * terminal.rows
    assert no_log(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_the_start_leaves_the_terminal_as_it_was(
    start: Start, number: signal.Signals
) -> None:
    terminal = start()
    terminal.wait_for_bytes(b"\x1b[?1049h")  # it takes the terminal; nothing is drawn yet
    terminal.signal(number)
    assert terminal.wait() == 128 + number
    assert terminal.left_changed() == []


def test_it_can_be_stopped_and_comes_back(start: Start, workspace: Workspace) -> None:
    shell = start([need_tool("bash"), "--norc", "--noediting", "-i"], PS1="prompt> ")
    shell.wait_for("prompt>")
    shell.send(" ".join(earwig(workspace.path)) + "\n")
    before = shell.wait_for(is_drawn)
    for number in (1, 2):
        shell.press("ctrl+z")
        shell.wait_for("Stopped")
        wait_until(lambda: shell.left_changed() == [], "the terminal is as it was")
        shell.send(f"echo it $((40 + {number})) works\n")  # the shell echoes what is typed, and reads lines
        shell.wait_for(f"it {40 + number} works")
        assert any("echo it $((40" in row for row in shell.screen())
        shell.send("fg\n")
        assert transcript(shell.wait_for(is_drawn)) == transcript(before)
    shell.press("ctrl+z")
    shell.wait_for("Stopped")
    workspace.say("telegram_alice", "while it was stopped")
    shell.send("fg\n")
    shell.wait_for("while it was stopped")
    shell.press("q")
    shell.wait_for(lambda screen: screen[0].startswith("prompt>"), what="the shell")
    wait_until(lambda: shell.left_changed() == [], "the terminal is as it was")


def begin_in_shell(start: Start, workspace: Workspace) -> tuple[Terminal, int]:
    """A shell with earwig in its foreground, drawn; and the number of earwig's process."""
    shell = start([need_tool("bash"), "--norc", "--noediting", "-i"], PS1="prompt> ")
    shell.wait_for("prompt>")
    shell.send(
        f"cd {workspace.path}; sh -c 'echo $$ >pid; exec \"$@\"' sh {' '.join(earwig(workspace.path))}\n"
    )
    shell.wait_for(is_drawn)
    return shell, int((workspace.path / "pid").read_text())


def test_a_signal_stops_it_too(start: Start, workspace: Workspace) -> None:
    shell, process = begin_in_shell(start, workspace)
    os.kill(process, signal.SIGTSTP)
    shell.wait_for("Stopped")
    wait_until(lambda: shell.left_changed() == [], "the terminal is as it was")
    shell.send("kill %%; fg\n")
    shell.wait_for(lambda screen: sum("prompt>" in row for row in screen) == 3, what="the shell")
    wait_until(lambda: shell.left_changed() == [], "the terminal is as it was")


def test_what_is_stopped_ends_in_the_background(start: Start, workspace: Workspace) -> None:
    shell, process = begin_in_shell(start, workspace)
    os.kill(process, signal.SIGTSTP)
    shell.wait_for("Stopped")
    shell.send("kill %%; wait; echo it is $((40 + 2))\n")
    shell.wait_for("it is 42")
    assert shell.left_changed() == []


def test_it_goes_on_after_a_stop_without_warning(start: Start, workspace: Workspace) -> None:
    shell, process = begin_in_shell(start, workspace)
    shell.wait_for(lambda screen: not any("▸ …" in row for row in screen), what="a list without work left")
    os.kill(process, signal.SIGSTOP)
    shell.wait_for("Stopped")
    shell.send("clear\n")
    shell.wait_for(lambda screen: not is_drawn(screen), what="an empty screen")
    shell.send("fg\n")
    shell.wait_for(is_drawn)
    shell.press("q")
    shell.wait_for(lambda screen: not is_drawn(screen) and "prompt>" in "".join(screen), what="the shell")
    wait_until(lambda: shell.left_changed() == [], "the terminal is as it was")


def test_to_go_on_when_it_was_not_stopped_changes_nothing(start: Start, workspace: Workspace) -> None:
    terminal = start()
    terminal.wait_for(is_drawn)
    for _ in range(3):
        terminal.signal(signal.SIGCONT)
    workspace.say("telegram_alice", "it goes on")
    terminal.wait_for("it goes on")
    end_by_key(terminal)


def test_no_key_is_lost_when_it_is_told_to_go_on(start: Start) -> None:
    terminal = start()
    terminal.wait_for(is_drawn)
    terminal.press("tab", "/")
    typed = ""
    for letter in "abcdefghijklmnopqrstuvwxyz":
        terminal.signal(signal.SIGCONT)
        time.sleep(len(typed) / 10_000)  # each comes at another moment of what a signal sets off
        terminal.press(letter)
        typed += letter
        terminal.wait_for(typed)


@pytest.mark.parametrize("draws", [True, False], ids=["while it draws", "while nothing happens"])
@pytest.mark.parametrize("controlling", [True, False], ids=["told by a signal", "told by nobody"])
def test_a_terminal_that_goes_away_ends_it(
    workspace: Workspace, home: Path, controlling: bool, draws: bool
) -> None:
    workspace.write("telegram_alice", lines_of([("user", SAID)]), age=100_000)
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    launcher = [*IN_ITS_TERMINAL, os.ttyname(slave)] if controlling else []
    process = subprocess.Popen(
        [*launcher, *earwig(workspace.path)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env=clean_environment(home),
        start_new_session=True,
    )
    try:
        os.close(slave)
        seen = b""
        while SAID.encode() not in seen:
            assert select.select([master], [], [], SECONDS)[0], seen
            seen += os.read(master, 65536)
        os.close(master)
        if draws:
            workspace.say("telegram_alice", "and something to draw")
        assert process.wait(SECONDS) == 128 + signal.SIGHUP
    finally:
        process.kill()
        process.wait()
    assert no_log(home)


def test_any_size_is_drawn_and_the_old_one_as_before(start: Start, workspace: Workspace) -> None:
    terminal = start()
    terminal.wait_for(is_drawn)
    terminal.press("?")
    terminal.wait_for("At the newest message")
    sizes = [(1, 1), (2, 2), (3, 10), (1, 120), (36, 1), (2, 41), (4, 39), (8, 20), (200, 3), (36, 120)]
    for _ in range(2):
        for rows, columns in sizes:
            terminal.resize(rows, columns)
            seen = len(terminal.raw)
            terminal.press("up", "down", "pageup", "end", "shift+up", "z")
            workspace.say("telegram_alice", f"at {rows} rows")
            deadline = time.monotonic() + 2  # where nothing fits, nothing may be drawn
            while len(terminal.raw) == seen and time.monotonic() < deadline:
                time.sleep(0.01)
        terminal.press("?")
    terminal.press("end")
    terminal.wait_for(lambda screen: any("at 36 rows" in row for row in screen), what="the newest message")
    terminal.wait_for("100 messages · ● following")
    end_by_key(terminal)


def test_a_terminal_that_cannot_draw_is_told_what_to_do(start: Start, home: Path) -> None:
    terminal = start(TERM="dumb")
    assert terminal.wait() == 2
    terminal.wait_for("`earwig --plain` prints line by line")
    assert b"\x1b" not in terminal.raw
    assert no_log(home)


def test_the_demo_on_a_terminal_that_cannot_draw_is_text(start: Start) -> None:
    terminal = start(earwig("demo"), TERM="dumb")
    assert terminal.wait() == 0
    assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("wanted", ["1", None])
def test_no_color_leaves_only_greys(start: Start, wanted: str | None) -> None:
    terminal = start(**({} if wanted is None else {"NO_COLOR": wanted}))
    terminal.wait_for(is_drawn)
    colours = {match.groups() for match in COLOUR.finditer(terminal.raw)}
    greys = {colour for colour in colours if len(set(colour)) == 1}
    assert (colours == greys) == (wanted is not None)
    end_by_key(terminal)


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LANG": "de_DE.ISO-8859-1"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"},
    ],
    ids=str,
)
def test_it_draws_utf_8_whatever_the_locale(
    start: Start, workspace: Workspace, settings: dict[str, str]
) -> None:
    os.link(workspace.file("telegram_alice"), workspace.file("telegram_j\u00fcrgen \u65e5\u672c"))
    terminal = start(**settings)
    terminal.wait_for(lambda screen: screen[0].startswith("╭─ sessions"))
    BotWriter(workspace.file("telegram_alice")).append("gr\u00fc\u00dfe \u2713")
    terminal.wait_for("gr\u00fc\u00dfe \u2713")
    end_by_key(terminal)


def test_a_name_that_is_not_utf_8_is_followed(start: Start, workspace: Workspace, home: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(workspace.sessions) + b"/telegram_caf\xe9.jsonl"))
    terminal = start()
    terminal.wait_for(is_drawn)
    path.write_bytes(lines_of([("user", "from a strange name")]))
    terminal.wait_for(r"caf\xe9")
    terminal.wait_for("from a strange name")
    end_by_key(terminal)
    assert no_log(home)


@pytest.mark.parametrize("where", ["", "/dev/null", "/proc/self", "relative", "/nowhere"])
def test_it_needs_no_home(start: Start, where: str) -> None:
    terminal = start(without="HOME") if not where else start(HOME=where)
    terminal.wait_for(is_drawn)
    end_by_key(terminal)
