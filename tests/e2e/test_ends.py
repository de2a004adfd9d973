"""However the browser ends, the terminal is as it was, and who started it is told how."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from earwig.core.system.ending import ending_signals, is_usual
from tests.conftest import Workspace, wait_until
from tests.e2e.terminal import Terminal, clean_environment, earwig, left_in
from tests.programs import Programs

assert sys.platform != "win32"


WITHOUT_CORE = ["/bin/sh", "-c", 'ulimit -c 0; exec "$@"', "sh"]
UNUSUAL = [number for number in ending_signals() if not is_usual(number)]

Start = Callable[..., Terminal]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """A job in the background of a script has some signals ignored, and so have its children."""
    ignored = [number for number in UNUSUAL if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def start(workspace: Workspace, home: Path, temporary: Path) -> Iterator[Start]:
    """Starts a command in a terminal; by default the browser on a workspace with one session."""
    workspace.say("telegram_alice", "hello")

    def begin(command: list[str] | None = None, **more: str) -> Terminal:
        environ = clean_environment(home, TMPDIR=str(temporary), **more)
        return stack.enter_context(
            Terminal([*WITHOUT_CORE, *(command or earwig(workspace.path))], environ=environ)
        )

    with ExitStack() as stack:
        yield begin


def modes(terminal: Terminal) -> list[Any]:
    """What the system does with what goes in and out."""
    return termios.tcgetattr(terminal._master)


@pytest.mark.parametrize(
    "number", [signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGALRM, max(UNUSUAL)]
)
def test_it_dies_by_the_signal_when_all_is_in_order(start: Start, home: Path, number: signal.Signals) -> None:
    terminal = start()
    before = modes(terminal)
    terminal.wait_for("hello")
    assert modes(terminal) != before
    terminal.signal(number)
    assert terminal.wait() == -number
    assert terminal.left_changed() == []
    assert modes(terminal) == before
    assert terminal.screen() == [""] * terminal.rows
    assert left_in(home) == []


def test_the_demo_leaves_nothing(start: Start, temporary: Path) -> None:
    terminal = start(earwig("demo"))
    before = modes(terminal)
    terminal.wait_for("Quit")
    assert list(temporary.iterdir()) != []
    terminal.signal(signal.SIGQUIT)
    assert terminal.wait() == -signal.SIGQUIT
    assert (terminal.left_changed(), modes(terminal)) == ([], before)
    assert list(temporary.iterdir()) == []


STUCK = """
import sys, time
from earwig.__main__ import main
from earwig.ui.app.app import EarwigApp

def stuck(self):
    print("now", file=sys.__stderr__, flush=True)
    while True:
        time.sleep(0.01)

EarwigApp.action_toggle_help = stuck
sys.exit(main())
"""


def test_one_that_is_stuck_is_ended_all_the_same(start: Start, workspace: Workspace) -> None:
    terminal = start([sys.executable, "-c", STUCK, str(workspace.path)])
    before = modes(terminal)
    terminal.wait_for("hello")
    terminal.press("?")
    terminal.wait_for_bytes(b"now")
    terminal.signal(signal.SIGQUIT)
    assert terminal.wait() == 128 + signal.SIGQUIT
    assert (terminal.left_changed(), modes(terminal)) == ([], before)


def test_told_to_end_while_a_pager_has_the_terminal(start: Start, tmp_path: Path, temporary: Path) -> None:
    programs = Programs(tmp_path / "bin")
    ready = programs.folder / "ready"
    pager = programs.add("see", script=f"echo $$ > '{ready}.new'; mv '{ready}.new' '{ready}'; exec sleep 60")
    terminal = start(PAGER=str(pager))
    before = modes(terminal)
    terminal.wait_for("hello")
    terminal.press("p")
    wait_until(ready.exists, "the pager runs")
    terminal.signal(signal.SIGUSR1)
    assert terminal.wait() == -signal.SIGUSR1
    assert (terminal.left_changed(), modes(terminal)) == ([], before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(ready.read_text()), 0)
    assert list(temporary.iterdir()) == []


def test_told_to_end_while_a_pager_that_hears_nothing_has_the_terminal(
    start: Start, tmp_path: Path, temporary: Path
) -> None:
    programs = Programs(tmp_path / "bin")
    ready = programs.folder / "ready"
    pager = programs.add(
        "deaf",
        script=f"trap '' TERM HUP; stty raw -echo; echo $$ > '{ready}.new'; mv '{ready}.new' '{ready}'\n"
        "while :; do sleep 1; done",
    )
    terminal = start(PAGER=str(pager))
    before = modes(terminal)
    terminal.wait_for("hello")
    terminal.press("p")
    wait_until(ready.exists, "the pager runs")
    terminal.signal(signal.SIGTERM)
    assert terminal.wait() == 128 + signal.SIGTERM
    assert (terminal.left_changed(), modes(terminal)) == ([], before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(ready.read_text()), 0)
    assert list(temporary.iterdir()) == []


TELLS = r"""
env | sort | grep -v '^_='
for each in /proc/$$/fd/*; do echo "${each##*/} $(readlink "$each")"; done |
    sed -e 's,/dev/pts/[0-9]*,TERMINAL,' -e '/ $/d'
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has is told by Linux")
@pytest.mark.parametrize("more", [{}, {"TEXTUAL_FPS": "30", "LESSOPEN": "|cat %s"}], ids=["", "set"])
def test_a_program_has_the_reader_s_environment_signals_and_handles(
    start: Start, tmp_path: Path, more: dict[str, str]
) -> None:
    programs = Programs(tmp_path / "bin")
    told, status = programs.folder / "told", programs.folder / "status"
    # A shell blocks signals while it starts a program; what it becomes has those of its own start.
    script = f"{{ {TELLS} }} > '{told}' 2>&1; exec cat /proc/self/status > '{status}'"
    pager = programs.add("see", script=script)
    seen = []
    for command in ([str(pager)], None):
        terminal = start(command, PAGER=str(pager), **more)
        if command is None:
            terminal.wait_for("hello")
            terminal.press("p")
        wait_until(lambda: status.exists() and "ctxt" in status.read_text(), "it was run")
        signals = re.findall("^Sig(?!Q).*", status.read_text(), re.MULTILINE)
        seen.append({*told.read_text().splitlines(), *signals})
        status.unlink()
    assert seen[1] ^ seen[0] == set()
    assert seen[0] > {"0 TERMINAL", "SigBlk:\t0000000000000000"}


UNREADABLE = [
    *(b"\xff", b"\xe4", b"\xe9", b"\xed\xa0\x80", b"\x80" * 100, b"\0", b"\x1b[99999999u", b"\x1b[55296u"),
    *(b"\x1b[55296;;55296u", b"\x1b[1114112;5u", b"\x1b[97;1:3u", b"\x1b[57441u", b"\x1b[0u", b"\x1b[0;0R"),
    *(b"\x1b[48;0;0;0;0t", b"\x1b[48;-1;5;0;0t", b"\x1b[48;99999;99999;1;1t", b"\x1b[48;9;9;9;9t"),
    *(b"\x1b[<35;9999;9999M", b"\x1b[<0;999999999;9999999M", b"\x1b[<0;-1;-5M", b"\x1b[M\xff\xff\xff"),
    *(b"\x1b[" + b"1;" * 50_000 + b"q", b"\x1b]11;rgb:1/2/3\x1b\\", b"\x1bP>|q\x1b\\", b"\x1b[?62;4c"),
]
"""Pieces of input that are no key."""


def test_bytes_that_cannot_be_read_end_nothing_and_the_next_key_is_heard(start: Start, home: Path) -> None:
    terminal = start()
    terminal.wait_for("hello")
    for _ in range(10):  # the palette, and a click that closes it before it is there
        terminal.send(b"\x10\x1b[<0;1;1M\x1b[<0;1;1m\x1b[27u")
    terminal.press("tab", "/")
    typed = ""
    for letter, piece in zip("abcdefghijklmnopqrstuvwxyz", UNREADABLE, strict=True):
        terminal.send(piece)
        terminal.send(letter)
        typed += letter
        terminal.wait_for(typed)
    terminal.send(b"\xc3")
    terminal.send(b"\xa9")
    terminal.send(b"\x1b[200~1\xcc\x1b[201~2")
    terminal.wait_for(f"{typed}é12")
    terminal.wait_for("0 of 1")
    chance = random.Random(7)
    for _ in range(200):
        kinds = (bytes(chance.choices(range(0x80, 0x100), k=20)), chance.choice(UNREADABLE))
        terminal.send(chance.choice(kinds))
    terminal.send(b"\x1b[200~lost")
    time.sleep(0.2)  # longer than what comes with Escape may take
    terminal.send(b"\x1b")
    terminal.wait_for(lambda screen: "0 of 1" not in screen[0], what="a list without a filter")
    terminal.press("/", *"heard")
    terminal.wait_for("heard")
    terminal.send(b"\x1b[27uq")
    assert terminal.wait() == 0
    assert terminal.left_changed() == []
    assert left_in(home) == []


UNREADABLE_TERMINAL = """
import sys
from earwig.__main__ import main
from earwig.ui.textual_compat import unix_driver

def read_input(terminal, seconds):
    if b"!" in (data := read(terminal, seconds) or b""):
        raise OSError(9, "what alice said")
    return data or None

read = unix_driver.read_input
unix_driver.read_input = read_input
sys.exit(main())
"""


def test_a_terminal_that_cannot_be_read_is_told_of(start: Start, workspace: Workspace) -> None:
    terminal = start([sys.executable, "-c", UNREADABLE_TERMINAL, str(workspace.path)])
    before = modes(terminal)
    terminal.wait_for("hello")
    terminal.press("!")
    assert terminal.wait() == 2
    assert (terminal.left_changed(), modes(terminal)) == ([], before)
    terminal.wait_for("OSError (its text is left out")
    assert b"what alice said" not in terminal.raw


def test_what_a_killed_browser_leaves_goes_with_the_next_start(
    start: Start, tmp_path: Path, temporary: Path
) -> None:
    programs = Programs(tmp_path / "bin")
    ready = programs.folder / "ready"
    pager = programs.add("see", script=f"echo $$ > '{ready}.new'; mv '{ready}.new' '{ready}'; exec sleep 60")
    killed, living = start(PAGER=str(pager)), start(PAGER=str(pager))
    kept: list[Path] = []
    for terminal in (living, killed):
        terminal.wait_for("hello")
        terminal.press("p")
        wait_until(ready.exists, "the pager runs")
        ready.unlink()
        kept = kept or list(temporary.iterdir())
    assert len(list(temporary.iterdir())) == 2
    killed.signal(signal.SIGKILL)
    killed.wait()
    start().wait_for("hello")
    wait_until(lambda: list(temporary.iterdir()) == kept, "what was left over is gone, and nothing else")


def test_what_a_killed_demo_leaves_goes_with_the_next(start: Start, temporary: Path) -> None:
    killed = start(earwig("demo"))
    killed.wait_for("Quit")
    (left,) = temporary.iterdir()
    killed.signal(signal.SIGKILL)
    killed.wait()
    again = start(earwig("demo"))
    again.wait_for("Quit")
    (new,) = temporary.iterdir()
    assert new != left
    again.press("q")
    assert again.wait() == 0
    assert list(temporary.iterdir()) == []
