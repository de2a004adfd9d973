"""The reader's programs: they get a copy, and the terminal for as long as they run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import SuspendNotSupported

from earwig.core.system.background import Background
from earwig.core.system.copies import Copy
from earwig.core.system.programs import Ran
from earwig.ui.screens.controllers.programs import Programs
from tests.ui.screens.controllers.fake_host import FakeHost


class Terminal:
    """What is given away; `Programs` knows of it meanwhile."""

    def __init__(self) -> None:
        self.given = 0
        self.refuses = False

    @contextmanager
    def suspend(self) -> Iterator[None]:
        if self.refuses:
            raise SuspendNotSupported
        self.given += 1
        yield


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("EDITOR", "cat")
    monkeypatch.delenv("VISUAL", raising=False)
    return Terminal()


class Runs:
    """Stands for running a program: keeps what it would have seen."""

    def __init__(self, ran: Ran = Ran(), *, writes: bytes = b"") -> None:  # noqa: B008 - a tuple
        self.seen: list[bytes] = []
        self.away: list[bool] = []
        self._ran = ran
        self._writes = writes
        self.programs: Programs | None = None

    def __call__(self, command: object, path: Path) -> Ran:
        self.seen.append(path.read_bytes())
        self.away.append(self.programs is not None and self.programs.away)
        if self._writes:
            path.write_bytes(self._writes)
        return self._ran


def made(
    host: FakeHost, terminal: Terminal, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> tuple[Programs, Background]:
    monkeypatch.setattr("earwig.core.system.programs.run_in_terminal", runs)
    background = Background()
    host.suspended = terminal.suspend
    runs.programs = programs = Programs(host, background)
    return programs, background


def test_a_pager_gets_a_clean_copy_an_editor_what_is_stored(
    host: FakeHost, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runs = Runs()
    programs, background = made(host, terminal, runs, monkeypatch)
    background.start()
    programs.show_text(b"a\x1bb", edit=False)
    host.run_until(lambda: len(runs.seen) == 1)
    programs.show_text(b"a\x1bb", edit=True)
    host.run_until(lambda: len(runs.seen) == 2)
    background.stop()
    assert runs.seen == ["a␛b\n".encode(), b"a\x1bb"]
    assert runs.away == [True, True]
    assert not programs.away
    assert terminal.given == 2
    assert list(tmp_path.rglob("*.txt")) == []
    assert host.words == []


def test_what_an_editor_changes_is_said_to_be_gone(
    host: FakeHost, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, _ = made(host, terminal, Runs(writes=b"something else"), monkeypatch)
    programs.run(["cat"], Copy("message.txt", [b"hello"]), edit=True)
    assert host.words == ["What was changed is a copy, and is gone: the session is as it was."]


def test_an_editor_with_a_window_of_its_own_keeps_the_file(
    host: FakeHost, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, _ = made(host, terminal, Runs(Ran(at_once=True)), monkeypatch)
    copy = Copy("message.txt", [b"hello"])
    programs.run(["code"], copy, edit=True)
    assert copy.path.exists()
    programs.run(["less"], copy)
    assert not copy.path.exists()


def test_where_the_terminal_cannot_be_given_away_that_is_said(
    host: FakeHost, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, _ = made(host, terminal, Runs(), monkeypatch)
    terminal.refuses = True
    copy = Copy("message.txt", [b"hello"])
    programs.run(["cat"], copy)
    assert host.words == ["The terminal cannot be given to another program here; c copies."]
    assert not copy.path.exists()
    assert not programs.away


def test_without_a_program_nothing_is_made(
    host: FakeHost, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, _ = made(host, terminal, Runs(), monkeypatch)
    monkeypatch.setenv("PAGER", "no-such-pager")
    programs.show_text(b"hello", edit=False)
    assert programs.find(edit=False) is None
    assert [told.severity for told in host.notifications] == ["warning"] * 2
