"""The demo where there is no terminal: the same workspace through the commands that print."""

from __future__ import annotations

import _thread
import os
import sys
import threading
from pathlib import Path

from earwig.cli import list_command, show_command, tail_command
from earwig.cli.output import Output
from earwig.cli.sessions import store_at
from earwig.core.text.safe_text import own_text, safe_name

SECONDS = 10.0
_SECONDS_VARIABLE = "_EARWIG_DEMO_SECONDS"
"""For our own tests, which need not watch for ten seconds."""


def print_tour(workspace: Path) -> int:
    """Print the list, the newest transcript, and what is said next. Raises `CannotDo`, `BrokenPipeError`."""
    out, err = Output(sys.stdout), Output(sys.stderr)
    path = str(workspace)
    key = store_at([workspace]).sessions()[0].key
    seconds = float(os.environ.get(_SECONDS_VARIABLE, SECONDS))

    out.line(own_text("$ earwig list --count {}", safe_name(path)))
    list_command.run(["--count", path], out, err)
    out.line(own_text("\n$ earwig show {} -w {}", safe_name(key), safe_name(path)))
    show_command.run([key, "-w", path], out, err)
    out.line(own_text("\n$ earwig tail -n 0 -w {}    (for {:.0f} seconds)", safe_name(path), seconds))
    out.flush()
    status = _tail_for(seconds, path, out, err)
    out.line(
        own_text(
            "\nAll made up, and nothing of it stays. In a terminal, `earwig demo` opens it in the browser."
        )
    )
    out.flush()
    return status


def _tail_for(seconds: float, path: str, out: Output, err: Output) -> int:
    """`tail` ends as it always does, by an interrupt; here a clock sends it."""
    clock = threading.Timer(seconds, _thread.interrupt_main)
    clock.daemon = True
    clock.start()
    try:
        return tail_command.run(["-n", "0", "-w", path], out, err)
    except KeyboardInterrupt:
        return 0  # the clock was quicker than the command
    finally:
        clock.cancel()
