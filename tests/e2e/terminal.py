"""Runs a program in a terminal of its own, as a person would: keys go in, a screen comes out."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from earwig.core.system.processes import kill_group
from tests.e2e.emulator import Emulator
from tests.e2e.terminal_bytes import forbidden_controls, modes_restored

SECONDS = 30.0
"""How long anything that must come may take on a busy machine."""

HELD = 5.0
"""Seconds without a byte after which half of a frame is shown: whoever drew it was stopped, or is gone."""

ROOT = Path(__file__).parent.parent.parent

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    **{f"ctrl+{letter}": chr(ord(letter) & 0x1F) for letter in "abcdefghijklmnopqrstuvwxyz"},
}
"""What xterm sends for a key."""

IN_ITS_TERMINAL = ["/bin/sh", "-c", 'exec "$@" 0<>"$0" 1>&0 2>&0']
"""Begins a command: next comes the path of the terminal that is to control it, as does the first which the
leader of a new session opens. Python's `preexec_fn` would copy this process, which has threads: the copy may
wait for ever for a lock that one of them held."""

_MODE_QUERY = re.compile(rb"\x1b\[\?([0-9]+)\$p")
_ANSWERED_MODES = {b"2026"}
_RECOGNISED_OFF = 2
_LONGEST_QUERY = 16

Wanted = str | Callable[[list[str]], bool]


def earwig(*arguments: str | os.PathLike[str]) -> list[str]:
    """The command that starts the program under test."""
    return [sys.executable, "-m", "earwig", *(os.fspath(argument) for argument in arguments)]


_STATE = tempfile.TemporaryDirectory(prefix="earwig-state-")
MEMORY = tuple(
    f".local/state/earwig/{name}"
    for name in ("reading.json", ".reading.json", "counted.json", ".counted.json")
)
"""How the names begin, below a home, of what earwig remembers from run to run."""


def clean_environment(home: Path | None = None, **more: str) -> dict[str, str]:
    """This process's environment, without what would change the program's looks."""
    dropped = (
        "ZEROCLAW",
        "TEXTUAL",
        "NO_COLOR",
        "FORCE_COLOR",
        "LC_",
        "COLUMNS",
        "LINES",
        "TMUX",
        "STY",
        "XDG_",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TZ": "UTC"}
    if home is not None:
        kept["HOME"] = str(home)
    else:
        kept["XDG_STATE_HOME"] = _STATE.name  # nobody's own memory of what was read is touched
    return kept | more


def left_in(home: Path) -> list[str]:
    """The files that a program left in its home, but for its memory of what was read."""
    files = [path.relative_to(home).as_posix() for path in home.rglob("*") if not path.is_dir()]
    return [name for name in files if not name.startswith(MEMORY)]


class Terminal:
    """A program, the terminal it controls, and all that it sent there with the time of each piece.

    The terminal answers the one query that Textual needs an answer to (whether output can be held), and is
    otherwise silent.
    """

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        rows: int = 36,
        columns: int = 120,
        environ: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> None:
        self.rows, self.columns = rows, columns
        self._emulator = Emulator(rows, columns)
        self._fed = 0
        self._raw = bytearray()
        self._pieces: list[tuple[int, int]] = []
        """For each read: how many bytes there were after it, and when (`time.monotonic_ns`)."""

        self._news = threading.Condition()
        self._ended = False
        self._master, slave, name = _opened()
        try:
            self._set_size()
            self.started_ns = time.monotonic_ns()
            self.process = subprocess.Popen(
                [*IN_ITS_TERMINAL, name, *(os.fspath(part) for part in command)],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=cwd,
                env=clean_environment() if environ is None else dict(environ),
                start_new_session=True,
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        self._reader = threading.Thread(target=self._read, name="terminal-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # In.

    def send(self, keys: str | bytes) -> None:
        """Send characters as if typed; an escape sequence is a key."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            data = data[os.write(self._master, data) :]

    def press(self, *names: str) -> None:
        """Press keys by name: a name in `KEYS`, or one character."""
        for name in names:
            self.send(KEYS[name] if len(name) > 1 else name)

    def resize(self, rows: int, columns: int) -> None:
        """Take another size; the program gets SIGWINCH."""
        self.screen()
        self.rows, self.columns = rows, columns
        self._emulator.resize(rows, columns)
        self._set_size()

    # Out.

    @property
    def raw(self) -> bytes:
        """All bytes so far."""
        with self._news:
            return bytes(self._raw)

    @property
    def received(self) -> int:
        """How many bytes have come so far."""
        with self._news:
            return len(self._raw)

    def screen(self) -> list[str]:
        """The rows on the screen, without the blanks at their ends."""
        with self._news:
            data = bytes(self._raw[self._fed :])
            self._fed += len(data)
            last = self._pieces[-1][1] if self._pieces else self.started_ns
        self._emulator.feed(data)
        if time.monotonic_ns() - last > HELD * 1e9:
            self._emulator.release()
        return self._emulator.lines()

    def struck(self) -> list[str]:
        """Of each row on the screen, what has a line through it."""
        self.screen()
        return self._emulator.struck()

    def wait_for(self, wanted: Wanted, timeout: float = SECONDS, *, what: str = "") -> list[str]:
        """Wait until the screen holds a text, or is as a condition wants it; the screen then.

        Raises `AssertionError` with the screen that is there instead.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._news:
                seen, ended = len(self._raw), self._ended
            screen = self.screen()
            if _is_met(wanted, screen):
                return screen
            left = deadline - time.monotonic()
            if left <= 0 or (ended and seen == len(self._raw)):
                name = what or (repr(wanted) if isinstance(wanted, str) else wanted.__name__)
                why = "the program ended" if ended else f"{timeout:g} s passed"
                raise AssertionError(f"{why} without {name}:\n{self.picture()}")
            self._wait_for_news(seen, min(left, HELD / 2))

    def wait_for_bytes(self, marker: bytes, timeout: float = SECONDS) -> int:
        """Wait until the program has sent these bytes; when they were all there first (`time.monotonic_ns`).

        Raises `AssertionError`.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._news:
                at = self._raw.find(marker)
                if at >= 0:
                    return self._time_of(at + len(marker))
                seen, ended = len(self._raw), self._ended
            left = deadline - time.monotonic()
            if left <= 0 or ended:
                raise AssertionError(f"{marker!r} never came:\n{self.picture()}")
            self._wait_for_news(seen, left)

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        self.screen()
        return self._emulator.alternate

    def forbidden_controls(self) -> list[str]:
        """All that it sent and that a program which shows chat content must not send."""
        return forbidden_controls(self.raw)

    def left_changed(self) -> list[str]:
        """What it has changed in the terminal and not restored."""
        return modes_restored(self.raw)

    def picture(self) -> str:
        """The screen in a frame, for a person."""
        edge = "+" + "-" * self.columns + "+"
        return "\n".join([edge, *(f"|{row:<{self.columns}}|" for row in self.screen()), edge])

    # The end.

    def wait(self, timeout: float = SECONDS) -> int:
        """Wait for the program's end, and for all that it sent; its exit status, -N if signal N killed it.

        Raises `AssertionError` if it goes on.
        """
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it has not ended:\n{self.picture()}") from None
        self._reader.join(timeout)
        return status

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def terminate(self, timeout: float = SECONDS) -> int:
        """End the program by SIGTERM; its exit status."""
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def close(self) -> None:
        """End the program and all it started, if they go on, and give the terminal up."""
        kill_group(self.process.pid)
        self.process.wait()
        self._reader.join(SECONDS)
        os.close(self._master)

    # Inside.

    def _set_size(self) -> None:
        if sys.platform != "win32":
            size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def _wait_for_news(self, seen: int, seconds: float) -> None:
        with self._news:
            self._news.wait_for(lambda: len(self._raw) > seen or self._ended, seconds)

    def _time_of(self, length: int) -> int:
        return next(stamp for size, stamp in self._pieces if size >= length)

    def _read(self) -> None:
        looked_to = 0
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # EIO: nobody has the terminal open any more
                data = b""
            stamp = time.monotonic_ns()
            with self._news:
                self._raw += data
                self._pieces.append((len(self._raw), stamp))
                self._ended = not data
                queries = list(_MODE_QUERY.finditer(self._raw, looked_to))
                modes = [bytes(query[1]) for query in queries]
                looked_to = max(
                    looked_to, len(self._raw) - _LONGEST_QUERY, *(query.end() for query in queries)
                )
                self._news.notify_all()
            if not data:
                return
            for mode in modes:
                if mode in _ANSWERED_MODES:
                    self.send(b"\x1b[?%b;%d$y" % (mode, _RECOGNISED_OFF))


def _opened() -> tuple[int, int, str]:
    """Both ends of a new terminal, and the path of the program's."""
    if sys.platform == "win32":
        raise OSError("Windows has no pseudo-terminals")
    else:  # noqa: RET506 - types are checked for each system
        master, slave = os.openpty()
        return master, slave, os.ttyname(slave)


def _is_met(wanted: Wanted, screen: list[str]) -> bool:
    return any(wanted in row for row in screen) if isinstance(wanted, str) else wanted(screen)
