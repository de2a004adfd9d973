"""What goes with the process that made it: temporary folders and unfinished files, also after SIGKILL.

Who makes one holds a lock on it for as long as it lives. A lock goes with its process, whatever ends that; so
what has none is left over, and the next start removes it. Only what is of such a name, belongs to this user
and is open to nobody else is looked at, and no link is followed. Where there are no such locks (Windows, some
network file systems), nothing is taken for left over.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

_PREFIX, _SUFFIX = "earwig-", "-held"
_FOLDER_NAME = re.compile(r"earwig-[a-z]+-[a-z0-9_]{8}-held\Z")
_TRIES = 20

_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_FLAGS: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class TemporaryFolder:
    """A folder that only this user can enter; it goes when it is removed, or else with the next start."""

    def __init__(self, kind: str) -> None:
        """`kind` is a word of small letters for its name. Raises `OSError`."""
        for _ in range(_TRIES):
            self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-", suffix=_SUFFIX))
            self._handle = -1 if os.name == "nt" else os.open(self.path, _FOLDER_FLAGS | _FLAGS)
            if may_be_kept(self._handle, self.path):
                return
            self._close()  # somebody who looks for what is left over was quicker
        raise OSError(0, "no temporary folder could be kept")

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._close()

    def _close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def may_be_kept(handle: int, path: Path) -> bool:
    """Hold what was just made, as long as the handle is open; False if it was taken for left over."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # there are no locks: nobody takes it for left over either
        return True
    return _is_at(handle, path)


def remove_left_over_folders() -> None:
    """Delete the temporary folders of processes that are gone; never raises."""
    remove = partial(shutil.rmtree, ignore_errors=True)
    _remove_where_unheld(Path(tempfile.gettempdir()), _FOLDER_NAME, remove, stat.S_ISDIR, 0o700)


def remove_left_over_files(folder: Path, name: re.Pattern[str]) -> None:
    """Delete files of such a name in a folder whose processes are gone; never raises."""
    _remove_where_unheld(folder, name, os.unlink, stat.S_ISREG, 0o600)


def _remove_where_unheld(
    folder: Path,
    name: re.Pattern[str],
    remove: Callable[[Path], object],
    is_kind: Callable[[int], bool],
    mode: int,
) -> None:
    try:
        with os.scandir(folder) as entries:
            paths = [folder / entry.name for entry in entries if name.fullmatch(entry.name)]
    except OSError:
        return
    for path in paths:
        with suppress(OSError):  # it is another's, in use, or gone
            handle = os.open(path, os.O_RDONLY | _FLAGS)
            try:
                status = os.fstat(handle)
                if not is_kind(status.st_mode) or stat.S_IMODE(status.st_mode) & ~mode:
                    continue
                if not _is_own(status):
                    continue
                _lock(handle)
                if _is_at(handle, path):
                    remove(path)
            finally:
                os.close(handle)


def _is_own(status: os.stat_result) -> bool:
    """Return whether it is certain that a file belongs to this user."""
    return sys.platform != "win32" and status.st_uid == os.geteuid()


def _lock(handle: int) -> None:
    """Raises `BlockingIOError` where another process holds it, `OSError` where there are no such locks."""
    if sys.platform == "win32":
        raise OSError("this system has no such locks")
    else:  # noqa: RET506 - types are checked for each system
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(handle: int, path: Path) -> bool:
    """Return whether what is open has this path."""
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except OSError:
        return False
