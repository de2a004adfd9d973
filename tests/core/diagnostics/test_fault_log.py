"""earwig's own log: made only when there is a fault, readable by its owner alone, small."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from earwig.core.diagnostics.fault_log import LARGEST, FaultLog
from earwig.core.diagnostics.fault_report import report_lines
from earwig.core.text.safe_text import own_text

SAID = "what alice told the bot"
WHERE = own_text("a test")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where logs go on this system, but in a folder of the test's own."""
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "state"))
    return tmp_path / "state"


def failed() -> Exception:
    try:
        int(SAID)
    except ValueError as error:
        return error
    raise AssertionError


def logs(state: Path) -> list[Path]:
    return sorted(path for path in state.rglob("*") if path.is_file())


def test_nothing_is_made_before_there_is_a_fault(state: Path) -> None:
    FaultLog()
    assert not state.exists()


def test_a_fault_is_written_down_for_the_owner_alone(state: Path) -> None:
    noted = FaultLog().note(failed(), WHERE)
    assert noted.problem is None
    (path,) = logs(state)
    assert str(path) == noted.path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    text = path.read_text()
    assert re.match(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ a fault in a test\nearwig .*, Python 3.*, Textual \d", text
    )
    assert "TERM=" in text
    assert "tests/core/diagnostics/test_fault_log.py" in text
    assert SAID not in text
    assert SAID not in "".join(report_lines(noted))
    assert noted.path in "".join(report_lines(noted))


def test_the_same_fault_is_written_down_once(state: Path) -> None:
    log = FaultLog()
    seen = [log.note(failed(), WHERE).is_new for _ in range(100)]
    assert seen == [True] + [False] * 99
    assert logs(state)[0].read_text().count("ValueError") == 1


def test_a_process_that_fails_in_every_way_writes_a_bounded_log(state: Path) -> None:
    log = FaultLog()
    for number in range(200):
        log.note(type(f"Fault{number}", (Exception,), {})(), WHERE)
    assert logs(state)[0].read_text().count("a fault in") == 50


def test_the_log_is_bounded_over_all_processes(state: Path) -> None:
    for _ in range(3):
        FaultLog().note(failed(), WHERE)
        logs(state)[0].write_bytes(b"x" * (LARGEST + 1))
    FaultLog().note(failed(), WHERE)
    new, old = logs(state)
    assert new.stat().st_size < 10_000
    assert old.stat().st_size == LARGEST + 1
    assert new.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows opens what a link leads to")
def test_a_link_in_its_place_is_not_followed(state: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    FaultLog().note(failed(), WHERE)
    (path,) = logs(state)
    path.unlink()
    path.symlink_to(elsewhere)
    noted = FaultLog().note(failed(), WHERE)
    assert noted.problem is not None
    assert elsewhere.read_text() == "mine"


@pytest.mark.parametrize("way", ["full", "file in the way", "no home"])
def test_where_it_cannot_be_written_the_report_says_so_and_is_longer(
    way: str, state: Path, tmp_path: Path
) -> None:
    program = f"""
import os, pwd, resource, sys
from earwig.core.diagnostics.fault_log import FaultLog
from earwig.core.diagnostics.fault_report import report_lines
from earwig.core.text.safe_text import own_text

if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
if sys.argv[1] == "no home":
    def unknown(uid): raise KeyError(uid)
    pwd.getpwuid = unknown
try:
    raise ValueError({SAID!r})
except ValueError as error:
    print("\\n".join(report_lines(FaultLog().note(error, own_text("a test")))))
"""
    environ = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_STATE_HOME")}
    if way != "no home":
        environ |= {"HOME": str(state), "XDG_STATE_HOME": str(state)}
    if way == "file in the way":
        state.write_text("")
    done = subprocess.run(
        [sys.executable, "-c", program, way],
        env=environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert "No details could be written to " in done.stdout
    assert "Please copy these lines" in done.stdout
    assert "earwig 0" in done.stdout
    assert SAID not in done.stdout
    assert not list(tmp_path.glob("~*"))


@pytest.mark.parametrize("place", ["fail()", "thread = Thread(target=fail); thread.start(); thread.join()"])
def test_what_nobody_catches_is_told_so(place: str, state: Path) -> None:
    program = f"""
from threading import Thread
from earwig.core.diagnostics.fault_log import faults
from earwig.core.diagnostics.fault_report import report_faults

class Last:
    def __del__(self):
        raise KeyError({SAID!a})

def fail():
    Last()
    raise ValueError({SAID!a})

report_faults(faults)
{place}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert "ValueError (its text is left out: it may quote a message)" in done.stderr
    assert SAID not in done.stderr
    assert "KeyError" in logs(state)[0].read_text()
