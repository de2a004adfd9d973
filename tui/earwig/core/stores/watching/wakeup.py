"""Waits until something may have changed: by notification, or by the clock where there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from earwig.core.stores.watching.inotify import ChangeSignal

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

_DEBOUNCE_MS = 8
"""Milliseconds for which changes that follow one another closely are gathered."""

_BUSY_STEP_MS = 1
_IDLE_STEP_MS = 32
"""How often the watcher looks whether it was told of something, where the system does not wake it: 1 ms costs
2 % of a core, 32 ms 0.2 %. A change is passed on at the second look: after 2 ms, and after 33 ms where it
breaks a silence. What is on the screen need not wait for that while it is busy: it is looked at itself."""

_SLICE = 0.25
"""Seconds after which a thread woken by the system looks whether it is to stop, and what it missed."""

_OWED = 0.004
"""The same while the watcher has something to tell that was not fetched yet."""

_PACE = 0.001
"""Seconds at least between two changes that are told: a flood of them leaves time for drawing."""

_ANSWER_MS = 20
"""Milliseconds that the watcher may take to tell what changed, once the system has told that something
did."""

_GLANCES = 4
"""Looks at what is on the screen, for each at what the watcher was told: a list may wait some
milliseconds."""

_BUSY_AT_FIRST, _BUSY = 4.0, 10.0
"""Seconds from the start, and after a change, in which the next change is expected."""


class Wakeup(Protocol):
    """Waits for changes, in the watcher's thread."""

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """Return the places that changed; none after `seconds`, or once `glance` returns true."""

    def close(self) -> None:
        """Release what it holds."""


class Notified:
    """Waits for the operating system to tell, through `watchfiles`.

    It does not watch subfolders: a link or a closed folder below must not stop it, and the bot's sessions are
    flat. It uses the class beneath `watchfiles.watch`, whose step is the same in silence and in talk, and
    which waits without an end unless it is told to wait in slices.
    """

    def __init__(self, folders: Sequence[Path], stop: threading.Event, *, silent: bool = False) -> None:
        """Watch `folders`, which exist, until `stop` is set.

        `silent`: changes may come of which the system does not tell, so `glance` is asked again and again.
        """
        self._folders = [str(folder) for folder in folders]
        self._stop = stop
        self._silent = silent
        self._watcher: RustNotify | None = None
        self._signal: ChangeSignal | None = None
        self._last_told = 0.0
        self._glanced = 0
        # Who opens a session may well do so because it is going on.
        self._busy_until = time.monotonic() + _BUSY_AT_FIRST

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """Raises `OSError`, `RuntimeError` or `ValueError` where the Rust watcher cannot go on."""
        if self._watcher is None:
            self._watcher = self._new_watcher()
            self._signal = None if self._silent else ChangeSignal.of([Path(it) for it in self._folders])
        end = time.monotonic() + seconds
        if self._signal is None:
            return self._wait_by_looking(self._watcher, end, glance)
        return self._wait_for_signal(self._watcher, self._signal, end, glance)

    def _wait_for_signal(
        self, watcher: RustNotify, signal: ChangeSignal, end: float, glance: Callable[[], bool]
    ) -> frozenset[str]:
        while True:
            left = end - time.monotonic()
            # What was only glanced at is still to be told by the watcher, maybe with others' changes.
            woken = signal.wait(min(left, _OWED if self._glanced else _SLICE))
            if woken:
                time.sleep(max(0.0, self._last_told + _PACE - time.monotonic()))
            if woken and self._glanced < _GLANCES and glance():
                self._glanced += 1
                self._last_told = time.monotonic()
                return frozenset()
            # Also without a signal: what the watcher had not told yet, when it was asked last.
            changed = self._told(watcher, _BUSY_STEP_MS, _ANSWER_MS if woken else _BUSY_STEP_MS)
            self._glanced = 0
            if changed or self._stop.is_set() or left <= 0:
                self._last_told = time.monotonic()
                return changed

    def _wait_by_looking(self, watcher: RustNotify, end: float, glance: Callable[[], bool]) -> frozenset[str]:
        while (now := time.monotonic()) < min(end, self._busy_until):
            for _ in range(_GLANCES):
                time.sleep(_BUSY_STEP_MS / 1000)
                if glance():
                    self._busy_until = time.monotonic() + _BUSY
                    return frozenset()
            changed = self._told(watcher, _BUSY_STEP_MS, _BUSY_STEP_MS)
            if changed or self._stop.is_set():
                return changed
        step = _BUSY_STEP_MS if now < self._busy_until else _IDLE_STEP_MS
        return self._told(watcher, step, max(1, round((end - now) * 1000)))  # 0 would be for ever

    def _told(self, watcher: RustNotify, step: int, timeout: int) -> frozenset[str]:
        found = watcher.watch(_DEBOUNCE_MS, step, timeout, self._stop)
        if isinstance(found, str):
            return frozenset()  # "timeout", "stop"
        self._busy_until = time.monotonic() + _BUSY
        return frozenset(location for _, location in found)

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
        """End the Rust watcher's thread and close its handles."""
        if self._watcher is not None:
            self._watcher.close()
        if self._signal is not None:
            self._signal.close()


class Polled:
    """Waits by the clock: for file systems that do not notify, and where notification fails."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def wait(self, seconds: float, glance: Callable[[], bool] = bool) -> frozenset[str]:
        """Sleep, then name no place: only a look at everything tells."""
        self._stop.wait(seconds)
        return frozenset()

    def close(self) -> None:
        """Do nothing: nothing is held."""
