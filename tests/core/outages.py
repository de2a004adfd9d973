"""Folders that go wrong, for tests: as root, permissions keep nobody out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FailingScan:
    """Lists as `os.scandir` does, and while it is broken fails after so many names; for `FolderStore`."""

    def __init__(self, after: int, code: int = errno.EIO) -> None:
        self.broken = True
        self._after = after
        self._code = code

    @contextmanager
    def __call__(self, folder: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
        with os.scandir(folder) as listing:
            yield self._some(listing) if self.broken else listing

    def _some(self, listing: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for _, item in zip(range(self._after), listing, strict=False):
            yield item
        raise OSError(self._code, os.strerror(self._code))


def move(path: Path, name: str) -> Path:
    """Give it another name; where it is then."""
    return path.rename(path.with_name(name))
