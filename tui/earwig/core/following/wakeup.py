"""Waits until something may have changed: by notification, or by the clock where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

_DEBOUNCE_MS = 8
"""How long changes that follow one another closely are gathered: in a crowd, each waits so long."""

_BUSY_STEP_MS = 1
_IDLE_STEP_MS = 32
"""How often the watcher looks whether it was told of something: 1 ms costs 2 % of a core, 32 ms
0.2 %. A change is passed on at the second look: after 2 ms, and after 33 ms where it breaks a silence. What
is on the screen need not wait for that while it is busy: it is looked at itself, most of the time."""

_GLANCES = 4
"""Looks at what is on the screen for each at what the watcher was told: a list may wait some milliseconds."""

_BUSY_AT_FIRST, _BUSY = 4.0, 10.0
"""Seconds from the start, and after a change, in which the next one is expected."""


class Wakeup(Protocol):
    """Something to wait on, in the follower's thread."""

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """The locations that changed; none after `seconds` without a change.

        `glance` tells whether there is something else to wait no longer for; it is asked often.
        """

    def close(self) -> None:
        """Let go of what it holds."""


class Notified:
    """Woken by the operating system through `watchfiles`.

    Not recursive: a link or a closed folder below must not stop it, and the bot's sessions are flat.
    By the class beneath `watchfiles.watch`, whose step is the same in silence and in talk, and which waits
    without an end unless it is told to wait in slices.
    """

    def __init__(self, folders: Sequence[Path], stop: threading.Event) -> None:
        self._folders = [str(folder) for folder in folders]
        self._stop = stop
        self._watcher: RustNotify | None = None
        # Who opens a session may well do so because it is going on.
        self._busy_until = time.monotonic() + _BUSY_AT_FIRST

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """As `Wakeup`; the first one sets up the watch.

        Raises `OSError`, `RuntimeError` or `ValueError` when the Rust watcher cannot start or go on.
        """
        watcher = self._watcher = self._watcher or self._new_watcher()

        def told(step: int, timeout: int) -> frozenset[str]:
            found = watcher.watch(_DEBOUNCE_MS, step, timeout, self._stop)
            if isinstance(found, str):
                return frozenset()  # "timeout", "stop"
            self._busy_until = time.monotonic() + _BUSY
            return frozenset(location for _, location in found)

        end = time.monotonic() + seconds
        while (now := time.monotonic()) < min(end, self._busy_until):
            for _ in range(_GLANCES):
                time.sleep(_BUSY_STEP_MS / 1000)
                if glance():
                    self._busy_until = time.monotonic() + _BUSY
                    return frozenset()
            changed = told(_BUSY_STEP_MS, _BUSY_STEP_MS)
            if changed or self._stop.is_set():
                return changed
        step = _BUSY_STEP_MS if now < self._busy_until else _IDLE_STEP_MS
        return told(step, max(1, round((end - now) * 1000)))  # 0 would be for ever

    def _new_watcher(self) -> RustNotify:
        from watchfiles._rust_notify import RustNotify  # the first frame does not wait for it

        return RustNotify(
            self._folders,
            debug=False,
            force_polling=False,
            poll_delay_ms=0,
            recursive=False,
            ignore_permission_denied=False,
        )

    def close(self) -> None:
        """End the Rust watcher's thread and its handles."""
        if self._watcher is not None:
            self._watcher.close()


class Polled:
    """Woken by the clock: for file systems that do not notify, and where notification fails."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """Sleep, then name nobody: only a look at everything tells."""
        self._stop.wait(seconds)
        return frozenset()

    def close(self) -> None:
        """Nothing is held."""
