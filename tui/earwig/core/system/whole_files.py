"""Files that are written whole or not at all, and that only their owner can read."""

from __future__ import annotations

import atexit
import errno
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from earwig.core.system.leftovers import may_be_kept, remove_left_over_files

_FLAGS: int = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_OWNER_ONLY = 0o600

_NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES})
"""What file systems say that know no hard links."""

_LONGEST_NAME = 100


class UnfinishedFile:
    """A new file beside its place, to be put there in one step. A context: what was not put there is gone.

    Its mode is 0600. If the process is killed it stays, until the next one is begun in that folder for a name
    that differs in numbers at most.
    """

    def __init__(self, path: Path) -> None:
        """Begin the file that is to have this path. Raises `OSError`."""
        self._path = path
        stem = f".{path.name[:_LONGEST_NAME]}."
        alike = re.sub("[0-9]+", "[0-9]+", re.escape(stem))
        remove_left_over_files(path.parent, re.compile(alike + r"[0-9a-f]{8}\.part"))
        self._beside = path.with_name(f"{stem}{secrets.token_hex(4)}.part")
        self._file = open(self._beside, "wb", opener=new_file)  # noqa: SIM115 - this class is the context
        may_be_kept(self._file.fileno(), self._beside)
        atexit.register(self._remove)  # a thread that writes is not waited for at the end

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # no room for the rest, which nobody wants any more
            self._file.close()
        self._remove()
        atexit.unregister(self._remove)

    def write(self, blocks: Iterable[bytes]) -> int:
        """Add bytes at its end; returns how many. Raises `OSError`."""
        return sum(self._file.write(block) for block in blocks)

    def put_in_place(self, *, replace: bool, lasting: bool = True) -> None:
        """Give it its path. With `lasting` the system has it on its disk before.

        A file that it replaces goes with its mode and its other names; a link is replaced, and not followed.
        Raises `OSError`, or `FileExistsError` without `replace`.
        """
        self._file.flush()
        if lasting:
            os.fsync(self._file.fileno())
        self._file.close()
        if replace:
            self._beside.replace(self._path)
            return
        try:
            # Unlike a rename, it refuses a name that has come to be there meanwhile.
            self._path.hardlink_to(self._beside)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(self._path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self._path)) from error
            self._beside.rename(self._path)

    def _remove(self) -> None:
        with suppress(OSError):
            self._beside.unlink()


def write_whole(blocks: Iterable[bytes], path: Path, *, replace: bool, lasting: bool = True) -> int:
    """Write a file whole or not at all; return its bytes. Raises `OSError`, as `UnfinishedFile` does."""
    with UnfinishedFile(path) as file:
        size = file.write(blocks)
        file.put_in_place(replace=replace, lasting=lasting)
    return size


def new_file(path: str | os.PathLike[str], _flags: int = 0) -> int:
    """Make a file of mode 0600 and return its handle; an opener for `open`. Raises `OSError`."""
    return os.open(path, _FLAGS, _OWNER_ONLY)
