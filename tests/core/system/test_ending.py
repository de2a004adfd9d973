"""The end of a process: by a signal, in good order, and for certain."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from earwig.core.system.ending import ending_signals, is_usual, told_of_signals
from tests.this_system import needs_unix

needs_unix("signals that a process can put itself in order at")
assert sys.platform != "win32"

PROGRAM = """\
import time
from earwig.core.system.ending import end_within
end_within({seconds}, 143)
{rest}
"""


def status_of(seconds: float, rest: str) -> int:
    program = PROGRAM.format(seconds=seconds, rest=rest)
    return subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode


def test_what_hangs_is_ended_with_the_status() -> None:
    assert status_of(0.1, "time.sleep(60)") == 143


def test_what_ends_in_good_order_is_not_waited_for() -> None:
    assert status_of(60, "raise SystemExit(7)") == 7


STOOD_STILL = """\
import os, sys, threading, time
from earwig.core.system.ending import end_within, join_within

def work():
    time.sleep(0.1)
    print("begun", flush=True)  # and waited for
    sys.stdin.readline()
    time.sleep(0.2)
    os._exit(7)

thread = threading.Thread(target=work, daemon=True)
thread.start()
{waits}
"""


@pytest.mark.parametrize("waits", ["end_within(1.0, 143)\nthread.join()", "join_within(thread, 1.0)"])
def test_time_in_which_it_stands_still_is_not_taken_from_what_it_does_at_the_end(waits: str) -> None:
    pipe, command = subprocess.PIPE, [sys.executable, "-c", STOOD_STILL.format(waits=waits)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.2)  # longer than it had
        process.send_signal(signal.SIGCONT)
        process.communicate(b"\n", timeout=30)
    assert process.returncode == 7


POSIX = pytest.mark.skipif(not ending_signals(), reason="signals are POSIX")

TOLD = """\
import atexit, os, signal, sys, time
from earwig.core.system import ending

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for number in ending.ending_signals():  # as a terminal leaves them
    signal.signal(number, signal.SIG_DFL)
{before}
ending.end_by_signals()
atexit.register(lambda: print("cleaned up at exit"))
def wait():
    print("begun", flush=True)
    for _ in range(600):  # a signal that comes just before a sleep is seen behind it
        time.sleep(0.1)

try:
    {meanwhile}
finally:
    print("cleaned up")
"""


def told(number: int, meanwhile: str = "wait()", before: str = "") -> tuple[int, str]:
    """How a process ends that is sent a signal, and what it prints."""
    code = "import resource\n" + TOLD.format(meanwhile=meanwhile, before=before)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        begun = process.stdout.readline()
        assert begun == "begun\n"
        process.send_signal(number)
        try:
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    return process.returncode, output


@POSIX
def test_which_signals_those_are() -> None:
    names = {number.name for number in signal.Signals if number in ending_signals()}
    assert {"SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGABRT", "SIGXCPU", "SIGVTALRM", "SIGPROF"} <= names
    assert {"SIGINT", "SIGTERM", "SIGHUP", "SIGIO", "SIGSYS"} <= names
    assert names.isdisjoint({"SIGKILL", "SIGSTOP", "SIGSEGV", "SIGCHLD", "SIGWINCH", "SIGTSTP", "SIGPIPE"})
    assert [number for number in ending_signals() if is_usual(number)] == [1, 2, 15]


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGQUIT", "SIGABRT"])
def test_it_cleans_up_and_dies_by_the_signal(name: str) -> None:
    number = getattr(signal, name)
    assert told(number) == (-number, "cleaned up\ncleaned up at exit\n")


@POSIX
def test_a_second_one_does_not_disturb() -> None:
    meanwhile = "\n    ".join(
        ["try: wait()", "finally: os.kill(os.getpid(), signal.SIGTERM); print('still in order')"]
    )
    assert told(signal.SIGHUP, meanwhile) == (
        -signal.SIGHUP,
        "still in order\ncleaned up\ncleaned up at exit\n",
    )


@POSIX
def test_what_is_ignored_stays_so() -> None:
    meanwhile = "os.kill(os.getpid(), signal.SIGHUP); wait()"
    status, output = told(signal.SIGTERM, meanwhile, "signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    assert (status, output) == (-signal.SIGTERM, "cleaned up\ncleaned up at exit\n")


@POSIX
def test_one_that_does_not_end_is_ended() -> None:
    meanwhile = "\n    ".join(
        ["ending.LAST_RESORT = 0.1", "while True:", "  try: wait()", "  except SystemExit: pass"]
    )
    assert told(signal.SIGUSR1, meanwhile) == (128 + signal.SIGUSR1, "begun\n")


@POSIX
def test_a_copy_of_the_process_ends_at_once() -> None:
    meanwhile = "\n    ".join(
        [
            "if not (child := os.fork()):",
            "  os.kill(os.getpid(), signal.SIGUSR1)",
            "  time.sleep(60)",
            "assert os.waitpid(child, 0)[1] == signal.SIGUSR1",
            "wait()",
        ]
    )
    assert told(signal.SIGTERM, meanwhile) == (-signal.SIGTERM, "cleaned up\ncleaned up at exit\n")


@POSIX
def test_each_of_them_is_told_of_in_a_block_and_then_as_before() -> None:
    heard: list[int] = []
    numbers = [number for number in ending_signals() if signal.getsignal(number) != signal.SIG_IGN]
    before = [signal.getsignal(number) for number in numbers]
    with told_of_signals(heard.append):
        for number in numbers:
            signal.raise_signal(number)
    assert heard == numbers
    assert [signal.getsignal(number) for number in numbers] == before
