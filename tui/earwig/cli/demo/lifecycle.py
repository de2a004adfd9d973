"""What must end well however the demo ends: the talking process, and the reader's signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import earwig
from earwig.core.system.ending import die_at_exit, ending_signals, is_usual

_PATIENCE = 3.0
"""Seconds in which the talker may end by itself."""


class Signals:
    """Lets a signal end the block by an exception, so that what the block holds is cleaned up.

    In the block SIGINT raises `KeyboardInterrupt`; others raise `SystemExit` with 128 and their number, as a
    shell reports it. By one that no program expects, this one dies in the end.
    """

    def __init__(self) -> None:
        self._waits = False
        self._arrived: int | None = None

    def __enter__(self) -> Signals:
        numbers = ending_signals() or [int(signal.SIGINT), int(signal.SIGTERM)]
        before = {number: signal.getsignal(number) or signal.SIG_DFL for number in numbers}
        # What is ignored stays so: somebody started us under `nohup`.
        self._before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
        for number in self._before:
            signal.signal(number, self._on_signal)
        return self

    @contextmanager
    def later(self) -> Iterator[None]:
        """Let a signal wait until this block is done: what is made and not yet held, nobody cleans up."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        if self._arrived is not None:
            self._end(self._arrived)

    def ignore(self) -> None:
        """From here on no signal disturbs, until the block is left: for the cleaning up."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)

    def __exit__(self, *_: object) -> None:
        for number, old in self._before.items():
            signal.signal(number, old)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._waits:
            self._arrived = number
        else:
            self._end(number)

    def _end(self, number: int) -> NoReturn:
        self.ignore()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        if not is_usual(number):
            die_at_exit(number)
        raise SystemExit(128 + number)


@contextmanager
def talking(workspace: Path, *, pace: float = 1.0) -> Iterator[None]:
    """Keep a process talking in the workspace until the block is left. Raises `OSError` if none can start."""
    talker = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "earwig.cli.demo.talker"),
            *(str(workspace), "--pace", str(pace), "--parent", str(os.getpid())),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        # Ctrl-C is for us, who then end it: it must not die first and with a traceback.
        start_new_session=True,
    )
    try:
        yield
    finally:
        talker.terminate()
        try:
            talker.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            talker.kill()
            talker.wait()


def _environment() -> dict[str, str]:
    """Ours, in which `earwig` is found wherever it came from; `-P` keeps the current folder out.

    Where packages are installed it is found anyway, and in front of the standard library they might hide it.
    """
    root = Path(earwig.__file__).parents[1]
    if root.name in ("site-packages", "dist-packages"):
        return dict(os.environ)
    inherited = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), inherited] if inherited else [str(root)])}
