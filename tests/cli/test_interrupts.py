"""Commands that go on until they are interrupted."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from earwig.cli import following
from earwig.cli.following import HeardEvents, end_by_interrupt, forget_interrupt, next_events
from earwig.cli.output import Output
from earwig.cli.plain.browser import PlainBrowser
from earwig.core.follow.arrivals import Arrivals
from earwig.core.model.session import SessionId
from earwig.core.settings.settings import Settings
from earwig.core.stores.jsonl.folder import FolderStore


@pytest.fixture
def interruptible() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    end_by_interrupt()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    following._interrupted.clear()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_whose_exception_is_lost_ends_the_command_all_the_same(number: signal.Signals) -> None:
    events = HeardEvents(Output(None))
    assert not next_events(events, time.monotonic())
    with suppress(KeyboardInterrupt):  # as Python does in callbacks of its own
        signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        next_events(events, time.monotonic())


@pytest.mark.usefixtures("interruptible")
def test_one_that_is_lost_ends_the_following_of_the_plain_browser_as_well(tmp_path: Path) -> None:
    output = Output(io.StringIO())
    browser = PlainBrowser(FolderStore([tmp_path]), Settings(), output, output)
    arrivals = Arrivals(FolderStore([tmp_path]), lambda _: pytest.fail("nothing is read"), lambda *_: None)
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        browser._follow(arrivals, SessionId(str(tmp_path / "a.jsonl")))
    with pytest.raises(KeyboardInterrupt):
        browser._typed()
    forget_interrupt()
    browser._events.put("q")
    assert browser._typed() == "q"


def test_one_that_comes_while_code_in_a_string_runs_leaves_the_status_to_the_command(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import runpy, sys\n"
        "from earwig.cli import tail_command\n"
        "def run(*given):\n"
        "    try:\n"
        "        exec('raise KeyboardInterrupt')\n"
        "    except KeyboardInterrupt:\n"
        "        return 0\n"
        "tail_command.run = run\n"
        "sys.argv = ['earwig', 'tail']\n"
        "runpy.run_module('earwig', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False)
    assert done.returncode == 0
