"""How far a long pass is: a bar on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from earwig.cli.output import Output, can_draw
from earwig.core.text.safe_text import SafeText

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_WORTH_A_BAR = 64 * 1024 * 1024
"""Bytes; fewer are read before a reader wonders."""

SLOW = 4 * 1024 * 1024
"""The same where each byte is looked at many times."""


_APART = 0.2
"""Seconds between two times that the bar makes room for what was printed."""


class ProgressBar:
    """Where there is no bar: nothing is shown, and what is printed is printed at once."""

    def reach(self, done: int) -> None:
        """So much is done: bytes, or what else the sessions' extents are."""

    def reach_in(self, before: int, extent: int, share: float) -> None:
        """A share is done of one session of that extent, and so much before it."""
        self.reach(before + round(share * extent))

    def print(self, action: Callable[[], object]) -> None:
        """Print something to the terminal on which the bar stands."""
        action()

    def flush(self) -> None:
        """Print what waits for it."""


class _DrawnBar(ProgressBar):
    def __init__(self, drawn: Progress, task: TaskID, out: Output) -> None:
        self._drawn = drawn
        self._task = task
        self._out = out
        self._waiting: list[Callable[[], object]] = []
        self._next = 0.0

    def reach(self, done: int) -> None:
        self._drawn.update(self._task, completed=done)
        if self._waiting and time.monotonic() > self._next:
            self.flush()

    def print(self, action: Callable[[], object]) -> None:
        self._waiting.append(action)
        if time.monotonic() > self._next:
            self.flush()

    def flush(self) -> None:
        # Between two bars: a line that is printed into one tears it apart.
        self._drawn.stop()
        for action in self._waiting:
            action()
        self._waiting.clear()
        self._out.flush()
        self._drawn.start()
        self._next = time.monotonic() + _APART


@contextmanager
def progress(
    words: SafeText, total: int, out: Output, *, worth: int | None = None, prints: bool = True
) -> Iterator[ProgressBar]:
    """A bar on standard error while `total` bytes are gone through; what is printed meanwhile goes by it.

    It is gone at the end. Where standard error is no terminal, there is none: it would end up in a log. Nor
    is there one if something `prints` meanwhile, and not to a terminal; nor for less than is `worth` it.
    """
    streams = (sys.stdout, sys.stderr) if prints else (sys.stderr,)
    terminals = all(stream is not None and stream.isatty() for stream in streams)
    if not terminals or not can_draw() or total < (worth or _WORTH_A_BAR):
        yield ProgressBar()
        return
    # Only now: a pipe needs none of it.
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        bar = _DrawnBar(drawn, drawn.add_task(words, total=total), out)
        try:
            yield bar
        finally:
            bar.flush()
