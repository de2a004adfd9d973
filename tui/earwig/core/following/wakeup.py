"""Waits until something may have changed: by notification, or by the clock where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Protocol

from watchfiles import Change, watch

_STEP_MS = 2
_DEBOUNCE_MS = 50
_SLICE_MS = 100


class Wakeup(Protocol):
    """Something to wait on, in the follower's thread."""

    def wait(self, seconds: float) -> frozenset[str]:
        """The locations that changed; none after `seconds` without a change."""

    def close(self) -> None:
        """Let go of what it holds."""


class Notified:
    """Woken by the operating system through `watchfiles`.

    Not recursive: a link or a closed folder below must not stop it, and the bot's sessions are flat.
    The default filter would hide names, and the default step and debounce would cost 74 ms a change.
    """

    def __init__(self, folders: Sequence[Path], stop: threading.Event) -> None:
        self._stop = stop
        self._changes: Generator[set[tuple[Change, str]], None, None] = watch(
            *folders,
            watch_filter=None,
            step=_STEP_MS,
            debounce=_DEBOUNCE_MS,
            rust_timeout=_SLICE_MS,
            yield_on_timeout=True,
            stop_event=stop,
            recursive=False,
            raise_interrupt=False,
            force_polling=False,
        )

    def wait(self, seconds: float) -> frozenset[str]:
        """As `Wakeup`; at least one slice long, the first of which sets up the watch.

        Raises `OSError`, `RuntimeError` or `ValueError` when the Rust watcher cannot start or go on.
        """
        end = time.monotonic() + seconds
        while True:
            found = next(self._changes, None)
            if found is None:
                if self._stop.is_set():
                    return frozenset()
                raise RuntimeError("the watcher ended")
            if found or time.monotonic() >= end:
                return frozenset(location for _, location in found)

    def close(self) -> None:
        """End the Rust watcher's thread and its handles."""
        self._changes.close()


class Polled:
    """Woken by the clock: for file systems that do not notify, and where notification fails."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def wait(self, seconds: float) -> frozenset[str]:
        """Sleep, then name nobody: only a look at everything tells."""
        self._stop.wait(seconds)
        return frozenset()

    def close(self) -> None:
        """Nothing is held."""
