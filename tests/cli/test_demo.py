"""`earwig demo` from beginning to end: what it shows, and that it leaves nothing behind however it ends."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwig.cli.demo import command, tour
from earwig.cli.demo.lifecycle import Signals
from earwig.cli.output import CannotDo
from earwig.core.system.leftovers import TemporaryFolder

DEMO = [sys.executable, "-m", "earwig", "demo"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
SIGNALS = pytest.mark.parametrize(
    "number", [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
)
ALICE = "telegram_default_5512048837_alice_k"


def begin(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "TMPDIR": str(folder), "_EARWIG_DEMO_SECONDS": str(seconds)}
    return subprocess.Popen(
        DEMO, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"not within 30 s: {what}"
        time.sleep(0.02)


def read_to(demo: subprocess.Popen[bytes], words: bytes) -> bytes:
    """What it prints up to a line with these words."""
    assert demo.stdout is not None
    read = b""
    while line := demo.stdout.readline():
        read += line
        if words in line:
            return read
    raise AssertionError(f"never printed {words!r}, but {read.decode()[-500:]}")


def is_clean(folder: Path) -> bool:
    """Whether the demo left no file, and no process that names the folder."""
    if list(folder.iterdir()):
        return False
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in process.read_bytes():
                return False
        except OSError:
            continue  # it ended while we looked
    return True


def test_without_a_terminal_it_prints_all_and_ends(tmp_path: Path) -> None:
    demo = begin(tmp_path, 8)
    output, error = demo.communicate(timeout=60)

    assert (demo.returncode, error) == (0, b"")
    text = output.decode()
    assert not {char for char in text if ord(char) < 32 and char != "\n"}, "no control sequences in a pipe"
    listed, shown, followed = (part.split("$ earwig ", 1)[1] for part in cut(text))
    assert listed.startswith("list ")
    assert listed.count("\n") >= 13
    assert "gw_7c1e4b52-90d3-4f6a-8a27-5be1d0f3c964" in listed
    assert listed.index(ALICE) < listed.index("minjun_park") < listed.index("Bo_Larsen"), "newest first"
    assert shown.startswith(f"show {ALICE} ")
    assert "Where is my order?" in shown
    assert "It left our depot **yesterday** and has just arrived:" in shown
    assert followed.startswith("tail ")
    # What was said before it followed is none of its business: a busy machine is late.
    assert re.search(r"^\S+  (user|assistant|tool)  #[0-9]+", followed, re.MULTILINE)
    assert "opens it in the browser" in followed
    assert is_clean(tmp_path)


def cut(text: str) -> list[str]:
    """The output in its three parts."""
    show, tail = text.index("$ earwig show"), text.index("$ earwig tail")
    return [text[:show], text[show:tail], text[tail:]]


def test_ten_seconds_unless_a_test_says_otherwise() -> None:
    assert tour.SECONDS == 10


@POSIX
@SIGNALS
def test_a_signal_while_it_follows_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    demo = begin(tmp_path, 60)
    read_to(demo, b"$ earwig tail")
    read_to(demo, b"  #")
    assert not is_clean(tmp_path)

    demo.send_signal(number)
    _, error = demo.communicate(timeout=30)

    assert demo.returncode in (0, 128 + number)
    assert b"Traceback" not in error
    until(lambda: is_clean(tmp_path), "nothing left behind")


@POSIX
@SIGNALS
def test_a_signal_before_it_has_begun_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    demo = begin(tmp_path, 60)
    until(lambda: bool(list(tmp_path.iterdir())), "the folder")

    demo.send_signal(number)
    demo.communicate(timeout=30)

    assert demo.returncode != -number, "it was not killed, it ended"
    until(lambda: is_clean(tmp_path), "nothing left behind")


@POSIX
def test_a_reader_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    demo = begin(tmp_path, 60)
    read_to(demo, b"$ earwig tail")

    assert demo.stdout is not None
    demo.stdout.close()
    demo.wait(timeout=30)

    until(lambda: is_clean(tmp_path), "nothing left behind")


class Broken(Exception):
    """Something unforeseen in what shows the workspace."""


def test_an_exception_leaves_nothing_and_comes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def show(workspace: Path) -> int:
        seen.append(len(list((workspace / "sessions").iterdir())))
        raise Broken

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tour, "print_tour", show)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with pytest.raises(Broken):
        command.run()

    assert seen[0] >= 12
    assert is_clean(tmp_path)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


@POSIX
@SIGNALS
def test_a_signal_while_it_cleans_up_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    @contextmanager
    def talking(_workspace: Path) -> Iterator[None]:
        yield
        signal.raise_signal(number)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(command, "talking", talking)
    monkeypatch.setattr(tour, "print_tour", lambda _workspace: 0)

    assert command.run() == 0
    assert is_clean(tmp_path)


@POSIX
def test_the_first_signal_counts_and_the_second_does_not_disturb() -> None:
    cleaned = []

    def disturbed() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            cleaned.append(True)

    with Signals(), pytest.raises(SystemExit) as ended:
        disturbed()

    assert ended.value.code == 128 + signal.SIGTERM
    assert cleaned


@POSIX
@SIGNALS
def test_a_signal_while_it_is_set_up_waits_until_all_can_be_cleaned_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    made: list[Path] = []

    class Folder(TemporaryFolder):
        def __init__(self, kind: str) -> None:
            super().__init__(kind)
            made.append(self.path)
            signal.raise_signal(number)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(command, "TemporaryFolder", Folder)

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        command.run()

    assert len(made) == 1
    assert is_clean(tmp_path)


@POSIX
def test_a_signal_that_waited_ends_the_block_then() -> None:
    steps: list[str] = []

    def interrupted() -> None:
        with signals.later():
            signal.raise_signal(signal.SIGTERM)
            steps.append("all set up")
        steps.append("goes on")

    with Signals() as signals, pytest.raises(SystemExit) as ended:
        interrupted()

    assert ended.value.code == 128 + signal.SIGTERM
    assert steps == ["all set up"]


@POSIX
def test_what_nohup_ignores_stays_ignored() -> None:
    number = signal.Signals["SIGHUP"]  # no attribute on Windows
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Signals():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_where_no_folder_can_be_made_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with pytest.raises(CannotDo) as refused:
        command.run()

    assert str(refused.value) == (
        "cannot set up the demo (No such file or directory); TMPDIR may name a folder with room for it"
    )


def test_on_a_terminal_it_opens_the_browser_on_that_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    opened: list[Path] = []

    def browse(workspace: Path) -> int:
        opened.append(workspace)
        return 0

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(command, "_browse", browse)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Terminal())

    assert command.run() == 0

    assert [workspace.parent for workspace in opened] == [tmp_path]
    assert is_clean(tmp_path)
