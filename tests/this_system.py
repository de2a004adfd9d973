"""What tests need of the system: where it is missing, they are skipped and say why."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def needs_unix(what: str) -> None:
    """Skip all tests of a module on Windows, where it has not what is named.

    Where names follow that are not there on Windows, `assert sys.platform != "win32"` comes next: for
    Windows, mypy checks nothing behind it.
    """
    if sys.platform == "win32":
        import pytest  # here: programs that tests start import this module as well

        pytest.skip(f"Windows has no {what}", allow_module_level=True)


def needs_scripts() -> None:
    """Skip the test where a file with shell commands is no program."""
    if sys.platform == "win32":
        _skip("programs that are shell scripts")


def is_root() -> bool:
    """Whether this process may read everything."""
    return sys.platform != "win32" and os.geteuid() == 0


def make_pipe(path: Path, mode: int = 0o666) -> None:
    """Make a named pipe, or skip the test."""
    if sys.platform == "win32":
        _skip("named pipes among its files")
    else:
        os.mkfifo(path, mode)


def opened_pipe(path: Path, flags: int) -> int:
    """Make a named pipe, and open it without waiting for the other side; or skip the test."""
    make_pipe(path)
    if sys.platform != "win32":
        flags |= os.O_NONBLOCK
    return os.open(path, flags)


@contextmanager
def bound_socket(path: Path) -> Iterator[None]:
    """Have a socket among the files, or skip the test. Its path may have some hundred bytes at most."""
    if sys.platform == "win32":
        _skip("sockets among its files")
        yield
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.fspath(path))
            yield


def permissions_of(path: Path) -> int:
    """Who may do what with a file, or skip the test."""
    if sys.platform == "win32":
        _skip("permissions of this kind")
    return stat.S_IMODE(path.stat().st_mode)


def handles() -> list[int]:
    """What this process has open, with the handle that looked; or skip the test."""
    import pytest

    try:
        return [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208 - handles, not files
    except OSError:
        pytest.skip("this system does not list open files")


def needs_process_list() -> None:
    """Skip the test where the system does not tell which processes run, and what they are."""
    import pytest

    if not Path("/proc/self/stat").exists():
        pytest.skip("this system has no list of processes among its files")


def needs_signals() -> None:
    """Skip the test where a process cannot be told to end in good order."""
    if sys.platform == "win32":
        _skip("signals of this kind")


def interrupt_group(leader: int) -> None:
    """Do what a terminal does at Ctrl+C, or skip the test."""
    if sys.platform == "win32":
        _skip("groups of processes")
    else:
        os.killpg(leader, signal.SIGINT)


def use_time_zone() -> None:
    """Have this process's time zone as the environment says now, or skip the test."""
    if sys.platform == "win32":
        _skip("time zone of a process's own")
    else:
        time.tzset()


def _skip(what: str) -> None:
    import pytest

    pytest.skip(f"Windows has no {what}")
