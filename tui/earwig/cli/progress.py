"""How far a long pass is: a bar on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from earwig.cli.output import can_draw
from earwig.core.safe_text import SafeText

_WORTH_A_BAR = 64 * 1024 * 1024
"""Bytes; fewer are read before a reader wonders."""


@contextmanager
def progress(words: SafeText, total: int) -> Iterator[Callable[[int], object]]:
    """A bar on standard error while `total` bytes are gone through; it gives what is told of each piece.

    It is gone at the end. Where standard error, or standard output, is no terminal, there is none: what is
    printed meanwhile would tear it apart, or it would end up in a log.
    """
    terminals = all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr))
    if not terminals or not can_draw() or total < _WORTH_A_BAR:
        yield lambda _: None
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda size: bar.advance(task, size)
