"""`earwig demo`: made-up conversations that go on while one watches, and not a trace of them afterwards."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

from earwig.cli.demo.database import build_database
from earwig.cli.demo.lifecycle import Signals, talking
from earwig.cli.demo.workspace import build_workspace
from earwig.cli.output import CannotDo, can_draw, on_terminal
from earwig.core.system.leftovers import TemporaryFolder, remove_left_over_folders
from earwig.core.text.safe_text import clean_line, own_text


def run() -> int:
    """Build the workspace, let it talk, show it; return the exit status. Raises `CannotDo`.

    The signal that ends it raises `KeyboardInterrupt` or `SystemExit`, after all is cleaned up.
    """
    with ExitStack() as stack:
        signals = stack.enter_context(Signals())
        with signals.later():
            workspace = _started(stack)
            stack.callback(signals.ignore)
        if on_terminal() and can_draw():
            return _browse(workspace)
        from earwig.cli.demo.tour import print_tour

        return print_tour(workspace)


def _started(stack: ExitStack) -> Path:
    """Return a workspace in which somebody talks, until the stack ends."""
    try:
        remove_left_over_folders()
        folder = TemporaryFolder("demo")
        stack.callback(folder.remove)
        workspace = folder.path
        now = time.time()
        build_workspace(workspace, now=now)
        build_database(workspace, now=now)
        stack.enter_context(talking(workspace))
    except OSError as error:
        sentence = "cannot set up the demo ({}); TMPDIR may name a folder with room for it"
        raise CannotDo(own_text(sentence, clean_line(error.strerror or str(error)))) from error
    return workspace


def _browse(workspace: Path) -> int:
    from earwig.cli.sessions import store_at
    from earwig.core.settings.settings_source import load_settings
    from earwig.ui.app.run_browser import run_browser

    return run_browser(store_at([workspace]), os.environ, loaded=load_settings(os.environ))
