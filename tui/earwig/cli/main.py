"""The command line: which command is meant, and what its end is told as."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from earwig.cli.commands import BROWSER, command_named
from earwig.cli.output import CannotDo, Output
from earwig.core.system.collecting import begin_collections
from earwig.core.system.open_files import TOO_MANY, too_few
from earwig.core.text.refusal import Refusal, system_reason
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name
from earwig.version import VERSION


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit status."""
    out, err = Output(sys.stdout), Output(sys.stderr)
    try:
        try:
            status = _command_of(arguments)(out, err)
        except SystemExit as end:  # argparse ends so after its help
            status = end.code if isinstance(end.code, int) else 0
        out.flush()
    except BrokenPipeError:
        # Who reads has seen enough, as `head` has.
        out.discard()
        return 0
    except Refusal as error:
        return _failed(error.sentence, out, err)
    except OSError as error:
        if error.errno in TOO_MANY:
            return _failed(too_few(own_text("that")), out, err)
        name = safe_name(str(error.filename or "a file"))
        reason = system_reason(error)
        return _failed(own_text("{}: {}; try again when it can be read", name, reason), out, err)
    except Exception as error:  # noqa: BLE001 - a fault: reported without what a traceback quotes
        from earwig.core.diagnostics.fault_log import faults
        from earwig.core.diagnostics.fault_report import report_lines

        return _printed(report_lines(faults.note(error, own_text("the main thread"))), out, err)
    return status


def _failed(sentence: SafeText, out: Output, err: Output) -> int:
    return _printed([own_text("earwig: {}", sentence)], out, err)


def _printed(lines: Sequence[SafeText], out: Output, err: Output) -> int:
    try:
        out.flush()
    except (BrokenPipeError, CannotDo):
        out.discard()
    try:
        for line in lines:
            err.line(line)
        err.flush()
    except (BrokenPipeError, CannotDo):
        err.discard()
    return 2


def _command_of(arguments: Sequence[str]) -> Callable[[Output, Output], int]:
    """Return what the arguments ask for; only the module that does it is imported."""
    first, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if first in ("--version", "-V"):
        return _version
    command = command_named(first)
    if command is None:
        command, rest = BROWSER, list(arguments)
    run = command.run
    if command is not BROWSER:  # which does so with its first frame
        begin_collections()
    return lambda out, err: run(rest, out, err)


def _version(out: Output, err: Output) -> int:
    out.line(own_text("earwig {}", clean_line(VERSION)))
    return 0
