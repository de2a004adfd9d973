"""What tests of every level share: a quiet, equal environment, sessions on disk, and waiting."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.core.bot_writer import lines_of

if TYPE_CHECKING:
    from earwig.core import SessionStore

SECONDS = 30.0
"""How long anything that must come may take on a busy machine."""

MOST_WORKERS = 12
"""Each holds some 200 MB."""

TOOLS_REQUIRED = "EARWIG_CI_TOOLS"
"""Set to `required`, a test that lacks a tool of the system fails; else it is skipped."""

FOR_THE_TESTS = (TOOLS_REQUIRED, "EARWIG_SEQUENCES", "EARWIG_BURSTS", "EARWIG_SEED")
"""No settings of the program: they stay."""

_SNAPSHOT_PLUGIN = "TEXTUAL_SNAPSHOT"
"""Begins the variables that the plugin of the screen pictures sets for its workers."""

_CHANGES_LOOKS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LC_ALL", "TERM_PROGRAM")


def _make_environment_equal() -> None:
    """Before Textual is imported: it reads its settings once."""
    for name in list(os.environ):
        settings = name.startswith(("TEXTUAL", "ZEROCLAW")) and not name.startswith(_SNAPSHOT_PLUGIN)
        settings = settings or (name.startswith("EARWIG_") and name not in FOR_THE_TESTS)
        if settings or name in _CHANGES_LOOKS:
            del os.environ[name]
    os.environ |= {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
    if hasattr(time, "tzset"):
        time.tzset()


def _hear_signals() -> None:
    """What `nohup` has this process ignore, each program that it starts would ignore too.

    A handler is not handed on to a program.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


_make_environment_equal()
_hear_signals()

# A busy machine is no fault of an example.
settings.register_profile("earwig", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("earwig")


def pytest_xdist_auto_num_workers() -> int:
    """How many processes run the tests: two a core, because most tests wait for a program or a terminal."""
    return max(3, min(2 * (os.cpu_count() or 1), MOST_WORKERS))


def pytest_collection_finish() -> None:
    """Let no search for garbage look at what lasts as long as the tests: modules, the tests themselves."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _freezes() -> Iterator[list[None]]:
    """How often a test, or a program in it, has set all aside: to count what is set aside costs more."""
    freeze, noted = gc.freeze, list[None]()

    def note() -> None:
        noted.append(None)
        freeze()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", note)
        yield noted


@pytest.fixture(autouse=True)
def _garbage_is_collected(_freezes: list[None]) -> Iterator[None]:
    """Whatever a test or the program under it tells the collector: what the test has left is freed."""
    _freezes.clear()
    yield
    if _freezes:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
    gc.enable()


@pytest.fixture
def nothing_frozen() -> Iterator[None]:
    """The collector as a program has it that has told it nothing."""
    gc.unfreeze()
    yield
    gc.freeze()


def need_tool(name: str) -> str:
    """The path of a program that the test runs; without it, the test is skipped or fails."""
    path = shutil.which(name)
    if path is not None:
        return path
    if os.environ.get(TOOLS_REQUIRED) == "required":
        pytest.fail(f"{name} is not installed, and {TOOLS_REQUIRED} says that it must be", pytrace=False)
    pytest.skip(f"{name} is not installed")


def wait_until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Wait until a condition holds; fails with `what` if it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            pytest.fail(f"after {seconds:g} s still not: {what}")
        time.sleep(0.01)


async def until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """As `wait_until`, and lets the event loop run."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            pytest.fail(f"after {seconds:g} s still not: {what}")
        await asyncio.sleep(0.01)


class Workspace:
    """A bot's workspace, and the bot's hand in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sessions = path / "sessions"
        self.sessions.mkdir(parents=True)

    @property
    def store(self) -> SessionStore:
        """The bot's own way to write and load."""
        from earwig.core import SessionStore

        return SessionStore(self.path)

    def file(self, key: str) -> Path:
        """Where a session of this name is."""
        return self.sessions / f"{key}.jsonl"

    def say(self, key: str, *contents: str, role: str = "user") -> Path:
        """Append messages; their session's file."""
        with self.file(key).open("ab") as file:
            file.write(lines_of((role, content) for content in contents))
        return self.file(key)

    def write(self, key: str, data: bytes, *, age: float = 0.0) -> Path:
        """Put any bytes into a session; `age`: seconds since its last activity."""
        path = self.file(key)
        path.write_bytes(data)
        self.grow_old(key, age)
        return path

    def grow_old(self, key: str, age: float) -> None:
        """Set a session's last activity to `age` seconds ago."""
        then = time.time() - age
        os.utime(self.file(key), (then, then))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "bot")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home
