"""The reader's own pager and editor, run on a copy with the terminal given to them."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from earwig.core.system.ending import do_later, ending_signals
from earwig.core.text.refusal import Refusal, system_reason
from earwig.core.text.safe_text import SafeText, clean_line, own_text

_NO_MODELINES = ("--cmd", "autocmd BufReadPre * setlocal nomodeline")
"""For Vim, which else takes settings from a text that it opens."""

_NO_FILTER = ("-L",)
"""For less, which else has a program of `$LESSOPEN` change the text first; it is to be shown as it is."""

_GRACE = 2.0
"""Seconds from being told to end to being killed."""

_LEFT_AT_ONCE = 1.0
"""Seconds within which a program returns that has only handed the file to a window of its own."""


class NoProgram(Refusal):
    """There is no such program; `sentence` says which, and what to do."""


class Ran(NamedTuple):
    """How a program that had the terminal has ended."""

    problem: SafeText | None = None
    """A sentence, if it could not be run or failed."""

    at_once: bool = False
    """Whether it was so quick that it may still use the file."""


def pager(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the reader's pager: a program and its arguments. Raises `NoProgram`."""
    default = "more" if sys.platform == "win32" else "less"
    command = _command("PAGER", environ.get("PAGER") or default)
    return [command[0], *_NO_FILTER, *command[1:]] if _own_name(command).startswith("less") else command


def editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the reader's editor: a program and its arguments. Raises `NoProgram`."""
    name = "VISUAL" if environ.get("VISUAL") else "EDITOR"
    default = "notepad" if sys.platform == "win32" else "vi"
    command = _command(name, environ.get(name) or default)
    is_vim = _own_name(command).startswith(("vim", "nvim", "gvim", "mvim"))
    return [command[0], *_NO_MODELINES, *command[1:]] if is_vim else command


def _own_name(command: Sequence[str]) -> str:
    """Return what a program is called, whatever link leads to it."""
    return Path(os.path.realpath(command[0])).name


def _command(name: str, text: str) -> list[str]:
    """Return what a variable says, split as a shell would, and never given to one."""
    variable = clean_line(name)
    try:
        words = shlex.split(text, posix=sys.platform != "win32")
    except ValueError as error:
        raise NoProgram(own_text("${} has a quote that is not closed; nothing was run.", variable)) from error
    program = shutil.which(words[0]) if words else None
    if program is None:
        found = clean_line(words[0] if words else text, 80)
        raise NoProgram(own_text("There is no program {}; set ${} to one that you have.", found, variable))
    return [program, *words[1:]]


def run_in_terminal(command: Sequence[str], path: Path) -> Ran:
    """Run a program on a file, and wait; only in the main thread, with the terminal as the shell left it.

    It has this process's environment as it is. Ctrl+C is its alone meanwhile. Told to end, this process ends
    the program first, if need be by SIGKILL, and is then told again, so that it ends in good order.
    """
    name = clean_line(Path(command[0]).name)
    began = time.monotonic()
    try:
        with _signals() as ended, _modes_kept(), subprocess.Popen([*command, str(path)]) as process:
            ended(partial(_end, process))
            status = process.wait()
    except OSError as error:
        reason = system_reason(error)
        return Ran(own_text("{} could not be run: {}.", name, reason))
    if status:
        return Ran(own_text("{} ended with status {}.", name, status))
    return Ran(at_once=time.monotonic() - began < _LEFT_AT_ONCE)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    do_later(_GRACE, process.kill)  # nothing, if it has ended


@contextlib.contextmanager
def _modes_kept() -> Iterator[None]:
    """Have the terminal's line discipline as it is now, also behind a program that was killed."""
    if sys.platform == "win32":  # which has none
        yield
    else:
        import termios

        try:
            modes = termios.tcgetattr(0)
        except termios.error:  # it is no terminal
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(termios.error):  # it is gone
                termios.tcsetattr(0, termios.TCSANOW, modes)


@contextlib.contextmanager
def _signals() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Have the signals of the terminal for the program alone; others are kept, and end it.

    What is given to it is called when this process is told to end, or at once where it was told so already.
    """
    on_end: list[Callable[[], object]] = []
    kept: list[int] = []

    def ignore(number: int, frame: FrameType | None) -> None:
        """Unlike SIG_IGN, a function is not handed on to the program."""

    def keep(number: int, frame: FrameType | None) -> None:
        kept.append(number)
        for end in on_end:
            end()

    def ended(end: Callable[[], object]) -> None:
        on_end.append(end)
        if kept:
            end()

    of_the_terminal = {signal.SIGINT, getattr(signal, "SIGQUIT", None)}
    wakeup = signal.set_wakeup_fd(-1)  # by which the event loop would be told of each
    before: dict[int, Any] = {}
    try:
        for number in ending_signals() or [signal.SIGINT, signal.SIGTERM]:
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, ignore if number in of_the_terminal else keep)
        yield ended
    finally:
        for number, handler_before in before.items():
            signal.signal(number, signal.SIG_DFL if handler_before is None else handler_before)
        signal.set_wakeup_fd(wakeup)
        for number in kept:
            signal.raise_signal(number)
