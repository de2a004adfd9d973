"""What a person is told of a fault in earwig itself, and the hooks that Python calls with one."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from earwig.core.diagnostics.fault_log import FaultLog, Noted, program_facts
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_ENDED = own_text("earwig: a fault in earwig itself ended it; no session was changed")
_GOES_ON = own_text("earwig: a fault in earwig itself; it goes on, but may miss something")

_SHORT = 6
"""Places that are printed where they could not be written to a file."""


def report_lines(noted: Noted, *, ended: bool = True) -> list[SafeText]:
    """What to print of a fault, whether or not it `ended` the program: kind, place, and what to attach."""
    fault = noted.faults[-1]
    lines = [
        _ENDED if ended else _GOES_ON,
        own_text("  {}", fault.kind_told()),
        *(own_text("  at {}", place.told()) for place in fault.places[-1:]),
    ]
    if noted.problem is None:
        return [
            *lines,
            own_text("The details, without a word of any message, are in"),
            own_text("  {}", noted.path),
            own_text("Please attach that file when you report this."),
        ]
    more = [own_text("  at {}", place.told()) for place in reversed(fault.places[-_SHORT:-1])]
    return [
        *lines,
        *more,
        own_text("  {}", program_facts()),
        own_text("No details could be written to {}: {}.", noted.path, noted.problem),
        own_text("Please copy these lines when you report this."),
    ]


def say(lines: list[SafeText]) -> None:
    """Print on the standard error that the program began with, if it is there."""
    stream = sys.__stderr__
    try:
        if stream is not None:
            stream.write(joined(own_text("\n"), lines) + "\n")
            stream.flush()
    except (OSError, ValueError):  # nobody is there to be told
        return


def report_faults(log: FaultLog) -> None:
    """Have what nobody catches, in any thread, written down and reported.

    Python's own way prints the text of the exception, which may quote a message.
    """

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        say(report_lines(log.note(error.with_traceback(trace), own_text("the main thread"))))

    def other_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is None:
            return
        noted = log.note(arguments.exc_value, thread_name(arguments))
        if noted.is_new:
            say(report_lines(noted, ended=False))

    def unraisable(arguments: UnraisableHookArgs) -> None:
        if arguments.exc_value is not None:
            log.note(arguments.exc_value, own_text("a clean-up"))

    sys.excepthook = main_thread
    threading.excepthook = other_thread
    sys.unraisablehook = unraisable


def thread_name(arguments: threading.ExceptHookArgs) -> SafeText:
    """Return which thread a hook was called for."""
    return own_text("thread {}", clean_line(arguments.thread.name if arguments.thread else "?", 60))
