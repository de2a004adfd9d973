"""The reader's pager and editor: found, run without a shell, and told of where it does not work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from earwig.core.system.programs import NoProgram, Ran, editor, pager, run_in_terminal
from tests.conftest import SECONDS, need_tool, wait_until
from tests.programs import Programs
from tests.this_system import needs_unix

needs_unix("shell scripts that stand for programs, and no signals")
assert sys.platform != "win32"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    programs = Programs(tmp_path / "bin")
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs.folder), "/usr/bin", "/bin"]))
    return programs


def test_the_reader_s_own_words_are_split_as_a_shell_would(programs: Programs) -> None:
    program = str(programs.add("my pager"))
    assert pager({"PAGER": "'my pager' -R '+set x'"}) == [program, "-R", "+set x"]
    assert editor({"EDITOR": "'my pager' --wait"}) == [program, "--wait"]
    assert editor({"EDITOR": "nothing", "VISUAL": "'my pager'"}) == [program]


def test_no_shell_reads_them(programs: Programs, tmp_path: Path) -> None:
    programs.add("see")
    command = pager({"PAGER": "see $(touch x) ; touch y | z"})
    assert command[1:] == ["$(touch", "x)", ";", "touch", "y", "|", "z"]
    assert run_in_terminal(command, tmp_path / "file").problem is None
    assert programs.arguments("see")[-1] == str(tmp_path / "file")
    assert not Path("y").exists()


def test_without_a_choice_the_system_s(programs: Programs) -> None:
    programs.add("less")
    programs.add("vi")
    assert pager({})[0] == pager({"PAGER": ""})[0] == str(programs.folder / "less")
    assert editor({}) == [str(programs.folder / "vi")]


@pytest.mark.parametrize("name", ["vim", "vim.basic", "nvim", "gvim"])
def test_vim_takes_no_settings_from_a_text(programs: Programs, name: str) -> None:
    programs.add(name)
    (programs.folder / "vi").symlink_to(programs.folder / name)
    assert editor({"EDITOR": "vi -n"})[1:] == ["--cmd", "autocmd BufReadPre * setlocal nomodeline", "-n"]
    programs.add("nano")
    assert editor({"EDITOR": "nano"})[1:] == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no-such-program -x", "There is no program no-such-program; set $PAGER to one that you have."),
        ("a 'b", "$PAGER has a quote that is not closed; nothing was run."),
        ("  ", "There is no program   ; set $PAGER to one that you have."),
        ("\x1b[2J", "There is no program ␛[2J; set $PAGER to one that you have."),
    ],
)
def test_what_is_missing_is_told(text: str, sentence: str) -> None:
    with pytest.raises(NoProgram) as caught:
        pager({"PAGER": text})
    assert caught.value.sentence == sentence


def test_how_it_ended(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earwig.core.system.programs._LEFT_AT_ONCE", 60.0)
    good = programs.add("good")
    assert run_in_terminal([str(good)], tmp_path / "file") == Ran(at_once=True)
    bad = programs.add("bad", status=3)
    assert run_in_terminal([str(bad)], tmp_path / "file").problem == "bad ended with status 3."
    no_program = programs.folder / "no program"
    no_program.write_bytes(b"\x7fELF nonsense")
    no_program.chmod(0o755)
    assert run_in_terminal([str(no_program)], tmp_path / "file").problem == (
        "no program could not be run: Exec format error."
    )


def test_less_has_no_other_program_change_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LESSOPEN", "|sed s/said/altered/ %s")
    (tmp_path / "my-pager").symlink_to(need_tool("less"))
    (tmp_path / "file").write_text("what was said\n")
    command = pager({"PAGER": f"'{tmp_path / 'my-pager'}' -R"})
    assert run_in_terminal(command, tmp_path / "file").problem is None
    assert capfd.readouterr().out == "what was said\n"


def test_a_program_has_the_reader_s_environment(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESSOPEN", "|lesspipe %s")
    out = tmp_path / "environ"
    program = programs.add("see", script=f"env -0 > '{out}'")
    run_in_terminal([str(program)], tmp_path / "file")
    seen = dict(entry.split("=", 1) for entry in out.read_text().split("\0") if entry)
    # The shell's own; and what a library that reads lines sets without Python knowing it.
    of_the_shell = {"_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES"}
    assert {name: seen[name] for name in seen.keys() - of_the_shell} == {
        name: value for name, value in os.environ.items() if name not in of_the_shell
    }


WAITS = """
import signal, sys, threading, pathlib
sys.path.insert(0, sys.argv[1])
told = []
for name in ("SIGTERM", "SIGINT"):
    signal.signal(getattr(signal, name), lambda number, frame: told.append(number))
from earwig.core.system.programs import run_in_terminal
ran = run_in_terminal(sys.argv[2:3], pathlib.Path("file"))
print(ran.problem, told, flush=True)
"""


def start_waiting(programs: Programs) -> tuple[subprocess.Popen[str], Path]:
    ready = programs.folder / "ready"
    program = programs.add("waits", script=f"echo $$ > '{ready}'; exec sleep 60")
    source = Path(__file__).parents[3] / "tui"
    command = [sys.executable, "-c", WAITS, str(source), str(program)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: ready.exists() and ready.read_text().strip(), "the program runs")
    return process, ready


def test_an_interrupt_is_the_program_s_alone(programs: Programs) -> None:
    process, ready = start_waiting(programs)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)  # it must not end, for which there is no sign to wait for
    assert process.poll() is None
    os.kill(int(ready.read_text()), signal.SIGKILL)
    out, _ = process.communicate(timeout=30)
    assert out == "waits ended with status -9. []\n"


def test_told_to_end_it_ends_the_program_first(programs: Programs) -> None:
    process, ready = start_waiting(programs)
    child = int(ready.read_text())
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert out == f"waits ended with status -15. [{signal.SIGTERM.value}]\n"
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


TOLD_AT_ONCE = """
import os, pathlib, signal, subprocess, sys
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGTERM, lambda number, frame: None)
from earwig.core.system.programs import run_in_terminal
class Started(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Started
print(run_in_terminal(sys.argv[2:3], pathlib.Path("file")).problem, flush=True)
"""


def test_told_to_end_while_the_program_starts_it_ends_it_too(programs: Programs) -> None:
    program = programs.add("waits", script="exec sleep 600")
    source = Path(__file__).parents[3] / "tui"
    command = [sys.executable, "-c", TOLD_AT_ONCE, str(source), str(program)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.stdout == "waits ended with status -15.\n"


def test_signals_are_as_they_were(programs: Programs, tmp_path: Path) -> None:
    assert threading.current_thread() is threading.main_thread()
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    run_in_terminal([str(programs.add("see"))], tmp_path / "file")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
